// The laws of the administration, over random stores, callers and calls of all its APIs: nobody gains or loses by a call what its
// caller does not hold, an administrator is always left, what is refused changes nothing, and what is made is remembered.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAuthorizer } from 'rightful';
import { adminPermissions, createAdmin } from 'rightful/admin';
import { memoryStore } from 'rightful/stores';
import type { Person, Privilege, RoleStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import type { TestIssuer } from 'rightful/testing';
import { adminApi, contactsApi, permissions } from '../admin/admin-scene.ts';
import { holdsWhole, isPermitted, keyOf, stateOf, statements } from './naive-holdings.ts';
import type { Question, State } from './naive-holdings.ts';

const now = Date.now();
const hour = 3_600_000;
const organizations = ['org_1', 'org_2'];
const ids = ['root', 'ann', 'ben', 'cleo'];
const clientIds = ['robot', 'other'];
const uids = ['low', 'mid', 'top', 'ops', 'builtin:viewer', 'builtin:editor'];
const resources = ['everything', 'nothing', 'x:1', 'x:y:1', 'z:1'];
const names = ['read:contacts', 'write:contacts', 'update:users', 'roles:write'];
const defined = new Set<string>([...permissions.names, ...adminPermissions.names]);

const questions: Question[] = names.flatMap((permission) =>
  resources.flatMap((on) =>
    [undefined, ...organizations].flatMap((organization) =>
      [contactsApi, adminApi].flatMap((audience) =>
        [now + hour / 2, now + 2 * hour].map((at) => ({ permission, on, organization, audience, at })),
      ),
    ),
  ),
);

// -- Who calls: people and a machine, some of them in an organization.

interface Caller {
  readonly subject: Omit<Person, 'issuer'>;
  readonly organization?: string;
}

const callers: readonly Caller[] = [
  { subject: { kind: 'user', id: 'root' } },
  { subject: { kind: 'user', id: 'ann' } },
  { subject: { kind: 'user', id: 'ann' }, organization: 'org_1' },
  { subject: { kind: 'user', id: 'ben' } },
  { subject: { kind: 'user', id: 'ben' }, organization: 'org_2' },
  { subject: { kind: 'user', id: 'cleo' }, organization: 'org_1' },
  { subject: { kind: 'client', id: 'robot' } },
  { subject: { kind: 'client', id: 'robot' }, organization: 'org_2' },
];

let issuer: TestIssuer;
let tokens: readonly string[];

beforeAll(async () => {
  issuer = await createTestIssuer({ audience: adminApi });
  const scope = adminPermissions.names.join(' ');
  tokens = await Promise.all(
    callers.map(({ subject: { kind, id }, organization }) => {
      const who = kind === 'user' ? { sub: id } : { sub: id, client_id: id };
      return issuer.token({ ...who, scope, exp: now / 1000 + 3600, ...(organization && { org_id: organization }) });
    }),
  );
});
afterAll(() => issuer.close());

// -- What is called.

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

const id = fc.constantFrom(...ids);
const uid = fc.constantFrom(...uids);
const organization = fc.option(fc.constantFrom(...organizations), { nil: undefined, freq: 2 });
const orgId = organization.map((one) => (one === undefined ? '' : `orgId=${one}`));
const isGlobal = fc.boolean();

function without<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Value;
}

const privilege: fc.Arbitrary<Privilege> = fc
  .record(
    {
      permission: fc.constantFrom('read:contacts', 'read:contacts', 'write:contacts', 'read:*', '*', 'update:users'),
      on: fc.constantFrom('', '*', 'x:*', 'x:1', 'x:y:*', 'z:1'),
      effect: fc.constantFrom<('deny' | undefined)[]>(undefined, undefined, undefined, 'deny'),
      organization: fc.constantFrom(...organizations),
      audience: fc.constantFrom(contactsApi, adminApi),
      expiresAt: fc.constantFrom(now - hour, now + hour),
    },
    { requiredKeys: ['permission'] },
  )
  .map((one) => without(one) as Privilege);

const pairs = fc
  .array(
    fc.constantFrom(
      [contactsApi, 'read:contacts'],
      [contactsApi, 'write:contacts'],
      [contactsApi, '*'],
      [adminApi, 'update:users'],
      [adminApi, '*'],
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map((all) => ({
    permissions: all.map(([identifier, name]) => ({ resource_server_identifier: identifier, permission_name: name })),
  }));

const uidList = fc.array(uid, { minLength: 1, maxLength: 2 });
const version = fc.constantFrom(1, 2, 3, 9);

function call<Given extends object>(
  given: { [Key in keyof Given]: fc.Arbitrary<Given[Key]> },
  sent: (given: Given) => Sent,
): fc.Arbitrary<Sent> {
  return fc.record(given).map((one) => sent(one as Given));
}

const change = fc.oneof(
  fc.record({
    kind: fc.constantFrom('grant', 'grant', 'revoke'),
    subject: fc.oneof(
      fc.record({ kind: fc.constant('user'), id }),
      fc.record({ kind: fc.constant('client'), id: fc.constantFrom(...clientIds) }),
    ),
    privilege: fc.array(privilege, { minLength: 1, maxLength: 2 }),
  }),
  fc
    .record({
      kind: fc.constantFrom('assign', 'deassign'),
      subject: fc.record({ kind: fc.constant('user'), id }),
      role: uid,
      organization,
    })
    .map(without),
  fc.record({
    kind: fc.constant('put-role'),
    role: fc
      .record({
        uid,
        name: fc.constantFrom('low', 'mid', 'top'),
        version,
        privileges: fc.array(privilege, { maxLength: 2 }),
        inherits: fc.array(uid, { maxLength: 1 }),
        organization,
      })
      .map(without),
  }),
  fc.record({ kind: fc.constant('delete-role'), uid, force: fc.boolean() }),
);

const management = fc.oneof(
  call({ id, pairs, method: fc.constantFrom('POST', 'POST', 'DELETE') }, ({ id: one, pairs: body, method }) => {
    return { method, path: `/api/v2/users/${one}/permissions`, body };
  }),
  call({ id, roles: uidList, method: fc.constantFrom('POST', 'POST', 'DELETE') }, ({ id: one, roles, method }) => {
    return { method, path: `/api/v2/users/${one}/roles`, body: { roles } };
  }),
  call({ uid, pairs, method: fc.constantFrom('POST', 'POST', 'DELETE') }, ({ uid: one, pairs: body, method }) => {
    return { method, path: `/api/v2/roles/${one}/permissions`, body };
  }),
  call({ uid, users: fc.array(id, { minLength: 1, maxLength: 2 }) }, ({ uid: one, users }) => {
    return { method: 'POST', path: `/api/v2/roles/${one}/users`, body: { users } };
  }),
  call({ uid, name: fc.constantFrom('low', 'other') }, ({ uid: one, name }) => {
    return { method: 'PATCH', path: `/api/v2/roles/${one}`, body: { name } };
  }),
  call({ uid }, ({ uid: one }) => ({ method: 'DELETE', path: `/api/v2/roles/${one}` })),
  call(
    {
      client_id: fc.constantFrom(...clientIds),
      audience: fc.constantFrom(contactsApi, adminApi),
      scope: fc.array(fc.constantFrom('read:contacts', 'write:contacts', 'update:users'), {
        minLength: 1,
        maxLength: 2,
      }),
    },
    (body) => ({ method: 'POST', path: '/api/v2/client-grants', body }),
  ),
  call({ scopes: fc.subarray(['read:contacts', 'write:contacts', 'delete:contacts']) }, ({ scopes }) => {
    const body = { scopes: scopes.map((value) => ({ value })) };
    return { method: 'PATCH', path: `/api/v2/resource-servers/${encodeURIComponent(contactsApi)}`, body };
  }),
);

const scoped = fc.record({
  action: fc.constantFrom('read:contacts', 'write:contacts', 'update:users', 'roles:write', '*'),
  scope: fc.constantFrom('', '*', 'x:*', 'x:1', 'permissions:delegate'),
});

const accessControl = fc.oneof(
  call(
    {
      uid: fc.constantFrom('low', 'mid', 'new'),
      permissions: fc.array(scoped, { maxLength: 2 }),
      orgId,
      global: isGlobal,
    },
    ({ orgId: query, ...body }) => {
      return { method: 'POST', path: `/api/access-control/roles?${query}`, body: { ...body, name: body.uid } };
    },
  ),
  call({ uid, version, permissions: fc.array(scoped, { maxLength: 2 }), orgId, global: isGlobal }, (given) => {
    const { uid: one, orgId: query, ...body } = given;
    return { method: 'PUT', path: `/api/access-control/roles/${one}?${query}`, body: { ...body, name: one } };
  }),
  call({ uid, global: isGlobal, force: fc.boolean(), orgId }, ({ uid: one, global, force, orgId: query }) => {
    return { method: 'DELETE', path: `/api/access-control/roles/${one}?global=${global}&force=${force}&${query}` };
  }),
  call({ roleUid: uid, builtinRole: fc.constantFrom('Viewer', 'Editor'), global: isGlobal, orgId }, (given) => {
    const { orgId: query, ...body } = given;
    return { method: 'POST', path: `/api/access-control/builtin-roles?${query}`, body };
  }),
  call({ uid, global: isGlobal, orgId }, ({ uid: one, global, orgId: query }) => {
    return {
      method: 'DELETE',
      path: `/api/access-control/builtin-roles/Viewer/roles/${one}?global=${global}&${query}`,
    };
  }),
  call({ id, roleUid: uid, global: isGlobal, orgId }, ({ id: one, orgId: query, ...body }) => {
    return { method: 'POST', path: `/api/access-control/users/${one}/roles?${query}`, body };
  }),
  call(
    { id, roleUids: fc.array(uid, { maxLength: 2 }), global: isGlobal, orgId },
    ({ id: one, orgId: query, ...body }) => {
      return { method: 'PUT', path: `/api/access-control/users/${one}/roles?${query}`, body };
    },
  ),
  call({ id, uid, global: isGlobal, orgId }, ({ id: one, uid: role, global, orgId: query }) => {
    return { method: 'DELETE', path: `/api/access-control/users/${one}/roles/${role}?global=${global}&${query}` };
  }),
);

const overview = call(
  { changes: fc.array(change, { minLength: 1, maxLength: 3 }), dryRun: fc.constantFrom(false, false, false, true) },
  (body) => ({ method: 'POST', path: '/admin/api/changes', body }),
);

// -- What there is before: roles and people of every kind, and somebody who may do everything.

const world = fc.record({
  grants: fc.array(fc.tuple(fc.constantFrom('ann', 'ben', 'cleo', 'robot'), privilege), { maxLength: 10 }),
  roles: fc.array(fc.tuple(fc.constantFrom('low', 'mid', 'top'), privilege), { maxLength: 5 }),
  assigned: fc.array(
    fc.tuple(fc.constantFrom('ann', 'ben', 'cleo'), fc.constantFrom('low', 'mid', 'top'), organization),
    { maxLength: 4 },
  ),
  calls: fc.array(
    fc.tuple(
      fc.nat({ max: callers.length - 1 }),
      fc.oneof(
        { weight: 3, arbitrary: management },
        { weight: 3, arbitrary: accessControl },
        { weight: 4, arbitrary: overview },
      ),
    ),
    { minLength: 8, maxLength: 20 },
  ),
});

type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

const by = { system: 'set-up' };

async function storeOf({ grants, roles, assigned }: World): Promise<RoleStore> {
  const store = memoryStore({ issuer: issuer.issuer });
  const person = (one: string): Person => {
    return { issuer: issuer.issuer, id: one, kind: clientIds.includes(one) ? 'client' : 'user' };
  };
  await store.grant(person('root'), '*', by);
  // Those of limited rights may call every row, and hold all but a few of the permissions of the administration.
  const held = adminPermissions.names.filter((name) => name !== 'search:access' && name !== 'roles:write');
  const calling = [...held, { permission: 'roles:write', on: 'permissions:delegate' }];
  await store.putRole({ uid: 'ops', name: 'ops', privileges: calling }, by);
  for (const one of ['ann', 'ben', 'robot']) await store.assign(person(one), 'ops', {}, by);
  await store.assign(person('cleo'), 'ops', { organization: 'org_1' }, by);
  for (const uid of ['low', 'mid', 'top']) {
    const privileges = roles.filter(([role]) => role === uid).map(([, one]) => one);
    await store.putRole({ uid, name: uid, privileges, inherits: uid === 'top' ? ['low'] : [] }, by);
  }
  for (const [one, given] of grants) await store.grant(person(one), given, by);
  for (const [one, role, where] of assigned)
    await store.assign(person(one), role, { ...(where && { organization: where }) }, by);
  return store;
}

it('are kept by every call', async () => {
  const seen = { made: 0, refused: 0, gained: 0, lost: 0, ceiling: 0, 'by a machine': 0, 'in an organization': 0 };
  await fc.assert(
    fc.asyncProperty(world, async (there) => {
      const store = await storeOf(there);
      const authorizer = createAuthorizer({
        issuer: { issuer: issuer.issuer, allowHttp: true },
        audience: adminApi,
        permissions: adminPermissions,
        clientPrivileges: 'store',
        store,
        maxTokenBytes: 16_384,
      });
      const faults: unknown[] = [];
      const handle = createAdmin({
        authorizer,
        store,
        permissions,
        audience: contactsApi,
        rateLimit: false,
        onFault: (cause) => faults.push(cause),
      });
      const people = [
        ...ids.map((one): Person => ({ issuer: issuer.issuer, id: one, kind: 'user' })),
        ...clientIds.map((one): Person => ({ issuer: issuer.issuer, id: one, kind: 'client' })),
      ];
      let before = await stateOf(store, people);
      let revision = await store.revision();
      for (const [at, sent] of there.calls) {
        const caller = callers[at]!;
        const headers = { authorization: `Bearer ${tokens[at]!}`, 'content-type': 'application/json' };
        const body = 'body' in sent ? JSON.stringify(sent.body) : null;
        const { method, path } = sent;
        const response = await handle(new Request(`http://localhost${path}`, { method, headers, body }));
        const answer: unknown = response.status === 204 ? undefined : await response.json();
        const after = await stateOf(store, people);
        const story = { caller, sent, status: response.status, answer };
        if (response.status >= 500) expect({ ...story, faults }).toBeUndefined();
        const made = (await store.revision()) - revision;
        if (response.status >= 400) {
          seen.refused += 1;
          if (response.status === 403 && JSON.stringify(answer).includes('hold')) seen.ceiling += 1;
          expect([made, after.records, after.roles]).toEqual([0, before.records, before.roles]);
          continue;
        }
        if (made === 0) {
          expect([after.records, after.roles]).toEqual([before.records, before.roles]);
          continue;
        }
        seen.made += 1;
        if (caller.subject.kind === 'client') seen['by a machine'] += 1;
        if (caller.organization !== undefined) seen['in an organization'] += 1;
        checkMoves({ before, after, caller, story, people, seen });
        await checkRemembered({ store, revision, made, caller });
        const isLeft = people.some((one) => {
          return one.kind === 'user' && holdsWhole(after, keyOf(one), { organizations, now: Date.now() });
        });
        if (!isLeft) expect({ ...story, left: 'nobody' }).toBeUndefined();
        before = after;
        revision += made;
      }
      await authorizer.close();
    }),
    { numRuns: 200 },
  );
  // They are no laws of doing nothing.
  for (const [what, times] of Object.entries(seen)) expect([what, times > 10]).toEqual([what, true]);
}, 60_000);

interface Moves {
  readonly before: State;
  readonly after: State;
  readonly caller: Caller;
  readonly story: object;
  readonly people: readonly Person[];
  readonly seen: { gained: number; lost: number };
}

function checkMoves({ before, after, caller, story, people, seen }: Moves): void {
  for (const person of people) {
    const subject = keyOf(person);
    for (const question of questions) {
      const had = isPermitted(statements(before, subject, question), question, defined);
      const has = isPermitted(statements(after, subject, question), question, defined);
      if (had === has) continue;
      if (has) {
        seen.gained += 1;
        if (!isHeldBy(caller, before, question)) expect({ ...story, gained: question, subject }).toBeUndefined();
        continue;
      }
      seen.lost += 1;
      const isOfAll = question.on === 'everything' || question.on === 'nothing';
      if (isOfAll || isHeldBy(caller, before, { ...question, at: now + 1000 })) continue;
      expect({ ...story, lost: question, subject }).toBeUndefined();
    }
  }
}

/** Who calls with a token of one organization has nothing there of what they hold in another. */
function isHeldBy({ subject, organization: place }: Caller, state: State, question: Question): boolean {
  const said = statements(state, keyOf({ ...subject, issuer: '' }), question).filter(
    (one) =>
      place === undefined || one.effect === 'deny' || one.organization === undefined || one.organization === place,
  );
  return isPermitted(said, question, defined);
}

async function checkRemembered({
  store,
  revision,
  made,
  caller: { subject, organization: place },
}: {
  store: RoleStore;
  revision: number;
  made: number;
  caller: Caller;
}): Promise<void> {
  const { items } = await store.audit({ since: revision, order: 'oldest' });
  expect(items.map((entry) => entry.revision)).toEqual(Array.from({ length: made }, (_, at) => revision + at + 1));
  const who = { ...subject, issuer: issuer.issuer, ...(place !== undefined && { organization: place }) };
  for (const entry of items) expect(entry.by).toMatchObject({ subject: who });
}
