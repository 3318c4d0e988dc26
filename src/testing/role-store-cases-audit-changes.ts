// One change of each kind, and what is to be remembered of it.

import type { AuditEntry, RoleStore } from '../core/role-store.ts';
import { alice, api, inHours } from './role-store-cases-cast.ts';

type Told = Pick<AuditEntry, 'action' | 'subject' | 'roles' | 'api' | 'permissions'>;
/** What it is called, the change, its entry, and what `before` and `after` tell of; null: of nothing. */
export type OneChange = [string, () => Promise<number>, Told, [string | null, string | null]];

/** One change of each kind, and then the kinds again; to be made in this order. */
export function oneOfEach(store: RoleStore): OneChange[] {
  const by = { system: 'a test', why: 'to see' };
  const { issuer, id, kind } = alice;
  const subject = { issuer, id, kind };
  const end = inHours(1);
  const role = { uid: 'editor', name: 'Editors', privileges: ['a'], inherits: ['builtin:viewer'] };
  const contacts = { identifier: api, name: 'Contacts', permissions: [{ name: 'read' }, { name: 'write' }] };
  const [editor, about] = [['editor'], { subject, permissions: ['p', 'q'] }];
  const shorter = { permission: 'p', expiresAt: end };
  const inOne = { organization: 'org_1' };
  return [
    ['a grant', () => store.grant(alice, ['q', 'p'], by), { action: 'grant', ...about }, [null, '"q"']],
    [
      'another end',
      () => store.grant(alice, [shorter, 'q'], by),
      { action: 'grant', subject, permissions: ['p'] },
      ['"p"', String(end)],
    ],
    [
      'a revocation',
      () => store.revoke(alice, ['q', 'p', 'x'], by),
      { action: 'revoke', ...about },
      [String(end), null],
    ],
    [
      'a new role',
      () => store.putRole(role, by),
      { action: 'put-role', roles: editor, permissions: ['a'] },
      [null, '"builtin:viewer"'],
    ],
    [
      'a changed role',
      () => store.putRole({ ...role, version: 1, privileges: ['b'] }, by),
      { action: 'put-role', roles: editor, permissions: ['a', 'b'] },
      ['"a"', '"b"'],
    ],
    [
      'an assignment',
      () => store.assign(alice, ['editor', 'builtin:viewer'], inOne, by),
      { action: 'assign', subject, roles: ['editor', 'builtin:viewer'], permissions: ['b'] },
      [null, '"editor"'],
    ],
    [
      'another end of it',
      () => store.assign(alice, 'editor', { ...inOne, expiresAt: end }, by),
      { action: 'assign', subject, roles: editor, permissions: ['b'] },
      ['"org_1"', String(end)],
    ],
    [
      'a deassignment',
      () => store.deassign(alice, 'editor', inOne, by),
      { action: 'deassign', subject, roles: editor, permissions: ['b'] },
      [String(end), null],
    ],
    [
      'a deleted role',
      () => store.deleteRole('editor', {}, by),
      { action: 'delete-role', roles: editor, permissions: ['b'] },
      ['"Editors"', null],
    ],
    [
      'a new API',
      () => store.putApi(contacts, by),
      { action: 'put-api', api, permissions: ['read', 'write'] },
      [null, '"Contacts"'],
    ],
    [
      'a changed API',
      () => store.putApi({ ...contacts, version: 1, name: 'People', permissions: [{ name: 'read' }] }, by),
      { action: 'put-api', api, permissions: ['write'] },
      ['"Contacts"', '"People"'],
    ],
    [
      'a deleted API',
      () => store.deleteApi(api, by),
      { action: 'delete-api', api, permissions: ['read'] },
      ['"People"', null],
    ],
  ];
}
