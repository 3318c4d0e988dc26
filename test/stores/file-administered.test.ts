// What is changed through a store in a file: how it is written, what stays, and what becomes of it when writing fails.

import { describe, expect, test } from '@jest/globals';
import { createAuthorizer, UnavailableError } from 'rightful';
import { fileStore, withCache } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { alice, by, child, fileScene, held, issuer, sleep, until } from './file-scene.ts';
import { frameworks, stopServers } from '../flow/frameworks.ts';

const handWritten = `# Who may do what.
issuer:   https://issuer.example/

users:
    # the owner
    alice:
        permissions:
        - read:contacts   # since the start
        - {permission: users:read, on: "users:id:7", expiresAt: 2030-01-01T00:00:00Z}
        roles: [editor,  'viewer']

    bob: {permissions: [a, b]}    # on trial


roles:
    editor:
        # all of it
        - write:contacts
        - 'delete:contacts'
    viewer: { permissions: [read:contacts] } # nothing else
# the end
`;

describe('what a person wrote', () => {
  test('stays as it is, but for what is changed', async () => {
    const scene = fileScene(handWritten);
    const store = scene.store();
    await store.grant(alice, 'x', by);
    await store.grant({ ...alice, id: 'carol' }, { permission: 'y', on: 'y:*' }, by);
    await store.revoke({ ...alice, id: 'bob' }, 'a', by);
    const lines = handWritten.split('\n');
    lines.splice(9, 0, '        - { permission: x, assignedBy: test }');
    lines[12] = '    bob: { permissions: [ b ] } # on trial';
    lines.splice(
      13,
      0,
      '    carol:',
      '        permissions:',
      '          - { permission: y, on: y:*, assignedBy: test }',
    );
    lines.splice(-2, 0, 'revision: 3');
    expect(scene.text().split('\n').filter(Boolean)).toEqual(lines.filter(Boolean));
  });

  test('of a role stays too, also where a list becomes an object', async () => {
    const scene = fileScene(handWritten);
    const store = scene.store();
    await store.putRole({ uid: 'editor', name: 'An editor', version: 1, privileges: ['write:contacts', 'z'] }, by);
    expect(scene.text()).toContain('        # all of it\n');
    expect(scene.text()).toContain("roles: [editor,  'viewer']");
    expect(await store.role('editor')).toMatchObject({
      version: 2,
      privileges: [{ permission: 'write:contacts' }, { permission: 'z' }],
    });
  });

  test('is what it was when a change is taken back', async () => {
    const scene = fileScene(`${handWritten.replace('# the end\n', '')}revision: 0 # rises\n`);
    const before = scene.text();
    const store = scene.store();
    await store.grant({ ...alice, id: 'carol' }, 'x', by);
    await store.revoke({ ...alice, id: 'carol' }, 'x', by);
    expect(scene.text()).toBe(before.replace('revision: 0', 'revision: 2'));
  });

  test.each<[string, string]>([
    [
      'in JSON, with tabs',
      '{\n\t"issuer": "https://issuer.example/",\n\t"users": { "bob": { "permissions": ["a", "b"] } },\n\t"revision": 4\n}\n',
    ],
    [
      'in one line of JSON',
      '{"issuer":"https://issuer.example/","users":{"bob":{"permissions":["a","b"]}},"revision":4}',
    ],
  ])('stays %s', async (_, before) => {
    const scene = fileScene(before, 'privileges.json');
    const store = scene.store();
    await store.grant(alice, { permission: 'x', expiresAt: 1_900_000_000_000 }, by);
    expect(JSON.parse(scene.text())).toMatchObject({
      revision: 5,
      users: { alice: { permissions: [{ permission: 'x' }] } },
    });
    await store.revoke(alice, { permission: 'x' }, by);
    expect(scene.text()).toBe(before.replace('4', '6'));
  });

  test('keeps its ends of lines', async () => {
    const scene = fileScene(handWritten.replaceAll('\n', '\r\n'));
    await scene.store().grant(alice, 'x', by);
    expect(scene.text().replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('keeps its ends of lines in JSON, too', async () => {
    const text = `${JSON.stringify({ issuer, users: { bob: { permissions: ['a'] } } }, null, 2)}\n`;
    const scene = fileScene(text.replaceAll('\n', '\r\n'), 'privileges.json');
    await scene.store().grant(alice, 'x', by);
    expect(scene.text().replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('keeps its mode, and a link to it leads to what is written', async () => {
    const scene = fileScene(handWritten);
    chmodSync(scene.path, 0o640);
    mkdirSync(`${scene.path}.d`);
    symlinkSync(scene.path, `${scene.path}.d/link.yaml`);
    const store = fileStore(`${scene.path}.d/link.yaml`);
    await store.grant(alice, 'x', by);
    expect([statSync(scene.path).mode & 0o777, scene.text().includes('permission: x')]).toEqual([0o640, true]);
    await store.close?.();
  });
});

test('every character of a name comes back as it was', async () => {
  const scene = fileScene('issuers: {}\n');
  const names = [
    '<<',
    '~',
    'null',
    'true',
    '1',
    '0x1F',
    '- a',
    '# b',
    'a: b',
    '*x',
    '&x',
    '!t',
    '%',
    '@',
    '`',
    '[',
    '{',
    'x\ny',
    ' x ',
    '\u2028',
    '\u0085',
    '\u200B',
    '\uFEFFa',
    '😀',
    '__proto__',
    '=',
    '?',
    '|',
    '>',
    '"',
    "'",
    '\\',
    '\t',
  ];
  const store = scene.store();
  for (const id of names) await store.grant({ issuer, id, kind: 'user' }, 'p', by);
  const again = scene.store();
  expect(names.filter((id) => held(again, { id }).join() !== 'p')).toEqual([]);
});

test('each change is told once, however often somebody looks whether the file has changed meanwhile', async () => {
  const store = fileScene(`issuer: ${issuer}\n`).store({ pollMs: 1 });
  const told: unknown[] = [];
  store.onChange?.((change) => told.push(change));
  for (let at = 0; at < 60; at += 1) await store.grant(alice, `p:${at}`, by);
  await sleep(50);
  expect(told).toHaveLength(60);
});

test('a person that stands in two places is one, and loses what is revoked in both', async () => {
  const users = 'users: { alice: { permissions: [a, { permission: b, expiresAt: 5 }, b] } }';
  const scene = fileScene(`issuer: ${issuer}\n${users}\nissuers: { "${issuer}": { ${users} } }\n`);
  const store = scene.store();
  await store.revoke(alice, ['b'], by);
  expect([held(store), held(scene.store())]).toEqual([['a'], ['a']]);
});

describe('several at once', () => {
  test('two stores on one file in one process lose nothing, and no revision is made twice', async () => {
    const scene = fileScene('issuers: {}\n');
    const stores = [scene.store(), scene.store()];
    const revisions = await Promise.all(
      Array.from({ length: 40 }, (_, at) => stores[at % 2]!.grant(alice, `p:${at}`, by)),
    );
    expect(revisions.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    for (const store of stores)
      expect((await store.subject({ issuer, id: 'alice', kind: 'user' })).privileges).toHaveLength(40);
    expect((await stores[0]!.audit()).total).toBe(40);
    expect(scene.names()).toEqual(['privileges.yaml', 'privileges.yaml.audit.jsonl']);
  }, 30_000);

  test('three processes lose nothing, and no revision is made twice', async () => {
    const scene = fileScene('issuers: {}\n');
    const store = scene.store();
    const users = ['u', 'v', 'w'];
    const children = users.map((user) => child('grants', scene.path, [user, '15']));
    const revisions = (await Promise.all(children.map(({ result }) => result()))).flat() as number[];
    expect(revisions.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 45 }, (_, at) => at + 1));
    await until(() => users.every((id) => held(store, { id }).length === 15));
    expect([await store.revision(), (await store.audit()).total]).toEqual([45, 45]);
  }, 60_000);

  test('what another process wrote is what the next change is made of', async () => {
    const scene = fileScene('issuers: {}\n');
    const [one, other] = [scene.store({ pollMs: 60_000 }), scene.store({ pollMs: 60_000 })];
    await one.putRole({ uid: 'r', name: 'R', privileges: ['a'] }, by);
    await other.assign(alice, 'r', {}, by);
    await expect(one.deleteRole('r', {}, by)).rejects.toMatchObject({ code: 'role_in_use', holders: 1 });
  });
});

test.each([
  ['is not overwritten: the change is made once more, of that', false],
  ['and is seen at once is not overwritten either', true],
])('an edit that comes in the middle of a change %s', async (_, isSeen) => {
  const scene = fileScene('issuers: {}\n');
  const store = scene.store();
  const told: unknown[] = [];
  store.onChange?.((change) => told.push(change));
  const file = await open(scene.path);
  const prototype = Object.getPrototypeOf(file) as { sync(): Promise<void> };
  const { sync } = prototype;
  await file.close();
  prototype.sync = async function (this: unknown) {
    prototype.sync = sync;
    scene.write('issuers: {}\nusers: {}\nroles: { edited: [x] }\nissuer: a\n');
    if (isSeen) await until(() => told.length > 0);
    return sync.call(this);
  };
  try {
    expect(await store.grant(alice, 'x', by)).toBe(2);
  } finally {
    prototype.sync = sync;
  }
  expect(scene.text()).toContain('roles: { edited: [x] }');
  expect([held(store), (await store.audit()).items.map(({ revision }) => revision)]).toEqual([['x'], [2]]);
});

describe('a lock', () => {
  test('of a process that was killed is broken at once, and what it left is tidied away', async () => {
    const scene = fileScene('issuers: {}\n');
    const killed = child('hang', scene.path);
    await until(() => killed.out().includes('hanging'), 20_000);
    const store = scene.store({ lockTimeoutMs: 200 });
    await expect(store.grant(alice, 'x', by)).rejects.toThrow(UnavailableError);
    expect(scene.names().some((name) => name.endsWith('.lock'))).toBe(true);
    killed.started.kill('SIGKILL');
    await killed.ended;
    const two = await Promise.all([store.grant(alice, 'x', by), scene.store().grant(alice, 'y', by)]);
    expect(two.toSorted()).toEqual([1, 2]);
    expect([scene.text().includes('never'), scene.names()]).toEqual([
      false,
      ['privileges.yaml', 'privileges.yaml.audit.jsonl'],
    ]);
  }, 60_000);

  test('of another machine is waited for, unless nobody has shown for long that it is held', async () => {
    const scene = fileScene('issuers: {}\n');
    const store = scene.store({ lockTimeoutMs: 100 });
    writeFileSync(`${scene.path}.lock`, JSON.stringify({ pid: 1, host: 'elsewhere', id: 'x' }));
    await expect(store.grant(alice, 'x', by)).rejects.toMatchObject({
      name: 'UnavailableError',
      cause: { message: expect.stringContaining('longer than 100 ms') },
    });
    const long = Date.now() / 1000 - 120;
    utimesSync(`${scene.path}.lock`, long, long);
    expect(await store.grant(alice, 'x', by)).toBe(1);
  });

  test('that was never written is broken soon', async () => {
    const scene = fileScene('issuers: {}\n');
    writeFileSync(`${scene.path}.lock`, '');
    expect(await scene.store().grant(alice, 'x', by)).toBe(1);
  });
});

describe('a change that cannot be written', () => {
  test('leaves the file and what is known as they were: the disk is full', async () => {
    const scene = fileScene(`issuers: {}\nroles: { r: [p] } # mine\n`);
    const before = scene.text();
    const result = await child('large', scene.path, [], 'ulimit -f 8; ').result();
    expect(result).toEqual(['UnavailableError', 'EFBIG', 0, null]);
    expect([scene.text(), scene.names()]).toEqual([before, ['privileges.yaml']]);
  }, 30_000);

  test('leaves no lock behind that it could not write', async () => {
    const scene = fileScene('issuers: {}\n');
    const result = await child('large', scene.path, [], 'ulimit -f 0; ').result();
    expect([result, scene.names()]).toEqual([['UnavailableError', 'EFBIG', 0, null], ['privileges.yaml']]);
  }, 30_000);

  test('because of the audit leaves nothing of it, in the audit either', async () => {
    const scene = fileScene('issuers: {}\n');
    mkdirSync(`${scene.path}.audit.jsonl`);
    const store = scene.store();
    await expect(store.grant(alice, 'x', by)).rejects.toMatchObject({
      name: 'UnavailableError',
      cause: { code: 'EISDIR' },
    });
    expect([held(store), scene.text(), scene.names().length]).toEqual([[], 'issuers: {}\n', 2]);
    rmSync(`${scene.path}.audit.jsonl`, { recursive: true });
    expect(await store.grant(alice, 'x', by)).toBe(1);
  });

  test('since it would be larger than may be read leaves the file as it was', async () => {
    const scene = fileScene('issuers: {}\n');
    const store = scene.store({ maxBytes: 100 });
    await expect(store.grant(alice, 'x'.repeat(100), by)).rejects.toThrow(UnavailableError);
    expect([scene.text(), scene.names()]).toEqual(['issuers: {}\n', ['privileges.yaml']]);
  });

  test('is told as what it is where the rules refuse it, and the lock is free again', async () => {
    const scene = fileScene('issuers: {}\n');
    const store = scene.store();
    await expect(store.assign(alice, 'nobody', {}, by)).rejects.toMatchObject({ code: 'role_not_found' });
    expect(scene.names()).toEqual(['privileges.yaml']);
  });
});

describe('the audit', () => {
  const entries = async (store: RoleStore): Promise<unknown[]> =>
    (await store.audit()).items.map(({ revision, permissions }) => [revision, ...permissions]);
  const auditOf = (path: string): string => `${path}.audit.jsonl`;

  test('survives the store, a torn line and a line that is none', async () => {
    const scene = fileScene('issuers: {}\n');
    await scene.store().grant(alice, 'a', by);
    appendFileSync(auditOf(scene.path), 'nonsense\n{"revision":2,"at":1,"by":{"sys');
    const store = scene.store();
    expect(await entries(store)).toEqual([[1, 'a']]);
    expect(await store.grant(alice, 'b', by)).toBe(2);
    expect(await entries(scene.store())).toEqual([
      [2, 'b'],
      [1, 'a'],
    ]);
  });

  test('does not show an entry whose change never came, also when the file is edited before the next', async () => {
    const scene = fileScene(`issuer: ${issuer}\nusers: {}\n`);
    const store = scene.store();
    await store.grant(alice, 'a', by);
    const [line] = readFileSync(auditOf(scene.path), 'utf8').split('\n');
    const crashed = { ...JSON.parse(line!), revision: 2, base: 1, permissions: ['crashed'] };
    appendFileSync(auditOf(scene.path), `${JSON.stringify(crashed)}\n`);
    expect(await entries(store)).toEqual([[1, 'a']]);
    scene.write(scene.text().replace('permissions:', 'roles: [builtin:viewer]\n    permissions:'));
    expect(await store.revision()).toBe(2);
    expect(await entries(store)).toEqual([[1, 'a']]);
    expect(await store.grant(alice, 'b', by)).toBe(3);
    expect(await entries(store)).toEqual([
      [3, 'b'],
      [1, 'a'],
    ]);
    expect(await entries(scene.store())).toEqual([
      [3, 'b'],
      [1, 'a'],
    ]);
  });

  test('shows the last of several that have the same revision', async () => {
    const scene = fileScene('issuers: {}\n');
    const store = scene.store();
    await store.grant(alice, 'a', by);
    const [line] = readFileSync(auditOf(scene.path), 'utf8').split('\n');
    const { base: _base, ...entry } = JSON.parse(line!);
    const crashed = ['x', 'y'].map((name) => `${JSON.stringify({ ...entry, revision: 2, permissions: [name] })}\n`);
    appendFileSync(auditOf(scene.path), crashed.join(''));
    expect(await entries(store)).toEqual([[1, 'a']]);
    await store.grant(alice, 'b', by);
    expect(await entries(store)).toEqual([
      [2, 'b'],
      [1, 'a'],
    ]);
  });

  test('is not repeated by an older file that somebody puts back', async () => {
    const scene = fileScene('issuers: {}\n');
    const old = scene.text();
    const store = scene.store();
    for (const name of 'abc') await store.grant(alice, name, by);
    await store.close?.();
    scene.write(old);
    const later = scene.store();
    expect((await later.audit()).items.map(({ revision }) => revision)).toEqual([3, 2, 1]);
    expect(await later.grant(alice, 'd', by)).toBe(4);
    expect((await later.audit()).items.map(({ revision }) => revision)).toEqual([4, 3, 2, 1]);
  });
});

test.each(frameworks)(
  'what is edited in the file acts on a request within the time of a poll, through a cache and a guard of $name',
  async (framework) => {
    const tokens = await createTestIssuer({ audience: 'https://api.example' });
    const scene = fileScene(`issuer: ${tokens.issuer}\nusers: { alice: { permissions: [read:contacts] } }\n`);
    const store = withCache(scene.store({ pollMs: 200 }));
    const authorizer = createAuthorizer({ issuer: tokens.issuer, audience: 'https://api.example', store });
    const { requirePermission } = framework.createGuards(authorizer);
    const { address } = await framework.serve([{ path: '/', guards: [requirePermission('read:contacts')] }]);
    const token = await tokens.token({ sub: 'alice', scope: 'read:contacts' });
    const ask = async (): Promise<number> => {
      return (await fetch(address, { headers: { authorization: `Bearer ${token}` } })).status;
    };
    // The limit is for what never comes.
    const answered = async (status: number): Promise<void> => {
      for (let attempt = 0; attempt < 100 && (await ask()) !== status; attempt += 1) await sleep(100);
      expect(await ask()).toBe(status);
    };
    try {
      expect([await ask(), await ask()]).toEqual([200, 200]);
      scene.write(scene.text().replace('read:contacts', 'read:nothing'));
      await answered(403);
      scene.write(scene.text().replace('read:nothing', 'read:contacts'));
      await answered(200);
    } finally {
      await stopServers();
      await authorizer.close();
      await tokens.close();
    }
  },
);
