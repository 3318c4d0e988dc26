// Provisioning documents as text and as files of a directory, and where a fault in them is.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  fixedRoleUid,
  memoryStore,
  PrivilegeFileError,
  provision,
  provisionFiles,
  reconcileRoles,
} from 'rightful/stores';
import { admin, by, counting, inherited, one, rolesIn, words } from './role-scene.ts';

describe('a text', () => {
  const sample = `# roles of the first organization
apiVersion: 1
removeDefaultAssignments:
  - builtInRole: "Grafana Admin"
    predefinedRole: "grafana:roles:permissions:admin"
addDefaultAssignments:
  - builtInRole: "Admin"
    predefinedRole: "grafana:roles:reporting:admin:read"
deleteRoles:
  - name: "custom:roles:reporting:admin:edit"
    uid: customrolesreportingadminedit
    orgId: 1
    force: true
roles:
  - name: custom:roles:users:editor
    uid: customrolesuserseditor
    description: "Creates, reads and writes users"
    version: 2
    orgId: 1
    permissions:
      - action: "users:read"
        scope: "users:*"
      - action: "users:write"
        scope: "users:*"
      - action: "users:create"
        scope: "users:*"
    builtInRoles:
      - name: "Admin"
        orgId: 1
  - name: "custom:global:users:reader"
    uid: "customglobalusersreader1"
    version: 1
    global: true
    permissions:
      - action: 'users:read'
        scope: 'users:*'
    builtInRoles:
      - name: "Viewer"
        orgId: 1
      - name: "Editor"
        global: true
`;

  it('in the form that such files have is carried out', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [{ name: 'fixed:reporting:admin:read', privileges: ['reports:read'] }]);
    await store.putRole(
      {
        ...{ uid: 'customrolesreportingadminedit', name: 'custom:roles:reporting:admin:edit' },
        organization: '1',
        privileges: [],
      },
      admin,
    );
    const dry = await provision(store, sample, { by, dryRun: true });
    expect(await provision(store, sample, { by })).toEqual(dry);
    expect(words(dry)).toEqual([
      'delete-role custom:roles:reporting:admin:edit',
      'create-role custom:global:users:reader',
      'attach-role customglobalusersreader1 builtin:viewer',
      'attach-role customglobalusersreader1 builtin:editor',
      'create-role custom:roles:users:editor',
      `attach-role ${fixedRoleUid('fixed:reporting:admin:read')} builtin:admin`,
      'attach-role customrolesuserseditor builtin:admin',
    ]);
    expect(await provision(store, sample, { by })).toEqual([]);
  });

  it('of which every line is commented out does nothing', async () => {
    const commented = sample.replaceAll(/^/gm, '# ');
    for (const text of [commented, `---\n${commented}`, '']) {
      expect(await provision(memoryStore({}), text, { by })).toEqual([]);
    }
  });

  it('may leave a list empty', async () => {
    const text =
      'apiVersion: 1\ndeleteRoles:\nroles:\n  - name: a\n    orgId: 1\n    permissions: []\n    builtInRoles:\n';
    expect(await provision(memoryStore({}), text, { by })).toHaveLength(1);
  });

  it('may be JSON', async () => {
    expect(words(await provision(memoryStore({}), JSON.stringify(one()), { by }))).toEqual([
      'create-role custom:editor',
    ]);
  });

  const faults: [string, string, string][] = [
    ['a list that is none', 'apiVersion: 1\nroles: 7\n', '2:8: Expected `roles` to be a list, got 7 (number)'],
    [
      'a built-in role',
      sample.replace('"Viewer"', '"Owner"'),
      '38:15: Expected `roles[1].builtInRoles[0].name` to be one of',
    ],
    [
      'a member unknown',
      sample.replace('    uid: custom', '    uuid: custom'),
      '11:5: Unknown option `uuid` in `deleteRoles[0]`',
    ],
    [
      'what is missing',
      'apiVersion: 1\nroles:\n  - uid: a\n    orgId: 1\n',
      '3:5: Expected `roles[0].name` to be a non-empty',
    ],
    [
      'what is not supported',
      'apiVersion: 2\nroles:\n  - name: a\n    from: []\n',
      '4:5: `roles[0].from` is not supported',
    ],
    ['what the store has not', sample, '8:21: Expected `addDefaultAssignments[0].predefinedRole` to be a fixed role'],
    ['YAML', 'apiVersion: 1\nroles: [\n', '3:1: '],
    ['a name twice', 'apiVersion: 1\nroles: []\nroles: []\n', '3:1: Expected each name once'],
    ['an alias', 'apiVersion: &v 1\nroles: *v\n', '2:8: Expected no alias'],
  ];

  it.each(faults)('says where it is wrong: %s', async (_, text, message) => {
    const error = await provision(memoryStore({}), text, { by }).catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(PrivilegeFileError);
    expect((error as Error).message.slice(0, `the document:${message}`.length)).toBe(`the document:${message}`);
  });

  it('says where what cannot be deleted stands', async () => {
    const store = memoryStore({ users: { bob: { roles: ['x'] } }, roles: { x: { name: 'custom:x' } } });
    const text = 'apiVersion: 1\ndeleteRoles:\n  - uid: x\n';
    await expect(provision(store, text, { by })).rejects.toMatchObject({ line: 3, column: 5, file: 'the document' });
  });
});

describe('a directory', () => {
  const made: string[] = [];
  const directory = async (files: Record<string, string>): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), 'provisioning-'));
    made.push(path);
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
    return path;
  };
  const fixed = { name: 'fixed:x', privileges: [] };
  const assignment = (list: string): string =>
    `apiVersion: 1\n${list}DefaultAssignments: [{ builtInRole: Viewer, fixedRole: 'fixed:x' }]\n`;
  const text = (uid: string): string => `apiVersion: 1\nroles:\n  - { name: 'custom:${uid}', uid: ${uid}, orgId: 1 }\n`;

  afterEach(async () => {
    for (const path of made.splice(0)) await rm(path, { recursive: true });
  });

  it('is carried out file by file, in the order of their names', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [fixed]);
    const [remove, add] = [assignment('remove'), assignment('add')];
    await provisionFiles(store, await directory({ '1.yaml': remove, '2.yml': add, 'B.yaml': text('b') }), { by });
    expect(await inherited(store)).toEqual([fixedRoleUid('fixed:x')]);
    expect(await rolesIn(store)).toEqual(['b', fixedRoleUid('fixed:x')]);
    await provisionFiles(store, await directory({ '2.yaml': remove, '10.yaml': add }), { by });
    expect(await inherited(store)).toEqual([]);
  });

  it('in which nothing is YAML does nothing', async () => {
    const path = await directory({ 'a.json': '{', 'b.yaml.bak': '{', 'c.yaml~': '{' });
    await mkdir(join(path, 'd'));
    expect(await provisionFiles(memoryStore({}), path, { by })).toEqual([]);
  });

  it('is read whole before anything is written, and the file named', async () => {
    const { store, calls } = counting(memoryStore({}));
    const path = await directory({ 'a.yaml': text('a'), 'b.yaml': 'apiVersion: 1\nroles:\n  - {}\n' });
    await expect(provisionFiles(store, path, { by })).rejects.toMatchObject({
      file: join(path, 'b.yaml'),
      line: 3,
      column: 5,
    });
    const twice = await directory({ 'a.yaml': text('a'), 'b.yaml': text('a') });
    await expect(provisionFiles(store, twice, { by })).rejects.toThrow(
      `${join(twice, 'b.yaml')}:3:5: Expected \`roles[0]\``,
    );
    const gone = await directory({ 'a.yaml': text('a'), 'b.yaml': 'apiVersion: 1\ndeleteRoles: [{ uid: a }]' });
    await expect(provisionFiles(store, gone, { by })).rejects.toThrow('that is not in `roles` as well');
    const late = await directory({ 'a.yaml': text('a'), 'b.yaml': assignment('add') });
    await expect(provisionFiles(store, late, { by })).rejects.toMatchObject({ file: join(late, 'b.yaml'), line: 2 });
    expect(calls).toEqual([]);
  });

  it('that there is not, or that is no text, is a fault', async () => {
    const path = await directory({});
    await expect(provisionFiles(memoryStore({}), join(path, 'none'), { by })).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(join(path, 'a.yaml'), new Uint8Array([0x61, 0xff]));
    await expect(provisionFiles(memoryStore({}), path, { by })).rejects.toThrow('Expected UTF-8');
    await expect(provisionFiles(memoryStore({}), '', { by })).rejects.toThrow('`directory`');
  });
});
