// Cases about catalogues and organizations. Cases about patterns are in resource-vectors.test.ts, those about lists in
// list-filter.test.ts, those about roles beside the stores.

import { describe, expect, it, test } from '@jest/globals';
import { definePermissions, inOrganization, on, type PermissionEntry, type Privilege } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { issuer, session } from './authorizing.ts';
import roles from '../stores/vectors/roles.json' with { type: 'json' };
import lists from './vectors/lists.json' with { type: 'json' };
import vectors from './vectors/rules.json' with { type: 'json' };

/** The groups that say nothing of what is built here, and why. */
const leftOut: Record<string, string> = {
  scopePrefix: 'a resolver is found by any beginning of a resource, not by its first two segments',
  wildcardDetector:
    'a shortcut of its source, which takes a wildcard inside of a kind (`datasources:name:*`) for one of the whole kind; there is none here',
  splitScope: 'a resource has no attribute: its segments are text',
  reduce: 'privileges are listed as they are held, each with where it comes from',
  catalogueRegisterScope: 'a catalogue says what a permission may be held on; nothing is registered by example',
  catalogueRegisterPermission: 'a catalogue is made at once, by definePermissions',
  pluginRoleValidation: 'there are no plugins',
  pluginRoleNaming: 'there are no plugins',
  evaluatorJson: 'a requirement is made by functions, in a form of its own',
  userPermissionCounts: 'there are no teams',
  tokenPermission: 'patterns live in the store, never in a token',
};

/** Every group of the collection, and how many cases it has. */
const collection: Record<string, number> = {
  scopePrefix: 2,
  wildcardsFromPrefix: 2,
  splitScope: 3,
  wildcardDetector: 7,
  validStoredScope: 12,
  reduce: 4,
  listFilter: 6,
  listFilterOurs: 2,
  resourceMetadata: 3,
  checkerCounts: 7,
  catalogueValidation: 6,
  catalogueRegisterScope: 3,
  catalogueRegisterPermission: 2,
  catalogueScopeFormats: 3,
  pluginRoleValidation: 4,
  pluginRoleNaming: 1,
  fixedRoleDeclaration: 3,
  fixedRoleRegistrationRuns: 3,
  evaluatorJson: 6,
  authorizeInOrg: 7,
  userPermissionCounts: 1,
  delegation: 13,
  delegationGlobTrap: 6,
  roleVersion: 8,
  builtInInheritance: 3,
  tokenPermission: 5,
  globDialect: 12,
};

const kept: Record<string, { readonly cases: readonly unknown[] } | readonly unknown[]> = {
  ...vectors,
  ...lists,
  ...roles,
};

test.each(Object.keys(collection))('%s is there with all its cases, or left out for a reason', (group) => {
  const given = kept[group];
  const there = given === undefined ? undefined : 'cases' in given ? given.cases : given;
  expect(group in leftOut).toBe(there === undefined);
  if (there !== undefined) expect(there).toHaveLength(collection[group]!);
});

test('no group is there, or left out, that the collection does not have', () => {
  expect([...Object.keys(kept), ...Object.keys(leftOut)].toSorted()).toEqual(Object.keys(collection).toSorted());
});

describe('the catalogue decides on what a privilege may be written', () => {
  const prefixes: Record<string, string> = { 'folders:*': 'folders:uid:*', 'dashboards:*': 'dashboards:uid:*' };

  it.each(vectors.catalogueValidation.cases)(
    '$action on $scope: $valid',
    async ({ registered, action, scope, valid }) => {
      const entries = new Map<string, { description: string; on: string[] }>();
      for (const [name = '', resource = ''] of registered) {
        const entry = entries.get(name) ?? { description: name, on: [] };
        if (resource !== '') entry.on.push(prefixes[resource] ?? resource);
        entries.set(name, entry);
      }
      const permissions = definePermissions(Object.fromEntries(entries) as Record<string, PermissionEntry>);
      const store = memoryStore({ issuer, permissions });
      const granting = store.grant(
        { issuer, id: 'alice', kind: 'user' },
        { permission: action, on: scope },
        { system: 'test' },
      );
      const outcome: unknown = await granting.catch((error: unknown) => error);
      expect(outcome instanceof TypeError ? 'refused' : outcome).toBe(valid ? 1 : 'refused');
    },
  );

  it.each(vectors.catalogueScopeFormats.cases)('$expected for $prefixes', async ({ prefixes: known, expected }) => {
    const permissions = definePermissions({ read: { description: '', on: known.map((prefix) => `${prefix}*`) } });
    const store = memoryStore({ issuer, permissions });
    const candidates = [
      '*',
      'folders:*',
      'folders:uid:*',
      'dashboards:*',
      'dashboards:uid:*',
      'teams:*',
      'folders:id:*',
    ];
    const fits = async (pattern: string): Promise<string[]> =>
      store.grant({ issuer, id: 'alice', kind: 'user' }, { permission: 'read', on: pattern }, { system: 'test' }).then(
        () => [pattern],
        () => [],
      );
    // What begins with a prefix fits as well; the formats are those that end in a star and are as wide, or wider.
    const isFormat = (pattern: string): boolean => known.some((prefix) => prefix.startsWith(pattern.slice(0, -1)));
    const found = (await Promise.all(candidates.map(fits))).flat().filter(isFormat);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});

describe('the rights of the organization that a route names', () => {
  it.each(vectors.authorizeInOrg.cases)('$name', async (given) => {
    const one = given as {
      targetOrg?: number;
      memberOrg?: number;
      ownPermissions: Record<string, string[]>;
      fetched?: Record<string, string[]>;
      global?: Record<string, string[]>;
      status: number;
    };
    const heldIn = (held: Record<string, string[]> | undefined, organization?: string): Privilege[] =>
      Object.entries(held ?? {}).flatMap(([permission, resources]) =>
        resources.map((resource) => ({
          permission,
          on: resource,
          ...(organization !== undefined && { organization }),
        })),
      );
    // The organization 0 is all of them, what is fetched for it is what is held in each.
    const inAll = [...heldIn(one.global), ...(one.targetOrg === 0 ? heldIn(one.fetched) : [])];
    const permissions = [...heldIn(one.ownPermissions, '1'), ...inAll];
    const store = memoryStore({ issuer, users: { alice: { permissions } } });
    const target = one.targetOrg === 0 ? null : '{org}';
    const requirement = inOrganization(on('users:read', 'users:*'), target);
    const params = one.targetOrg === undefined ? {} : { org: String(one.targetOrg) };
    const claims = { scope: 'users:read users:write', org_id: '1' };
    const { permit } = await session({ store }).decide(claims, requirement, { params });
    expect(permit ? 200 : 403).toBe(one.status);
  });
});
