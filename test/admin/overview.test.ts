// Who, what and why: what the dashboard reads and changes, over HTTP.

import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { adminPermissions } from 'rightful/admin';
import { stopServers } from '../flow/frameworks.ts';
import { adminApi, adminScene, contactsApi } from './admin-scene.ts';
import type { Answered, Scene, SceneOptions } from './admin-scene.ts';

let scene: Scene;
const open = async (options?: SceneOptions): Promise<Scene> => (scene = await adminScene(options));
afterEach(() => scene.close());
afterAll(stopServers);

const store: SceneOptions['store'] = {
  roles: {
    reader: ['read:contacts'],
    editor: { permissions: ['write:contacts'], inherits: ['reader'] },
  },
  users: {
    ann: { roles: ['editor'], permissions: [{ permission: 'delete:contacts', on: 'contacts:id:1' }] },
    ben: { permissions: ['read:contacts', { permission: 'delete:contacts', effect: 'deny' }] },
    // May administer, and hold what readers hold.
    rita: { roles: ['reader'], permissions: ['read:users', 'read:roles', 'update:users', 'create:role_members'] },
  },
  clients: { nightly: { permissions: ['read:contacts'] } },
};

const page = (answer: Answered): { items: Record<string, unknown>[]; total: number; next?: string } =>
  answer.body as never;

describe('who there is', () => {
  it('lists those to whom something is assigned, by kind, by part of the id, in pages', async () => {
    await open({ store });
    const all = page(await scene.call('GET', '/admin/api/subjects'));
    expect(all.items.map(({ id }) => id)).toEqual(['ann', 'ben', 'rita', 'root']);
    const first = page(await scene.call('GET', '/admin/api/subjects?take=3'));
    expect([first.items.length, first.total]).toEqual([3, 4]);
    const rest = page(await scene.call('GET', `/admin/api/subjects?take=3&after=${encodeURIComponent(first.next!)}`));
    expect(rest.items.map(({ id }) => id)).toEqual(['root']);
    expect(rest.next).toBeUndefined();
    expect(page(await scene.call('GET', '/admin/api/subjects?search=N')).items.map(({ id }) => id)).toEqual([
      'ann',
      'ben',
    ]);
    expect(page(await scene.call('GET', '/admin/api/subjects?kind=client')).items.map(({ id }) => id)).toEqual([
      'nightly',
    ]);
  });

  it('lists whom the directory knows, with their names', async () => {
    const people = [
      { id: 'ann', name: 'Ann', email: 'ann@example.org' },
      { id: 'zoe', name: 'Zoe' },
    ];
    await open({
      store,
      users: {
        byIds: (ids) => people.filter(({ id }) => ids.includes(id)),
        list: async ({ offset, take }) => ({ users: people.slice(offset, offset + take), total: 2 }),
      },
    });
    const { items, total } = page(await scene.call('GET', '/admin/api/subjects?take=1&offset=1'));
    expect([items, total]).toEqual([[{ issuer: scene.issuer, id: 'zoe', kind: 'user', name: 'Zoe' }], 2]);
    expect(await scene.call('GET', '/admin/api/subjects/user/ann')).toMatchObject({
      body: { subject: { id: 'ann', name: 'Ann', email: 'ann@example.org' } },
    });
    // Who is gone from it and still has something is there, for it to be taken back.
    const gone = await scene.call('GET', '/admin/api/subjects/user/ben');
    expect(gone).toMatchObject({ status: 200, body: { subject: { id: 'ben' }, isUnknown: true } });
    expect((gone.body as { held: object[] }).held).not.toEqual([]);
    expect((await scene.call('GET', '/admin/api/subjects/user/nobody')).status).toBe(404);
  });

  it('shows what somebody holds, and through what', async () => {
    await open({ store });
    const { body } = await scene.call('GET', '/admin/api/subjects/user/ann');
    const { held, roles, privileges } = body as Record<string, { permission: string; source?: object }[]>;
    expect(roles).toEqual([{ role: 'editor', name: 'editor' }]);
    expect(privileges).toMatchObject([{ permission: 'delete:contacts', on: 'contacts:id:1' }]);
    expect(held!.map(({ permission, source }) => [permission, source])).toEqual([
      ['delete:contacts', expect.objectContaining({ kind: 'direct' })],
      ['write:contacts', { kind: 'role', role: 'editor' }],
      ['read:contacts', { kind: 'role', role: 'reader', via: 'editor' }],
    ]);
  });

  it('shows somebody nobody has heard of as one who holds nothing', async () => {
    await open({ store });
    const answer = await scene.call('GET', `/admin/api/subjects/user/${encodeURIComponent('auth0|a/b%😀')}`);
    expect(answer).toMatchObject({ status: 200, body: { subject: { id: 'auth0|a/b%😀' }, privileges: [], held: [] } });
  });

  it('says who holds a permission, and through what', async () => {
    await open({ store });
    const { items } = page(await scene.call('GET', '/admin/api/holders?permission=read:contacts'));
    expect(items.map(({ subject }) => (subject as { id: string }).id).sort()).toEqual([
      'ann',
      'ben',
      'nightly',
      'rita',
      'root',
    ]);
  });
});

describe('roles', () => {
  it('lists each with what its holders have by it', async () => {
    await open({ store });
    const { items } = page(await scene.call('GET', '/admin/api/roles?name=edit'));
    expect(items).toMatchObject([
      { uid: 'builtin:editor', builtIn: true, held: [] },
      { uid: 'editor', builtIn: false, held: [{ permission: 'write:contacts' }, { permission: 'read:contacts' }] },
    ]);
  });

  it('says which of them the caller may hand on', async () => {
    await open({ store });
    const { items } = page(await scene.call('GET', '/admin/api/roles?delegatable=true', { as: 'rita' }));
    const marked = Object.fromEntries(items.map(({ uid, delegatable }) => [uid, delegatable]));
    expect(marked).toMatchObject({ reader: true, editor: false });
  });

  it('shows one with who has it; one there is not is a 404', async () => {
    await open({ store });
    expect((await scene.call('GET', '/admin/api/roles/reader')).body).toMatchObject({ uid: 'reader', version: 1 });
    expect((await scene.call('GET', '/admin/api/roles/nobody')).status).toBe(404);
    const { items } = page(await scene.call('GET', '/admin/api/roles/reader/holders'));
    expect(items).toMatchObject([{ subject: { id: 'rita' }, assignment: { role: 'reader' } }]);
  });
});

describe('changes', () => {
  const subject = { kind: 'user', id: 'zoe' };
  const send = (changes: unknown, more: object = {}, as = 'root'): Promise<Answered> =>
    scene.call('POST', '/admin/api/changes', { as, body: { changes, ...more } });

  it('are made as one, with why, and act at once', async () => {
    await open({ store });
    const made = await send(
      [
        { kind: 'put-role', role: { uid: 'caller', name: 'Caller', privileges: ['read:contacts'] } },
        { kind: 'assign', subject, role: 'caller' },
        { kind: 'grant', subject, privilege: { permission: 'write:contacts', on: 'contacts:id:7' } },
      ],
      { why: 'ticket 7' },
    );
    expect(made).toMatchObject({ status: 200, body: { revision: await scene.store.revision() } });
    const { held } = (await scene.call('GET', '/admin/api/subjects/user/zoe')).body as {
      held: { permission: string }[];
    };
    expect(held.map(({ permission }) => permission)).toEqual(['write:contacts', 'read:contacts']);
    const [entry] = (await scene.store.audit({ take: 1 })).items;
    expect(entry).toMatchObject({ why: 'ticket 7', by: { subject: { id: 'root' } }, action: 'grant' });
  });

  it('are made all or not at all', async () => {
    await open({ store });
    const before = await scene.store.revision();
    const answer = await send([
      { kind: 'grant', subject, privilege: 'read:contacts' },
      { kind: 'assign', subject, role: 'no-such-role' },
    ]);
    expect(answer).toMatchObject({ status: 404, body: { code: 'role_not_found' } });
    expect(await scene.store.revision()).toBe(before);
  });

  it('are refused beyond what the caller holds, which is listed', async () => {
    await open({ store });
    expect(await send([{ kind: 'assign', subject, role: 'editor' }], {}, 'rita')).toMatchObject({
      status: 403,
      body: { code: 'beyond_ceiling', missing: [{ permission: 'write:contacts' }] },
    });
    expect((await send([{ kind: 'assign', subject, role: 'reader' }], {}, 'rita')).status).toBe(200);
  });

  it('ask for the permission of their kind', async () => {
    await open({ store });
    const answer = await send([{ kind: 'delete-role', uid: 'reader' }], {}, 'rita');
    expect(answer).toMatchObject({ status: 403, body: { missing: [{ permission: 'delete:roles' }] } });
    const scope = 'read:users read:roles';
    const body = { changes: [{ kind: 'grant', subject, privilege: 'read:contacts' }] };
    expect(await scene.call('POST', '/admin/api/changes', { scope, body })).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope', scope: 'update:users' },
    });
  });

  it('never leave nobody who may do everything', async () => {
    await open({ store });
    const root = { kind: 'user', id: 'root' };
    expect(await send([{ kind: 'revoke', subject: root, privilege: '*' }])).toMatchObject({
      status: 409,
      body: { code: 'last_administrator' },
    });
  });

  it('tell whose version of a role was older', async () => {
    await open({ store });
    const role = { uid: 'reader', name: 'reader', version: 1, privileges: ['read:contacts'], description: 'new' };
    expect((await send([{ kind: 'put-role', role }])).status).toBe(200);
    expect(await send([{ kind: 'put-role', role }])).toMatchObject({
      status: 409,
      body: { code: 'role_version_conflict', version: 2 },
    });
  });

  it('can be tried: who would gain and lose what, and nothing is done', async () => {
    await open({ store });
    const before = await scene.store.revision();
    const role = { uid: 'reader', name: 'reader', version: 1, privileges: ['delete:contacts'] };
    const answer = await send([{ kind: 'put-role', role }], { dryRun: true });
    const { total, subjects } = answer.body as { total: number; subjects: { subject: { id: string } }[] };
    expect(total).toBe(2);
    expect(subjects.sort((one, other) => (one.subject.id < other.subject.id ? -1 : 1))).toMatchObject([
      { subject: { id: 'ann' }, gains: [{ permission: 'delete:contacts' }], losses: [{ permission: 'read:contacts' }] },
      {
        subject: { id: 'rita' },
        gains: [{ permission: 'delete:contacts' }],
        losses: [{ permission: 'read:contacts' }],
      },
    ]);
    expect(await scene.store.revision()).toBe(before);
  });

  it('name nobody where somebody holds the same by another way', async () => {
    await open({ store });
    const ben = { kind: 'user', id: 'ben' };
    const answer = await send([{ kind: 'assign', subject: ben, role: 'reader' }], { dryRun: true });
    expect(answer.body).toMatchObject({ subjects: [{ gains: [], losses: [] }] });
  });

  it('that would be refused are refused when they are tried', async () => {
    await open({ store });
    expect((await send([{ kind: 'assign', subject, role: 'editor' }], { dryRun: true }, 'rita')).status).toBe(403);
  });

  it.each<[string, unknown, string]>([
    ['no body', undefined, 'body'],
    ['a list', [], 'body'],
    ['no changes', {}, 'changes'],
    ['none', { changes: [] }, 'changes'],
    ['too many', { changes: Array.from({ length: 101 }, () => 1) }, 'changes'],
    ['an unknown member', { changes: [{ kind: 'delete-role', uid: 'x' }], and: 1 }, 'body.and'],
    ['an unknown kind', { changes: [{ kind: '__proto__' }] }, 'changes[0].kind'],
    ['no subject', { changes: [{ kind: 'grant', privilege: 'read:contacts' }] }, 'changes[0].subject'],
    [
      'a subject of no kind',
      { changes: [{ kind: 'grant', subject: { id: 'x' }, privilege: 'a' }] },
      'changes[0].subject.kind',
    ],
    [
      'another issuer',
      { changes: [{ kind: 'grant', subject: { ...subject, issuer: 'x' }, privilege: 'a' }] },
      'issuer',
    ],
    ['no privilege', { changes: [{ kind: 'grant', subject }] }, 'changes[0].privilege'],
    ['a privilege of nothing', { changes: [{ kind: 'grant', subject, privilege: { on: 'x' } }] }, 'permission'],
    ['an end that is none', { changes: [{ kind: 'assign', subject, role: 'reader', expiresAt: 'soon' }] }, 'expiresAt'],
    ['a role that is none', { changes: [{ kind: 'put-role', role: [] }] }, 'changes[0].role'],
  ])('with %s are a 400 that names the member', async (_, body, name) => {
    await open({ store });
    const answer = await scene.call('POST', '/admin/api/changes', body === undefined ? {} : { body });
    expect(answer).toMatchObject({ status: 400, headers: expect.anything() });
    expect((answer.body as { detail: string }).detail).toContain(name);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('may they, and why', () => {
  const ask = (body: object, as = 'root'): Promise<Answered> =>
    scene.call('POST', '/admin/api/why', { as, body: { permission: 'read:contacts', ...body } });
  const user = (id: string): { subject: object } => ({ subject: { kind: 'user', id } });

  it('is answered for somebody in the store, with what it comes from', async () => {
    await open({ store });
    expect((await ask(user('ann'))).body).toMatchObject({
      decision: true,
      granted: [{ permission: 'read:contacts', source: { kind: 'role', role: 'reader', via: 'editor' } }],
      denied: [],
    });
    expect((await ask({ ...user('ben'), permission: 'delete:contacts' })).body).toMatchObject({
      decision: false,
      lacking: 'privilege',
      granted: [],
      denied: [{ permission: 'delete:contacts', effect: 'deny' }],
    });
    const one = { ...user('ann'), permission: 'delete:contacts' };
    expect((await ask(one)).body).toMatchObject({ decision: false });
    expect((await ask({ ...one, on: 'contacts:id:1' })).body).toMatchObject({ decision: true, on: 'contacts:id:1' });
    expect((await ask({ ...one, on: 'contacts:id:2' })).body).toMatchObject({ decision: false, granted: [] });
  });

  it('is cut to scopes where they are named', async () => {
    await open({ store });
    expect((await ask({ ...user('ann'), scopes: ['write:contacts'] })).body).toMatchObject({
      decision: false,
      lacking: 'scope',
      granted: [{ permission: 'read:contacts' }],
    });
    expect((await ask({ ...user('ann'), scopes: ['read:contacts'] })).body).toMatchObject({ decision: true });
  });

  it('is answered for a token as the API would, which does nothing', async () => {
    const events: unknown[] = [];
    await open({
      store,
      api: { rules: [() => ({ without: ['write:contacts'] })], onDecision: (one) => events.push(one) },
    });
    const token = await scene.apiToken({ sub: 'ann', scope: 'write:contacts delete:contacts' });
    expect((await ask({ token })).body).toMatchObject({ decision: false, lacking: 'scope', subject: { id: 'ann' } });
    expect((await ask({ token, permission: 'write:contacts' })).body).toMatchObject({
      decision: false,
      lacking: 'policy',
    });
    expect((await ask({ token, permission: 'delete:contacts', on: 'contacts:id:1' })).body).toMatchObject({
      decision: true,
    });
    expect((await ask({ token, permission: 'delete:contacts' })).body).toMatchObject({ lacking: 'privilege' });
    expect(events).toEqual([]);
  });

  it('says what the API would answer to a token that is none', async () => {
    await open({ store, api: true });
    const expired = await scene.apiToken({ sub: 'ann', exp: 1 });
    const elsewhere = await scene.token('ann');
    for (const token of [expired, elsewhere, 'nonsense']) {
      expect((await ask({ token })).body).toMatchObject({
        decision: false,
        refused: { status: 401, code: 'invalid_token' },
      });
    }
  });

  it('is asked by those who may see what users hold', async () => {
    await open({ store });
    expect(await ask(user('ann'), 'rita')).toMatchObject({
      status: 403,
      body: { missing: [{ permission: 'read:user_effective_permissions' }] },
    });
  });

  it.each<[string, object, string]>([
    ['of nobody', {}, 'subject'],
    ['of two', { subject: { kind: 'user', id: 'ann' }, token: 'x' }, 'subject'],
    [
      'about a permission that nobody knows',
      { ...{ subject: { kind: 'user', id: 'a' } }, permission: 'burn' },
      'permission',
    ],
    ['of a token that nobody here can read', { token: 'x' }, 'token'],
    ['of another kind of subject', { subject: { kind: 'role', id: 'a' } }, 'subject.kind'],
    ['with scopes that are no list', { subject: { kind: 'user', id: 'a' }, scopes: 'read:contacts' }, 'scopes'],
  ])('asked %s is a 400 that names the member', async (_, body, name) => {
    await open({ store });
    const answer = await ask(body);
    expect(answer.status).toBe(400);
    expect((answer.body as { detail: string }).detail).toContain(`\`${name}\``);
  });
});

describe('the audit', () => {
  it('is read in pages, by subject, actor, permission, role, action and time', async () => {
    await open({ store });
    const { store: there } = scene;
    const at = Date.now();
    await there.grant(scene.user('ann'), 'read:contacts', { system: 'importer' });
    await there.assign(scene.user('ben'), 'reader', {}, { system: 'other' });
    const read = async (query: string): Promise<number> =>
      page(await scene.call('GET', `/admin/api/audit${query}`)).total;
    expect(await read('')).toBe(2);
    expect(await read('?user=ann')).toBe(1);
    expect(await read('?client=ann')).toBe(0);
    expect(await read('?system=importer')).toBe(1);
    expect(await read('?actor=importer')).toBe(0);
    expect(await read('?permission=read:contacts&action=grant')).toBe(1);
    expect(await read('?role=reader')).toBe(1);
    expect(await read(`?from=${at - 1000}&until=${at + 60_000}`)).toBe(2);
    expect(await read(`?until=${at - 1000}`)).toBe(0);
  });

  it('is streamed, the oldest first, from the revision that was read last', async () => {
    await open({ store });
    for (let at = 0; at < 450; at += 1) await scene.store.grant(scene.user(`u${at}`), 'read:contacts', { system: 'x' });
    const headers = { accept: 'application/x-ndjson' };
    const lines = async (query: string): Promise<{ revision: number }[]> => {
      const { body } = await scene.call('GET', `/admin/api/audit${query}`, { headers });
      return String(body ?? '')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { revision: number });
    };
    const all = await lines('');
    expect(all.length).toBe(450);
    expect(all.map(({ revision }) => revision)).toEqual([...all.map(({ revision }) => revision)].sort((a, b) => a - b));
    expect(await lines(`?since=${all[447]!.revision}`)).toEqual(all.slice(448));
    expect(await lines(`?since=${all.at(-1)!.revision}`)).toEqual([]);
  });

  it('is not for everybody', async () => {
    await open({ store });
    expect((await scene.call('GET', '/admin/api/audit', { as: 'rita' })).status).toBe(403);
  });

  it.each([
    'take=0',
    'take=101',
    'take=x',
    'take=1&take=2',
    'user=a&client=b',
    'actor=a&system=b',
    'action=burn',
    'nonsense=1',
  ])('refuses ?%s', async (query) => {
    await open({ store });
    expect(await scene.call('GET', `/admin/api/audit?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_query_string' },
    });
  });
});

describe('the session', () => {
  it('tells the dashboard how to sign in, before anybody has', async () => {
    await open({ store, dashboard: { clientId: 'dashboard' } });
    const { status, body } = await scene.call('GET', '/admin/api/settings', { as: null });
    expect([status, body]).toEqual([
      200,
      {
        issuer: scene.issuer,
        audience: adminApi,
        clientId: 'dashboard',
        scope: expect.stringContaining('read:users'),
        api: { identifier: contactsApi, name: contactsApi },
        explainsTokens: false,
        pictures: [],
      },
    ]);
    for (const scope of (body as { scope: string }).scope.split(' ')) {
      expect(scope === 'openid' || adminPermissions.has(scope)).toBe(true);
    }
  });

  it('tells who signed in what is open to them', async () => {
    await open({ store });
    expect(await scene.call('GET', '/admin/api/session', { as: 'rita', scope: 'read:users read:audit' })).toMatchObject(
      {
        body: {
          subject: { id: 'rita', kind: 'user' },
          permissions: ['read:users'],
          scopes: ['read:users', 'read:audit'],
        },
      },
    );
  });
});
