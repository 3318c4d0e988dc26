// A row of the table goes in, a call of it that is right comes out: for tests of what holds for every row there is.

import { rows } from '../../src/admin/routes.ts';
import { signedIn } from '../../src/admin/table.ts';
import type { Row } from '../../src/admin/table.ts';
import type { SceneOptions } from './admin-scene.ts';
import { contactsApi } from './admin-scene.ts';
import { grantIdOf, permissionsOf } from './management-scene.ts';

/** What the paths of the examples name. */
export const peopled = {
  users: { bob: { permissions: ['read:contacts'], roles: ['reader'] } },
  clients: { robot: { permissions: ['read:contacts'] } },
  roles: { reader: ['read:contacts'] },
} as const satisfies SceneOptions['store'];

export interface Example {
  readonly name: string;
  readonly method: string;
  /** With its `:parameters`. */
  readonly template: string;
  /** With those of the example in their place. */
  readonly path: string;
  /** Whether a token is asked for. */
  readonly isGuarded: boolean;
  /** Whether only a token is asked for. */
  readonly isOpenToAll: boolean;
  readonly changes: boolean;
  /** Undefined: the row reads none. */
  readonly body: unknown;
}

const parameters: Readonly<Record<string, string>> = {
  uid: 'reader',
  roleUID: 'reader',
  builtinRole: 'Viewer',
  kind: 'user',
  userID: 'bob',
  file: 'dashboard.js',
};

/** Of rows whose `:id` is no user. */
const idsUnder: readonly (readonly [start: string, id: string])[] = [
  ['/api/v2/roles/', 'reader'],
  ['/api/v2/resource-servers/', contactsApi],
  ['/api/v2/client-grants/', grantIdOf('robot')],
];

const pairs = permissionsOf(['write:contacts']);
const question = {
  subject: { type: 'user', id: 'bob' },
  action: { name: 'read:contacts' },
  resource: { type: 'contacts', id: '7' },
};

/** A new row that reads a body wants one here; undefined: it reads none. */
const bodies: Readonly<Record<string, unknown>> = {
  'POST /api/v2/users/:id/permissions': pairs,
  'DELETE /api/v2/users/:id/permissions': pairs,
  'POST /api/v2/users/:id/roles': { roles: ['reader'] },
  'DELETE /api/v2/users/:id/roles': { roles: ['reader'] },
  'POST /api/v2/roles': { name: 'new', description: 'Of the example' },
  'PATCH /api/v2/roles/:id': { name: 'reader', description: 'Of the example' },
  'DELETE /api/v2/roles/:id': undefined,
  'POST /api/v2/roles/:id/permissions': pairs,
  'DELETE /api/v2/roles/:id/permissions': pairs,
  'POST /api/v2/roles/:id/users': { users: ['bob'] },
  'POST /api/v2/resource-servers': {
    name: 'New',
    identifier: 'https://new.example/',
    scopes: [{ value: 'read:new', description: 'See what is new' }],
    enforce_policies: true,
    token_dialect: 'access_token_authz',
  },
  'PATCH /api/v2/resource-servers/:id': {
    name: 'Contacts',
    scopes: [{ value: 'read:contacts', description: 'See contacts' }],
    enforce_policies: true,
    token_dialect: 'access_token_authz',
  },
  'DELETE /api/v2/resource-servers/:id': undefined,
  'POST /api/v2/client-grants': { client_id: 'new', audience: contactsApi, scope: ['read:contacts'] },
  'PATCH /api/v2/client-grants/:id': { scope: ['read:contacts'] },
  'DELETE /api/v2/client-grants/:id': undefined,
  'POST /api/access-control/roles': {
    uid: 'new',
    version: 1,
    name: 'new',
    description: 'Of the example',
    global: false,
    permissions: [{ action: 'read:contacts', scope: 'contacts:*' }],
  },
  'PUT /api/access-control/roles/:uid': {
    version: 2,
    name: 'reader',
    description: 'Of the example',
    global: false,
    permissions: [{ action: 'read:contacts', scope: 'contacts:*' }],
  },
  'DELETE /api/access-control/roles/:uid': undefined,
  'POST /api/access-control/builtin-roles': { roleUid: 'reader', builtinRole: 'Viewer', global: false },
  'DELETE /api/access-control/builtin-roles/:builtinRole/roles/:roleUID': undefined,
  'POST /api/access-control/users/:id/roles': { roleUid: 'reader', global: false },
  'PUT /api/access-control/users/:id/roles': { roleUids: ['reader'], global: false, includeHidden: false },
  'DELETE /api/access-control/users/:id/roles/:roleUID': undefined,
  'POST /api/admin/provisioning/access-control/reload': undefined,
  'POST /access/v1/evaluation': question,
  'POST /access/v1/evaluations': { ...question, evaluations: [{ resource: { type: 'contacts', id: '8' } }] },
  'POST /access/v1/search/subject': { ...question, subject: { type: 'user' } },
  'POST /access/v1/search/resource': { ...question, resource: { type: 'contacts' } },
  'POST /access/v1/search/action': { subject: question.subject, resource: question.resource },
  'POST /admin/api/why': { subject: { kind: 'user', id: 'bob' }, permission: 'read:contacts', on: 'contacts:id:7' },
  'POST /admin/api/changes': {
    changes: [
      { kind: 'grant', subject: { kind: 'user', id: 'bob' }, privilege: 'write:contacts' },
      { kind: 'revoke', subject: { kind: 'user', id: 'bob' }, privilege: [{ permission: 'write:contacts' }] },
      { kind: 'assign', subject: { kind: 'user', id: 'bob' }, role: 'reader', organization: 'org_1' },
      { kind: 'deassign', subject: { kind: 'user', id: 'bob' }, role: 'reader', organization: 'org_1' },
      {
        kind: 'put-role',
        role: {
          uid: 'made',
          name: 'made',
          description: 'Of the example',
          privileges: [{ permission: 'read:contacts', on: 'contacts:*' }],
          inherits: [{ role: 'reader', organization: 'org_1' }],
        },
      },
      { kind: 'delete-role', uid: 'made', force: true },
    ],
    why: 'An example',
    dryRun: true,
  },
};

/** Of what is asked by POST and changes nothing. */
const asking = /^\/access\/v1\/|^\/admin\/api\/why$/;

export const examples: readonly Example[] = rows.map(exampleOf);

function exampleOf([method, template, asks]: Row): Example {
  const name = `${method} ${template}`;
  const isRead = method === 'GET';
  if (!isRead && !(name in bodies)) throw new Error(`${name} needs an example in ${import.meta.filename}`);
  return {
    name,
    method,
    template,
    path: pathOf(template),
    isGuarded: asks !== null,
    isOpenToAll: asks === signedIn,
    changes: !isRead && !asking.test(template),
    body: bodies[name],
  };
}

/** `id`: in place of every parameter, as it goes over the wire. */
export function pathOf(template: string, id?: string): string {
  const ownId = idsUnder.find(([start]) => template.startsWith(start))?.[1] ?? 'bob';
  const path = template.replaceAll(/:(\w+)/g, (_, name: string) => {
    return id ?? encodeURIComponent(name === 'id' ? ownId : (parameters[name] ?? `no example of :${name}`));
  });
  return path + (neededIn(template) ?? '');
}

/** What a row does not do without in its query. */
function neededIn(template: string): string | undefined {
  const api = `resource_server_identifier=${encodeURIComponent(contactsApi)}`;
  if (template.endsWith('/effective-permissions')) return `?${api}`;
  if (template.endsWith('/sources/effective-roles')) return `?${api}&permission_name=read:contacts`;
  if (template.endsWith('/users/permissions/search')) return '?action=read:contacts';
  return template.endsWith('/admin/api/holders') ? '?permission=read:contacts' : undefined;
}
