// Roles by the access-control API: what is written is what is read, versions rise, and what code declares is left alone.

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { accessControlRoles, reconcileRoles } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Answered, Scene, SceneOptions } from './admin-scene.ts';

afterAll(async () => {
  await scene.close();
  await stopServers();
});

const roles = '/api/access-control/roles';
const editor = {
  uid: 'customuserseditor1',
  name: 'custom:users:editor',
  description: 'Edits users',
  permissions: [
    { action: 'users:read', scope: 'global:users:*' },
    { action: 'users:create', scope: '' },
    { action: 'users:write', scope: '*' },
  ],
};

let scene: Scene;
beforeAll(async () => {
  scene = await adminScene();
});
// What one test has made, the next does not find.
afterEach(async () => {
  for (const { uid } of (await scene.store.roles({ take: 1000 })).items) {
    if (!uid.startsWith('builtin:')) await scene.store.deleteRole(uid, { force: true }, { system: 'test' });
  }
});

/** The same with another scene. */
async function within(options: SceneOptions, check: () => Promise<void>): Promise<void> {
  const usual = scene;
  scene = await adminScene(options);
  try {
    await check();
  } finally {
    await scene.close();
    scene = usual;
  }
}

const make = (body: object = editor): Promise<Answered> => scene.call('POST', roles, { body });
const read = (uid = editor.uid): Promise<Answered> => scene.call('GET', `${roles}/${uid}`);
const put = (body: object, uid = editor.uid): Promise<Answered> => scene.call('PUT', `${roles}/${uid}`, { body });

describe('a role', () => {
  it('is read as it was written', async () => {
    const uid = 'never-before';
    const made = await make({ ...editor, uid });
    const { description, name, permissions } = editor;
    const role = { uid, name, version: 1, description, global: true, permissions };
    const date: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(made).toMatchObject({ status: 201 });
    expect(made.body).toEqual({ ...role, created: date, updated: date });
    expect((await read(uid)).body).toEqual(made.body);
    expect((await scene.call('GET', roles)).body).toEqual([{ uid, name, version: 1, description, global: true }]);
  });

  it('keeps each scope by its meaning: none, all, or some', async () => {
    await make();
    expect((await scene.store.role(editor.uid))?.privileges).toEqual([
      expect.objectContaining({ permission: 'users:read', on: 'global:users:*' }),
      expect.objectContaining({ permission: 'users:create', on: '' }),
      expect.not.objectContaining({ on: expect.anything() }),
    ]);
  });

  it('has no scope where none is sent', async () => {
    const made = await make({ ...editor, permissions: [{ action: 'users:create' }] });
    expect(made.body).toMatchObject({ permissions: [{ action: 'users:create', scope: '' }] });
  });

  it('is given a uid where none is sent', async () => {
    const { uid: _uid, ...rest } = editor;
    const { body } = await make(rest);
    expect(body).toMatchObject({ uid: expect.stringMatching(/^[\w-]{12}$/) as unknown, name: editor.name });
  });

  it('that has a uid already is not made once more', async () => {
    await make();
    for (const version of [undefined, 1]) {
      const answer = await make({ ...editor, name: 'another', version });
      expect(answer).toMatchObject({ status: 409, body: { error: 'role_uid_taken' } });
    }
    expect(await make({ ...editor, uid: 'another' })).toMatchObject({
      status: 409,
      body: { error: 'role_name_taken' },
    });
    expect((await read()).body).toMatchObject({ name: editor.name, version: 1 });
  });

  it.each([
    ['name', { ...editor, name: '' }],
    ['name', { ...editor, name: 'n'.repeat(191) }],
    ['name', { permissions: [] }],
    ['uid', { ...editor, uid: 'u'.repeat(41) }],
    ['uid', { ...editor, uid: 7 }],
    ['uid', { ...editor, uid: 'fixed_x' }],
    ['uid', { ...editor, uid: 'builtin:x' }],
    ['name', { ...editor, name: 'fixed:mine' }],
    ['version', { ...editor, version: 2 }],
    ['version', { ...editor, version: 0 }],
    ['version', { ...editor, version: '1' }],
    ['displayName', { ...editor, displayName: 'Editor' }],
    ['group', { ...editor, group: 'Users' }],
    ['hidden', { ...editor, hidden: true }],
    ['global', { ...editor, global: 'yes' }],
    ['orgId', { ...editor, orgId: 1 }],
    ['permissions', { ...editor, permissions: {} }],
    ['permissions[0].action', { ...editor, permissions: [{ scope: '*' }] }],
    ['permissions[0].action', { ...editor, permissions: [{ action: 'with space' }] }],
    ['permissions[0].scope', { ...editor, permissions: [{ action: 'users:read', scope: 7 }] }],
    ['permissions[0].scope', { ...editor, permissions: [{ action: 'users:read', scope: 'users:*:1' }] }],
    ['permissions[0].scope', { ...editor, permissions: [{ action: 'users:create', scope: 'n/a' }] }],
    ['permissions[0].on', { ...editor, permissions: [{ action: 'users:read', on: '*' }] }],
    ['the body', ['a list']],
  ])('is refused by the name of the field that is wrong: %s', async (field, body) => {
    const answer = await make(body);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(field) as unknown } });
    expect((await scene.call('GET', roles)).body).toEqual([]);
  });

  it('that there is not is a 404 by every method', async () => {
    for (const uid of ['nothing', '%00', 'x'.repeat(500)]) {
      expect(await read(uid)).toMatchObject({ status: 404, body: { error: 'role_not_found' } });
    }
    expect(await put({ name: 'x', version: 1 }, 'nothing')).toMatchObject({ status: 404 });
    expect(await scene.call('DELETE', `${roles}/nothing`)).toMatchObject({ status: 404 });
  });

  it('is found by a uid of any characters', async () => {
    await make({ ...editor, uid: 'a/b c:d' });
    expect(await read('a%2Fb%20c%3Ad')).toMatchObject({ status: 200, body: { uid: 'a/b c:d' } });
  });
});

describe('a role that is replaced', () => {
  const wanted = { name: 'custom:renamed', permissions: [{ action: 'users:read', scope: 'global:users:id:7' }] };

  it.each([
    ['the one that was read', 1, 2],
    ['the one that it shall have', 2, 2],
    ['one that leaps', 9, 9],
  ])('takes as version %s', async (_, version, after) => {
    await make();
    const answer = await put({ ...wanted, version });
    expect(answer).toMatchObject({ status: 200, body: { ...wanted, version: after } });
    expect(answer.body).not.toHaveProperty('description');
  });

  it('can be sent as it was read', async () => {
    await make();
    const { body } = await read();
    expect(await put(body as object)).toMatchObject({ status: 200, body: body as object });
  });

  it('is not overwritten by who has read an older one', async () => {
    await make();
    await put({ ...wanted, version: 1 });
    const late = await put({ name: 'late', version: 1 });
    expect(late).toMatchObject({ status: 409, body: { error: 'role_version_conflict', version: 2 } });
    expect((await read()).body).toMatchObject({ name: wanted.name });
  });

  it.each([
    ['the version that was read', 'optimistic', 1],
    ['the version that it shall have, where the store has them rise', 'rising', 2],
  ] as const)('at once by several is so by one of them: by %s', async (_, roleVersions, version) => {
    await within({ store: { roleVersions } }, async () => {
      await make();
      const answers = await Promise.all(['one', 'two', 'three', 'four'].map((name) => put({ name, version })));
      const lost = answers.filter(({ status }) => status === 409);
      expect([answers.filter(({ status }) => status === 200).length, lost.length]).toEqual([1, 3]);
      for (const { body } of lost) expect(body).toMatchObject({ version: 2 });
    });
  });

  it('asks for the version, and for the same uid', async () => {
    await make();
    expect(await put(wanted)).toMatchObject({ status: 400, body: { message: expect.stringContaining('version') } });
    expect(await put({ ...wanted, version: 1, uid: 'another' })).toMatchObject({ status: 400 });
  });

  it('needs a greater version where the store has them rise', async () => {
    await within({ store: { roleVersions: 'rising' } }, async () => {
      await make();
      expect(await put({ ...wanted, version: 1 })).toMatchObject({ status: 409, body: { version: 1 } });
      expect(await put({ ...wanted, version: 2 })).toMatchObject({ status: 200, body: { version: 2 } });
      expect(await make({ ...editor, name: 'another' })).toMatchObject({ status: 409 });
    });
  });

  it('keeps what the API has no words for: denials, inheritance, and for which API something is', async () => {
    const base = { uid: 'base', name: 'base', privileges: [] };
    const denial = { permission: 'users:delete', effect: 'deny' as const };
    const bound = { permission: 'users:read', on: 'global:users:*', audience: 'https://contacts.example/' };
    await scene.store.putRole(base, { system: 'test' });
    const mixed = { uid: 'mixed', name: 'mixed', privileges: [denial, bound], inherits: ['base'] };
    await scene.store.putRole(mixed, { system: 'test' });
    const { body } = await read('mixed');
    expect(body).toMatchObject({
      permissions: [{ action: 'users:read', scope: 'global:users:*' }],
      denials: [{ action: 'users:delete', scope: '*' }],
      inherits: ['base'],
    });
    const { permissions, name } = body as typeof editor;
    await put({ name, version: 1, permissions: [...permissions, { action: 'users:create' }] }, 'mixed');
    const after = await scene.store.role('mixed');
    expect(after).toMatchObject({ version: 2, inherits: [{ role: 'base' }] });
    expect(after?.privileges).toEqual([
      expect.objectContaining(denial),
      expect.objectContaining(bound),
      expect.objectContaining({ permission: 'users:create', on: '' }),
    ]);
  });
});

describe('a role that is deleted', () => {
  it('is gone; one that somebody has only by force', async () => {
    await make();
    await scene.store.assign(scene.user('ed'), editor.uid, {}, { system: 'test' });
    const path = `${roles}/${editor.uid}`;
    const used = await scene.call('DELETE', path);
    expect(used).toMatchObject({ status: 409, body: { error: 'role_in_use', holders: 1 } });
    expect(await scene.call('DELETE', `${path}?force=maybe`)).toMatchObject({ status: 400 });
    const deleted = await scene.call('DELETE', `${path}?force=true`);
    expect(deleted).toMatchObject({ status: 200, body: { message: 'Role deleted' } });
    expect(await read()).toMatchObject({ status: 404 });
    expect((await scene.store.subject(scene.user('ed'))).roles).toEqual([]);
  });
});

describe('what code declares', () => {
  it('can be read, and neither changed nor deleted: fixed roles and built-in ones', async () => {
    await reconcileRoles(scene.store, accessControlRoles);
    const list = (await scene.call('GET', roles)).body as { uid: string; name: string }[];
    expect(list.map(({ name }) => name).toSorted()).toEqual(accessControlRoles.map(({ name }) => name).toSorted());
    const { uid = '' } = list.find(({ name }) => name === 'fixed:reporting:admin:read') ?? {};
    const { body } = await read(uid);
    expect(body).toMatchObject({ permissions: [{ action: 'reports:read', scope: 'reports:*' }, {}, { scope: '' }] });
    expect(await put({ ...(body as object), permissions: [] }, uid)).toMatchObject({
      status: 400,
      body: { error: 'role_reserved' },
    });
    expect(await scene.call('DELETE', `${roles}/${uid}?force=true`)).toMatchObject({ status: 400 });
    expect((await read(uid)).body).toEqual(body);
    const builtIn = { name: 'Built-in Viewer', version: 1, permissions: [{ action: 'users:read', scope: '*' }] };
    expect(await put(builtIn, 'builtin%3Aviewer')).toMatchObject({ status: 400, body: { error: 'role_built_in' } });
    expect(await scene.call('DELETE', `${roles}/builtin%3Aviewer`)).toMatchObject({ status: 400 });
    expect(await scene.store.role('builtin:viewer')).toMatchObject({ version: 1, privileges: [] });
  });
});

describe('the list', () => {
  it('can be cut to what who calls may hand on', async () => {
    await make();
    await make({ uid: 'reader', name: 'reader', permissions: [{ action: 'users:read', scope: 'global:users:id:7' }] });
    const lister = [
      { permission: 'roles:list', on: 'roles:*' },
      { permission: 'users:read', on: 'global:users:*' },
    ];
    await scene.store.grant(scene.user('lea'), lister, { system: 'test' });
    const all = (await scene.call('GET', roles, { as: 'lea' })).body as { uid: string }[];
    expect(all.map(({ uid }) => uid)).toEqual([editor.uid, 'reader']);
    const cut = await scene.call('GET', `${roles}?delegatable=true&includeHidden=true`, { as: 'lea' });
    expect(cut.body).toEqual([{ uid: 'reader', name: 'reader', version: 1, global: true, delegatable: true }]);
    expect(await scene.call('GET', `${roles}?sort=name`)).toMatchObject({ status: 400 });
  });

  it('has as many roles as there may be, and no more are made', async () => {
    await within({ limits: { roles: 2, permissionsPerRole: 2 } }, async () => {
      const answers = [await make({ name: 'one' }), await make({ name: 'two' }), await make({ name: 'three' })];
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 409]);
      expect(await make()).toMatchObject({ status: 400, body: { message: expect.stringContaining('permissions') } });
    });
  });

  it('is whole beyond one page of the store', async () => {
    const many = Array.from({ length: 1203 }, (_, at) => [`r${at}`, []] as const);
    await within({ store: { roles: Object.fromEntries(many) } }, async () => {
      expect((await scene.call('GET', roles)).body).toHaveLength(1203);
      expect((await scene.call('GET', `${roles}?delegatable=true`)).body).toHaveLength(1203);
    });
  });
});
