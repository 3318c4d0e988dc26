// Cases about catalogues and organizations. Cases about patterns are in resource-vectors.test.ts, those about lists in
// list-filter.test.ts, those about roles beside the stores.

import { describe, expect, it, test } from '@jest/globals';
import { definePermissions, inOrganization, on, type PermissionEntry, type Privilege } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { issuer, session } from './authorizing.ts';
import vectors from './vectors/rules.json' with { type: 'json' };

/** The groups that say nothing of what is built here, and why. */
const leftOut: Record<string, string> = {
  scopePrefix: 'a resolver is found by any beginning of a resource, not by its first two segments',
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

test.each(Object.keys(leftOut))('%s is left out for a reason', (group) => {
  expect(Object.keys(vectors)).not.toContain(group);
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
