// What a caller hands in that is not as it must be: roles, APIs and queries.

import { alice, api, system } from './role-store-cases-cast.ts';
import { each, refusing } from './role-store-cases-input.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

const role = { uid: 'new', name: 'new', privileges: [] };
const record = { identifier: 'new', name: 'new', permissions: [] };

export const roleInputRules: readonly RoleRule[] = [
  refusing('a role that is not as it must be', [
    ...each(
      [
        ...[undefined, null, 'editor', [], {}, { ...role, permissions: [] }, { uid: 'new', name: 'new' }],
        ...[undefined, '', 7, null, 'u\0', '\ud800', 'u'.repeat(41), 'builtin:new'].map((uid) => ({ ...role, uid })),
        ...[undefined, '', 7, null, 'n\0', 'n'.repeat(191)].map((name) => ({ ...role, name })),
        ...['1', -1, 1.5, NaN, Infinity, null, 2 ** 53].map((version) => ({ ...role, version })),
        ...[7, null, 'd'.repeat(2001), 'd\0'].map((description) => ({ ...role, description })),
        ...['', 7, null].map((organization) => ({ ...role, organization })),
        ...[null, 'a', {}].map((privileges) => ({ ...role, privileges })),
        { ...role, organization: 'org_1', privileges: [{ permission: 'a', organization: 'org_2' }] },
        ...[null, 'editor', {}, [''], [7], [{}], [{ role: '' }]].map((inherits) => ({ ...role, inherits })),
        ...[{ organization: '' }, { on: 'x' }].map((more) => ({ ...role, inherits: [{ role: 'editor', ...more }] })),
      ],
      (store, input) => store.putRole(input, system),
    ),
    ...each(
      [undefined, null, '', 7, ['editor']],
      (store, uid) => store.deleteRole(uid, {}, system),
      (store, uid) => store.role(uid),
      (store, uid) => store.holdersOfRole(uid),
    ),
    ...each([undefined, null, true, { force: 1 }, { force: null }, { forced: true }], (store, options) =>
      store.deleteRole('editor', options, system),
    ),
  ]),
  refusing('an API that is not as it must be', [
    ...each(
      [
        ...[undefined, null, api, [], {}, { ...record, scopes: [] }],
        ...[undefined, '', 7, 'i\0', 'i'.repeat(601)].map((identifier) => ({ ...record, identifier })),
        ...[undefined, '', 7, '\ud800'].map((name) => ({ ...record, name })),
        ...['1', -1, 1.5, NaN, Infinity, null, 2 ** 31].map((version) => ({ ...record, version })),
        ...[undefined, null, {}, ['a'], [{}], [{ name: '' }], [{ name: 'a b' }], [{ name: 'a:*' }]].map(
          (permissions) => ({ ...record, permissions }),
        ),
        { ...record, permissions: [{ name: 'a' }, { name: 'a', description: 'again' }] },
        ...[{ description: 7 }, { on: [] }].map((more) => ({ ...record, permissions: [{ name: 'a', ...more }] })),
        ...[null, 'x', [], 7].map((settings) => ({ ...record, settings })),
      ],
      (store, input) => store.putApi(input, system),
    ),
    ...each(
      [undefined, null, '', 7],
      (store, identifier) => store.deleteApi(identifier, system),
      (store, identifier) => store.api(identifier),
    ),
  ]),
  refusing('a query that is not as it must be', [
    ...each(
      [
        ...[0, -1, 1.5, 1001, NaN, Infinity, '5', null].map((take) => ({ take })),
        ...[-1, 0.5, NaN, Infinity, '5', null].map((offset) => ({ offset })),
        ...['', 7, null].map((after) => ({ after })),
        ...[{ offset: 1, after: 'a' }, { limit: 5 }, 'a', [], 7],
      ],
      (store, page) => store.roles(page),
      (store, page) => store.subjects(page),
      (store, page) => store.apis(page),
      (store, page) => store.holdersOf('a', page),
      (store, page) => store.holdersOfRole('editor', page),
      (store, page) => store.audit(page),
    ),
    ...each([undefined, null, '', 7], (store, permission) => store.holdersOf(permission)),
    ...each(['', 7, null], (store, name) => store.roles({ name })),
    ...each(
      [
        ...[{ action: 'delete' }, { action: '' }, { permission: '' }, { permission: 7 }, { role: '' }, { role: null }],
        ...[{ subject: 'auth0|alice' }, { subject: {} }, { actor: {} }, { actor: { system: '' } }, { actor: 'a' }],
        ...[{ actor: { ...alice, system: 'a' } }, { from: '2030' }, { from: NaN }, { until: null }, { client: 'a' }],
      ],
      (store, query) => store.audit(query),
    ),
  ]),
];
