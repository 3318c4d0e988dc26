// The built-in roles that have a fixed role from the start: given once, and never again what somebody took away.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { builtInRoleNames, fixedRoleUid, memoryStore, reconcileRoles } from 'rightful/stores';
import type { BuiltInRoleName, FixedRole } from 'rightful/stores';
import { reader, readerUid } from './fixed-roles-scene.ts';
import { admin, alice, change, inherited, words } from './role-scene.ts';

describe('a default', () => {
  it('that an administrator removed stays removed over restarts', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader]);
    await change(store, 'builtin:viewer', { inherits: [] });
    for (let restart = 0; restart < 2; restart += 1) expect(await reconcileRoles(store, [reader])).toEqual([]);
    // Also when the role itself changes.
    await reconcileRoles(store, [{ ...reader, privileges: [] }]);
    expect(await inherited(store)).toEqual([]);
  });

  it('that was there already by hand stays removed too', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [{ ...reader, defaults: [] }]);
    await change(store, 'builtin:viewer', { inherits: [readerUid] });
    expect(await reconcileRoles(store, [reader])).toEqual([]);
    await change(store, 'builtin:viewer', { inherits: [] });
    expect(await reconcileRoles(store, [reader])).toEqual([]);
  });

  it('that an administrator kept to one organization is kept there', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader]);
    await change(store, 'builtin:viewer', { inherits: [{ role: readerUid, organization: 'org_1' }] });
    expect(await reconcileRoles(store, [reader])).toEqual([]);
  });

  it('that is added to the code later is added', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader]);
    await change(store, 'builtin:viewer', { inherits: [] });
    await reconcileRoles(store, [{ ...reader, defaults: ['Viewer', 'Grafana Admin'] }]);
    expect([await inherited(store), await inherited(store, 'builtin:server-admin')]).toEqual([[], [readerUid]]);
  });

  it('that is no longer declared stays', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader]);
    expect(await reconcileRoles(store, [{ ...reader, defaults: [] }])).toEqual([]);
    expect(await inherited(store)).toEqual([readerUid]);
  });

  it('begins anew with a role that was gone from the code, less what an administrator had removed', async () => {
    const store = memoryStore({});
    const both: FixedRole = { ...reader, defaults: ['Viewer', 'Admin'] };
    await reconcileRoles(store, [both]);
    await change(store, 'builtin:admin', { inherits: [] });
    await reconcileRoles(store, []);
    await reconcileRoles(store, [both]);
    expect([await inherited(store), await inherited(store, 'builtin:admin')]).toEqual([[readerUid], []]);
  });

  it('does not come back with a role that an administrator deleted', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader]);
    await store.deleteRole(readerUid, { force: true }, admin);
    expect(words(await reconcileRoles(store, [reader]))).toEqual(['create-role fixed:reports:reader']);
  });

  it('is known from however many entries the audit has', async () => {
    const store = memoryStore({});
    await reconcileRoles(store, [reader]);
    await change(store, 'builtin:viewer', { inherits: [] });
    for (let at = 0; at < 1100; at += 1) await change(store, 'builtin:viewer', { privileges: [`p${at}`] });
    expect(await reconcileRoles(store, [reader])).toEqual([]);
  });

  it('may have any name of a built-in role', async () => {
    for (const [name, uid] of Object.entries(builtInRoleNames)) {
      const store = memoryStore({});
      await reconcileRoles(store, [{ ...reader, defaults: [name as BuiltInRoleName, uid] }]);
      expect(await inherited(store, uid)).toEqual([readerUid]);
    }
  });
});

// Known answers; the source of each is in the file.
interface Vectors {
  fixedRoleDeclaration: { cases: { registrations: { name: string; grants: BuiltInRoleName[] }[]; error: boolean }[] };
  fixedRoleRegistrationRuns: {
    cases: { runs: { version: number; grants: BuiltInRoleName[] }[]; assignments: BuiltInRoleName[] }[];
  };
  builtInInheritance: { cases: { mode: string; user?: string; effective?: string[] }[] };
}
const vectors = JSON.parse(readFileSync(new URL('vectors/roles.json', import.meta.url), 'utf8')) as Vectors;

const outside = [
  {
    mode: '9.x registration',
    why: 'inheritance is looked up when it is read, and a later change of Viewer reaches Editor',
  },
];

describe('known answers', () => {
  it.each(vectors.fixedRoleDeclaration.cases)('declaration $registrations', async ({ registrations, error }) => {
    const declared = registrations.map(({ name, grants }) => ({ name, privileges: [], defaults: grants }));
    const run = reconcileRoles(memoryStore({}), declared);
    if (error) await expect(run).rejects.toThrow(TypeError);
    else await expect(run).resolves.toHaveLength(registrations.length === 0 ? 0 : 4);
  });

  it.each(vectors.fixedRoleRegistrationRuns.cases)('runs $runs', async ({ runs, assignments }) => {
    const store = memoryStore({});
    for (const { grants } of runs) {
      await reconcileRoles(store, [{ name: 'fixed:test:test', privileges: ['a'], defaults: grants }]);
    }
    const uid = fixedRoleUid('fixed:test:test');
    const inheriting = await Promise.all(
      (['Viewer', 'Editor', 'Admin'] as const).map(async (name) => {
        return (await inherited(store, builtInRoleNames[name])).includes(uid) ? [name] : [];
      }),
    );
    expect(inheriting.flat()).toEqual(assignments);
  });

  const inheritance = vectors.builtInInheritance.cases;
  it.each(inheritance.filter(({ mode }) => !outside.some((one) => one.mode === mode)))(
    'inheritance: $user has $effective',
    async ({ user, effective }) => {
      const store = memoryStore({});
      const names = ['Viewer', 'Editor', 'Admin', 'Grafana Admin'] as const;
      await reconcileRoles(
        store,
        names.map((name, at) => ({ name: `fixed:${at}`, privileges: [name.replace(' ', '-')], defaults: [name] })),
      );
      const roles = user!.split(' + ').map((name) => builtInRoleNames[name as (typeof names)[number]]);
      await store.assign(alice, roles, {}, admin);
      const held = [...(await store.privilegesOf(alice, { audience: [] }))].map(({ permission }) => permission);
      expect(held.sort()).toEqual(effective!.map((name) => name.replace(' ', '-')).sort());
    },
  );

  it('each is run, or does not apply for a reason', () => {
    expect(inheritance.filter(({ mode }) => mode !== '8.x read time').map(({ mode }) => mode)).toEqual(
      outside.map(({ mode }) => mode),
    );
  });
});
