// Every rule of a provisioning document, and the nearest that breaks it.

import { describe, expect, it } from '@jest/globals';
import { memoryStore, provision } from 'rightful/stores';
import { by, counting, one, role } from './role-scene.ts';

describe('a document that is not as it must be writes nothing', () => {
  const permission = (differing: object): object => one({ permissions: [{ action: 'users:read', ...differing }] });
  const faults: [object, string][] = [
    [[], 'Expected `the document` to be an object, got a list of 0'],
    [{ roles: [] }, 'Expected `apiVersion` to be 1 or 2, got undefined'],
    [{ apiVersion: 3 }, 'Expected `apiVersion` to be 1 or 2, got 3 (number)'],
    [{ apiVersion: 1, role: [] }, 'Unknown option `role` in `the document`'],
    [{ apiVersion: 1, roles: {} }, 'Expected `roles` to be a list'],
    [{ apiVersion: 1, roles: ['x'] }, 'Expected `roles[0]` to be an object'],
    [one({ name: undefined }), 'Expected `roles[0].name` to be a non-empty string'],
    [one({ name: '' }), 'Expected `roles[0].name` to be a non-empty string'],
    ...['fixed:', 'builtin:', 'basic:', 'managed:', 'plugins:', 'extsvc:', 'Fixed:'].map((prefix): [object, string] => [
      one({ name: `${prefix}x` }),
      `Expected \`roles[0].name\` to be not to begin with \`${prefix.toLowerCase()}\``,
    ]),
    [one({ name: 'x'.repeat(191) }), 'at most 190 characters'],
    [one({ uid: 'x'.repeat(41) }), 'at most 40 characters'],
    [one({ uid: 'fixed_x' }), 'Expected `roles[0].uid` to be the uid of a custom role'],
    [one({ uid: 'builtin:viewer' }), 'Expected `roles[0].uid` to be the uid of a custom role'],
    [one({ version: 0 }), 'Expected `roles[0].version` to be 1 or more'],
    [one({ version: '2' }), 'Expected `roles[0].version` to be a whole number'],
    [one({ orgId: -1 }), 'Expected `roles[0].orgId` to be a whole number'],
    [one({ global: 'yes' }), 'Expected `roles[0].global` to be true or false'],
    [one({ description: 5 }), 'Expected `roles[0].description` to be a non-empty string'],
    [one({ permission: [] }), 'Unknown option `permission` in `roles[0]`'],
    [one({ permissions: ['users:read'] }), 'Expected `roles[0].permissions[0]` to be an object'],
    [permission({ action: '' }), 'Expected `roles[0].permissions[0].action` to be a non-empty string'],
    [permission({ action: 'users read' }), 'to be the name of a permission'],
    [permission({ action: 'users:*' }), 'to be the name of a permission'],
    [permission({ scope: 'users:*:1' }), 'Expected `roles[0].permissions[0].scope` to be a resource pattern'],
    [permission({ scope: 5 }), 'Expected `roles[0].permissions[0].scope` to be a non-empty string'],
    [one({ builtInRoles: [{ name: 'Owner' }] }), 'Expected `roles[0].builtInRoles[0].name` to be one of Viewer'],
    [one({ builtInRoles: [{ name: 'Viewer', orgId: 2 }] }), '`roles[0].builtInRoles[0].orgId` to be that of the role'],
    [
      one({ builtInRoles: [{ name: 'Viewer', global: true }] }),
      '`roles[0].builtInRoles[0].global` to be that of the role',
    ],
    [
      { apiVersion: 1, roles: [role(), role({ name: 'custom:y' })] },
      'Expected `roles[1]` to be a role that nothing else is',
    ],
    [{ apiVersion: 1, roles: [role(), role({ uid: 'y' })] }, 'Expected `roles[1]` to be a role that nothing else is'],
    [
      { apiVersion: 1, roles: [role(), role({ uid: undefined })] },
      'Expected `roles[1]` to be a role that nothing else is',
    ],
    [one({ name: 'custom:taken' }), 'The role "taken" has the name "custom:taken" already, in `roles[0]`'],
    [one({ name: 'Viewer', global: true }), '`roles[0].name` to be no name of a built-in role'],
    [one({ uid: 'managed' }), 'to be that of a custom role, which "managed:x" is not'],
    [one({ uid: 'circle', version: 1, builtInRoles: [{ name: 'Viewer' }] }), 'A role would inherit itself'],
  ];

  it.each(faults)('%j', async (fault, message) => {
    const kept = memoryStore({
      roles: {
        taken: { name: 'custom:taken', organization: '1' },
        managed: { name: 'managed:x' },
        circle: { name: 'custom:circle', organization: '1', inherits: ['builtin:admin'] },
      },
    });
    const { store, calls } = counting(kept);
    const outcome = provision(store, fault, { by });
    await expect(outcome).rejects.toThrow(TypeError);
    await expect(outcome).rejects.toThrow(message);
    expect(calls).toEqual([]);
  });

  it('and the nearest that is as it must be is carried out', async () => {
    const names = ['fixedx', 'custom:fixed:', 'x'.repeat(190)];
    for (const name of names) await provision(memoryStore({}), one({ name, uid: 'x'.repeat(40) }), { by });
    const document = { apiVersion: 1, roles: [role(), role({ uid: 'y', orgId: 2 })] };
    expect(await provision(memoryStore({}), document, { by })).toHaveLength(2);
  });

  it.each([
    [undefined, 'Expected `options` to be an object'],
    [{}, 'Expected `by` to be an object'],
    [{ by: {} }, 'Expected `by.system`'],
    [{ by, dryRun: 'yes' }, 'Expected `options.dryRun` to be true or false'],
    [{ by, defaultOrganization: 1 }, 'Expected `options.defaultOrganization`'],
    [{ by, organizations: { 1: 2 } }, "Expected `options.organizations['1']`"],
    [{ by, organizations: [] }, 'Expected `options.organizations` to be an object'],
    [{ by, file: 'x' }, 'Unknown option `file`'],
  ])('nor with options %j', async (options, message) => {
    await expect(provision(memoryStore({}), one(), options as never)).rejects.toThrow(message);
  });
});
