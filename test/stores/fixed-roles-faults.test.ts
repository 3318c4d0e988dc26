// Every rule of a declaration of fixed roles, and the nearest that breaks it.

import { describe, expect, it } from '@jest/globals';
import { builtInRoles, memoryStore, reconcileRoles, RoleNameTakenError } from 'rightful/stores';
import type { FixedRole } from 'rightful/stores';
import { reader, writer } from './fixed-roles-scene.ts';
import { counting } from './role-scene.ts';

describe('a declaration that is not as it must be writes nothing', () => {
  const faults: [string, unknown, string][] = [
    ['no list', reader, 'Expected `fixedRoles` to be a list of roles, got an object'],
    ['no object', ['fixed:x'], 'Expected `fixedRoles[0]` to be an object, got "fixed:x" (string)'],
    ['a member unknown', [{ ...reader, permissions: [] }], 'Unknown option `permissions` in `fixedRoles[0]`'],
    ['another prefix', [{ ...reader, name: 'reports' }], 'Expected `fixedRoles[0].name` to be a name that begins with'],
    ['a prefix alone', [{ ...reader, name: 'fixed:' }], 'Expected `fixedRoles[0].name` to be a name that begins with'],
    ['a prefix in capitals', [{ ...reader, name: 'Fixed:x' }], 'Expected `fixedRoles[0].name`'],
    ['a long name', [{ ...reader, name: `fixed:${'x'.repeat(185)}` }], 'at most 190 characters'],
    [
      'a name twice',
      [reader, writer, reader],
      'Expected `fixedRoles[2].name` to be another than that of `fixedRoles[0]`',
    ],
    ['no privileges', [{ name: 'fixed:x' }], 'Expected `fixedRoles[0].privileges` to be a list, got undefined'],
    [
      'a resource that is no pattern',
      [reader, { ...writer, privileges: ['a', { permission: 'b', on: 'b:*:c' }] }],
      'Expected `fixedRoles[1].privileges[1].on` to be a resource pattern',
    ],
    ['a description that is none', [{ ...reader, description: 7 }], 'in `fixedRoles[0]` (fixed:reports:reader)'],
    [
      'a wrong built-in role',
      [{ ...reader, defaults: ['Viewer', 'WrongAdmin'] }],
      'Expected `fixedRoles[0].defaults[1]` to be one of Viewer, Editor, Admin, Grafana Admin, Server administrator, got "WrongAdmin"',
    ],
    ['a default of no text', [{ ...reader, defaults: ['constructor'] }], 'Expected `fixedRoles[0].defaults[0]`'],
    ['a role that there is not', [writer], 'Expected `fixedRoles[0].inherits[0]` to be a role that is declared too'],
    ['a role that inherits itself', [{ ...reader, inherits: [reader.name] }], 'A role would inherit itself'],
    ['two that inherit each other', [{ ...reader, inherits: [writer.name] }, writer], 'A role would inherit itself'],
    [
      'a default that closes a circle',
      [{ ...reader, inherits: [builtInRoles.admin] }],
      '"builtin:editor" inherits "builtin:viewer"',
    ],
  ];

  it.each(faults)('%s', async (_, declared, message) => {
    const { store, calls } = counting(memoryStore({}));
    const outcome = reconcileRoles(store, declared as FixedRole[]);
    await expect(outcome).rejects.toThrow(TypeError);
    await expect(outcome).rejects.toThrow(message);
    expect(calls).toEqual([]);
  });

  it.each([
    [{ by: 'me' }, 'Expected `options.by` to be an object'],
    [{ by: {} }, 'Expected `options.by.system`'],
    [{ dryRun: 1 }, 'Expected `options.dryRun` to be true or false'],
    [{ dry: true }, 'Unknown option `dry`'],
  ])('%j', async (options, message) => {
    await expect(reconcileRoles(memoryStore({}), [], options as never)).rejects.toThrow(message);
  });

  it('a name that another role has is refused before anything is written', async () => {
    const { store, calls } = counting(memoryStore({ roles: { mine: { name: writer.name } } }));
    await expect(reconcileRoles(store, [reader, writer])).rejects.toThrow(RoleNameTakenError);
    expect(calls).toEqual([]);
  });
});
