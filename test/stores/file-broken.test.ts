// What is wrong in a privilege file, at which line and column, and what a store makes of it later.

import { describe, expect, it, test } from '@jest/globals';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { UnavailableError } from 'rightful';
import { fileStore, PrivilegeFileError } from 'rightful/stores';
import type { FileStoreOptions } from 'rightful/stores';
import { alice, by, fileScene, held, issuer, sleep, until } from './file-scene.ts';

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

const brokenYaml: [string, string, string][] = [
  ['an unknown member', 'usrs: {}\n', '1:1: Unknown option `usrs` in `the file`: expected issuer, users'],
  [
    'an unknown member of a subject',
    'users:\n  alice:\n    role: [a]\n',
    "3:5: Unknown option `role` in `users['alice']`",
  ],
  ['a list in place of the whole', '- users\n', '1:1: Expected `the file` to be an object, got a list of 1'],
  ['a text in place of the whole', 'users', '1:1: Expected `the file` to be an object, got "users" (string)'],
  ['a number for an issuer', 'issuer: 7\n', '1:9: Expected `issuer` to be a non-empty string, got 7 (number)'],
  ['nothing for the users', 'roles: {}\nusers:\n', '2:1: Expected `users` to be an object, got null'],
  ['a list of users', 'users:\n  - alice\n', '2:3: Expected `users` to be an object, got a list of 1'],
  ['nothing for a user', 'users:\n  alice:\n', "2:3: Expected `users['alice']` to be an object, got null"],
  [
    'a text for permissions',
    'users:\n  a:\n    permissions: b\n',
    "3:18: Expected `users['a'].permissions` to be a list",
  ],
  [
    'a number for a permission',
    'users: { a: { permissions: [x, 5] } }',
    '1:32: Expected `a privilege` to be an object, got 5',
  ],
  ['an empty permission', 'users: { a: { permissions: [""] } }', '1:29: Expected `permission` to be a permission name'],
  [
    'a resource that is no text',
    'users:\n  a:\n    permissions:\n      - permission: p\n        on: 5\n',
    '5:13: Expected `on` to be a string, got 5 (number)',
  ],
  [
    'another effect',
    'users: { a: { permissions: [{ permission: p, effect: allow }] } }',
    "1:54: Expected `effect` to be 'deny' or absent",
  ],
  [
    'an unknown member of a privilege',
    'users: { a: { permissions: [{ permission: p, resource: r }] } }',
    '1:46: Unknown member `resource` in a privilege',
  ],
  [
    'a date without a zone',
    'users: { a: { permissions: [{ permission: p, expiresAt: 2030-01-01T00:00 }] } }',
    "1:57: Expected `users['a'].permissions[0].expiresAt` to be milliseconds since 1970",
  ],
  [
    'who gave it, as a number',
    'users: { a: { permissions: [{ permission: p, assignedBy: 1 }] } }',
    "1:58: Expected `users['a'].permissions[0].assignedBy` to be a non-empty string",
  ],
  [
    'an unknown role',
    'users:\n  a:\n    roles: [editor]\n',
    "3:13: Expected `users['a'].roles[0]` to be made of roles",
  ],
  [
    'a role without its name',
    'users: { a: { roles: [{ organization: o }] } }',
    "1:23: Expected `users['a'].roles[0].role`",
  ],
  [
    'an unknown inherited role',
    'roles:\n  a: { inherits: [b] }\n',
    "2:19: Expected `roles['a'].inherits[0]` to be made of",
  ],
  [
    'a version that is none',
    'roles: { a: { version: one } }',
    "1:24: Expected `roles['a'].version` to be a whole number",
  ],
  ['a number for a role', 'roles:\n  a: 1\n', "2:6: Expected `roles['a']` to be an object, got 1 (number)"],
  ['a revision below zero', 'revision: -1\n', '1:11: Expected `revision` to be a whole number >= 0, got -1'],
  [
    'an API without a name',
    "apis:\n  'https://a': {}\n",
    "2:16: Expected `apis['https://a'].name` to be a non-empty string",
  ],
  [
    'a list of definitions',
    'apis: { a: { name: A, permissions: [p] } }',
    "1:36: Expected `apis['a'].permissions` to be an object",
  ],
  [
    'issuers beside subjects of none',
    'users: { a: { permissions: [p] } }\nissuers: { i: { users: { b: { permissions: [p] } } } }',
    '1:1: Expected `issuer` to be the issuer of `users`',
  ],
  ['a name twice', 'users:\n  a: {}\n  a: {}\n', '3:3: Expected each name once, got "a: {}"'],
  ['a name twice in one line', 'roles: { a: [], a: [] }', '1:17: Expected each name once'],
  [
    'an alias',
    'roles: { a: &x [p], b: *x }',
    '1:24: Expected no alias: what several hold together is a role, got "*x }"',
  ],
  ['an alias of what holds it', 'users: &x { a: *x }', '1:16: Expected no alias'],
  ['a merge key', 'users: { a: { <<: { permissions: [p] } } }', '1:15: Expected no merge key'],
  ['a tag', 'issuer: !!str 7\n', '1:15: Expected no tag'],
  ['a tag of one’s own', 'issuer: !secret x\n', '1:9: Expected no tag'],
  ['a tag on a set', 'users: !!set { a }\n', '1:'],
  ['a name that is a list', '? [a]\n: b\n', '1:3: Expected a name'],
  ['an empty name', 'users:\n  : {}\n', '2:3: Expected a name'],
  ['an older YAML', '%YAML 1.1\n---\nusers: {}\n', '1:1: Expected YAML 1.2'],
  ['a second document', 'users: {}\n---\nusers: {}\n', '2:1: Expected one document'],
  ['a tab for indentation', 'users:\n\ta: {}\n', '2:1: '],
  ['a bracket that stays open', 'roles:\n  a: [p,\n', '3:1: '],
  ['a quote that stays open', 'issuer: "x\n', '2:1: Missing closing "quote, got the end of the file'],
  ['two colons', 'issuer: a: b\n', '1:9: Nested mappings are not allowed'],
  ['a wrong indentation', 'users:\n    a: {}\n  b: {}\n', '3:'],
  ['an alias of nothing', 'issuer: *x\n', '1:9: '],
  ['more levels than anybody needs', `apis: ${deep(200)}`, '1:70: Expected at most 64 levels'],
  ['brackets without end', '['.repeat(100_000), '1:65: Expected at most 64 levels'],
  ['bytes that are no text', 'issuer: a\xFF\n', '1:10: Expected UTF-8'],
];

const brokenJson: [string, string, string][] = [
  ['a comma too many', '{\n  "users": {},\n}', '3:1: Expected a name in double quotes, got "}"'],
  ['a comment', '{ // users\n}', '1:3: Expected a name in double quotes, got "// users"'],
  ['a bare name', '{ users: {} }', '1:3: Expected a name in double quotes'],
  ['single quotes', "{ 'users': {} }", '1:3: Expected a name in double quotes'],
  ['a bare value', '{"issuer": yes}', '1:12: Expected a value of JSON, got "yes}"'],
  ['a text without an end', `{"issuer": "${'a'.repeat(5000)}`, '1:12: Expected a value of JSON'],
  ['a text that breaks off', `{"issuer": "${'\\u0061a'.repeat(5000)}\n"}`, '1:12: Expected a value of JSON'],
  ['no comma', '{"issuer": "a" "users": {}}', '1:16: Expected a comma or `}`'],
  ['no colon', '{"issuer" "a"}', '1:11: Expected a colon'],
  ['an end too early', '{"users": {', '1:12: Expected a name in double quotes, got the end of the file'],
  ['more after the end', '{} {}', '1:4: Expected the end of the file'],
  ['YAML', 'users: {}\n', '1:1: Expected a value of JSON'],
  ['a name twice', '{\n\t"issuer": "a",\n\t"issuer": "b"\n}', '3:2: Expected each name once'],
  ['a list of users', '{\n\t"users": [\n\t]\n}', '2:11: Expected `users` to be an object, got a list of 0'],
  ['a number with a zero before', '{"revision": 01}', '1:14: Expected a value of JSON'],
];

describe('a file that is not as it must be is refused when the store is made, with line and column: TypeError', () => {
  test.each(brokenYaml)('%s', (_, text, message) => expectRefused('privileges.yaml', text, message));
  test.each(brokenJson)('%s, in JSON', (_, text, message) => expectRefused('privileges.json', text, message));

  test('no file at all', () => {
    const { path } = fileScene('');
    const make = (): unknown => fileStore(`${path}.not`);
    expect(make).toThrow(PrivilegeFileError);
    expect(make).toThrow(`${path}.not: There is no such file`);
  });

  test('a directory', () => {
    const { path } = fileScene('');
    mkdirSync(`${path}.d`);
    expect(() => fileStore(`${path}.d`)).toThrow('Expected a file');
  });

  test('one that is larger than it may be', () => {
    const { path } = fileScene(`issuer: ${'a'.repeat(100)}\n`);
    expect(() => fileStore(path, { maxBytes: 100 })).toThrow('Expected at most 100 bytes (`maxBytes`), got 109');
  });
});

function expectRefused(name: string, text: string, message: string): void {
  const { path } = fileScene('', name);
  writeFileSync(path, text, 'latin1');
  let thrown: unknown;
  try {
    void fileStore(path).close?.();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(TypeError);
  expect(thrown).toBeInstanceOf(PrivilegeFileError);
  const { message: got, file, line, column } = thrown as PrivilegeFileError;
  expect(got.slice(path.length + 1)).toContain(message);
  expect([got.startsWith(`${path}:${line}:${column}: `), file]).toEqual([true, path]);
}

test.each<[string, string, string]>([
  ['a name that objects have', 'users: { __proto__: { permissions: [a] }, toString: { permissions: [b] } }', 'a'],
  ['numbers as they are written', 'users: { 007: { permissions: [b] }, __proto__: { permissions: [a] } }', 'a'],
  ['nothing but comments', '# nobody yet\n', ''],
  ['a byte order mark', '\uFEFFusers: { __proto__: { permissions: [a] } }', 'a'],
])('%s is read', async (_, text, name) => {
  const store = fileScene(text).store();
  expect(held(store, { id: '__proto__' })).toEqual(name === '' ? [] : [name]);
  expect(held(store, { id: '7' })).toEqual([]);
  expect(({} as { permissions?: unknown }).permissions).toBeUndefined();
  expect(held(store, { id: 'constructor' })).toEqual([]);
});

test('many names are read in a time that grows with their number', () => {
  const lines = Array.from({ length: 30_000 }, (_, at) => `  user-${at}: {}\n`);
  const { store } = fileScene(`users:\n${lines.join('')}`);
  const start = performance.now();
  store();
  // Each compared with each other would take some ten seconds.
  expect(performance.now() - start).toBeLessThan(4000);
});

it.each<[string, unknown, unknown, RegExp]>([
  ['no path', undefined, {}, /`path`/],
  ['an empty path', '', {}, /`path`/],
  ['another URL', new URL('https://a.example'), {}, /`path`/],
  ['an unknown option', 'FILE', { poll: 1 }, /`poll`/],
  ['no time between polls', 'FILE', { pollMs: 0 }, /`pollMs`/],
  ['a text for the time', 'FILE', { lockTimeoutMs: '1' }, /`lockTimeoutMs`/],
  ['no size', 'FILE', { maxBytes: Infinity }, /`maxBytes`/],
  ['no function', 'FILE', { onError: 'log' }, /`onError`/],
  ['another dialect', 'FILE', { dialect: 'regex' }, /`dialect`/],
])('refuses %s: TypeError', (_, path, options, message) => {
  const scene = fileScene('');
  const make = (): unknown => fileStore((path === 'FILE' ? scene.path : path) as string, options as FileStoreOptions);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
});

test('a file: URL is a path', async () => {
  const store = fileStore(pathToFileURL(fileScene('users: { alice: { permissions: [a] } }').path));
  expect(held(store)).toEqual(['a']);
  await store.close?.();
});

describe('a later version of the file', () => {
  const first = `issuer: ${issuer}\nusers: { alice: { permissions: [a] } }\n`;

  test('acts soon, is announced and raises the revision', async () => {
    const scene = fileScene(first);
    const store = scene.store();
    const told: unknown[] = [];
    store.onChange?.((change) => told.push(change));
    scene.write(first.replace('[a]', '[b]'));
    await until(() => held(store).join() === 'b');
    expect([told, await store.revision()]).toEqual([[{}], 1]);
    scene.write(`${first}revision: 7\n`);
    await until(() => held(store).join() === 'a');
    expect(await store.revision()).toBe(7);
    scene.write(`# nothing new\n${first}revision: 7\n`);
    await sleep(150);
    expect([told.length, await store.revision()]).toEqual([2, 7]);
  });

  test('that is written in parts is taken whole: no part grants what the rest denies', async () => {
    const scene = fileScene(first);
    const store = scene.store({ pollMs: 1 });
    const parts = [
      `issuer: ${issuer}\nusers:\n  alice:\n    permissions:\n      - b\n`,
      '      - { permission: b, effect: deny }\n',
    ];
    const seen = new Set<string>();
    store.onChange?.(() => seen.add(held(store).join()));
    for (const part of parts) {
      writeFileSync(scene.path, part, { flag: part === parts[0] ? 'w' : 'a' });
      await sleep(5);
    }
    await until(() => held(store).join() === 'b,b');
    expect([...seen]).toEqual(['b,b']);
  });

  test('of the same size and time is seen', async () => {
    const scene = fileScene(first);
    const store = scene.store();
    for (const name of 'bcdefg') {
      scene.write(first.replace('[a]', `[${name}]`));
      await until(() => held(store).join() === name);
    }
  });

  test('that is broken leaves the last good one, and is told once, until it is right again', async () => {
    const scene = fileScene(first);
    const store = scene.store();
    scene.write('users:\n  alice: []\n');
    await until(() => scene.told.length > 0);
    await sleep(200);
    expect(scene.told.map(({ message }) => message)).toEqual([
      `${scene.path}:2:10: Expected \`users['alice']\` to be an object, got a list of 0`,
    ]);
    expect(held(store)).toEqual(['a']);
    const refused = store.grant(alice, 'x', by);
    await expect(refused).rejects.toThrow(UnavailableError);
    await expect(refused).rejects.toMatchObject({ cause: { line: 2, column: 10 } });
    expect(scene.text()).toBe('users:\n  alice: []\n');
    scene.write(first.replace('[a]', '[b]'));
    await until(() => held(store).join() === 'b');
    await store.grant(alice, 'x', by);
    expect([held(store), scene.told.length]).toEqual([['b', 'x'], 1]);
  });

  test.each<[string, string, string]>([
    ['that is empty', '', 'got an empty file'],
    ['that has an issuer no more', 'users: { alice: { permissions: [b] } }', '1:1: Expected an `issuer` or `issuers`'],
  ])('%s is broken', async (_, text, message) => {
    const scene = fileScene(first);
    const store = scene.store();
    scene.write(text);
    await until(() => scene.told.length > 0);
    expect([scene.told[0]?.message.includes(message), held(store)]).toEqual([true, ['a']]);
  });

  test('that has an issuer, where there was none, is broken', async () => {
    const scene = fileScene('users: { alice: { permissions: [a] } }');
    scene.store();
    scene.write(`users: {}\nissuer: ${issuer}\n`);
    await until(() => scene.told.length > 0);
    expect(scene.told[0]?.message).toContain(':2:1: Expected no issuer');
  });

  test('may come by a rename through nothing, without a word', async () => {
    const scene = fileScene(first);
    const store = scene.store({ pollMs: 1000 });
    for (const name of ['b', 'c', 'd']) {
      renameSync(scene.path, `${scene.path}.old`);
      await sleep(40);
      writeFileSync(`${scene.path}.new`, first.replace('[a]', `[${name}]`));
      renameSync(`${scene.path}.new`, scene.path);
      await until(() => held(store).join() === name);
    }
    expect(scene.told).toEqual([]);
  });

  test('that is gone leaves the last good one, and is told once', async () => {
    const scene = fileScene(first);
    const store = scene.store();
    rmSync(scene.path);
    await until(() => scene.told.length > 0);
    await sleep(150);
    expect([scene.told.map(({ message }) => message), held(store)]).toEqual([
      [`${scene.path}: There is no such file`],
      ['a'],
    ]);
    scene.write(first.replace('[a]', '[b]'));
    await until(() => held(store).join() === 'b');
  });

  test('is not seen after `close`', async () => {
    const scene = fileScene(first);
    const store = scene.store();
    await store.close?.();
    scene.write(first.replace('[a]', '[b]'));
    await sleep(150);
    expect(held(store)).toEqual(['a']);
    await expect(store.grant(alice, 'x', by)).rejects.toThrow(UnavailableError);
  });
});
