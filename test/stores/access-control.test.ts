// The ready catalogue of access control, and the roles that go with it.

import { describe, expect, it } from '@jest/globals';
import { accessControlPermissions, accessControlResources } from 'rightful';
import { accessControlRoles, builtInRoles, memoryStore, reconcileRoles, type Subject } from 'rightful/stores';

const issuer = 'https://issuer.example/';
const definitions = accessControlPermissions.names.map((name) => accessControlPermissions.definition(name)!);

describe('the catalogue of access control', () => {
  it('has thirty-five permissions on six kinds of resources', () => {
    expect(accessControlPermissions.names).toHaveLength(35);
    const counts = new Map(Object.keys(accessControlResources).map((resource) => [resource, 0]));
    for (const { on } of definitions) for (const one of on ?? []) counts.set(one, (counts.get(one) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      'roles:*': 3,
      'permissions:delegate': 4,
      'reports:*': 4,
      'service:access-control': 1,
      'global:users:*': 13,
      'users:*': 4,
    });
    expect(definitions.filter(({ on }) => on?.length === 0)).toHaveLength(6);
  });

  it.each(['read', 'add', 'remove'])('takes org.users.%s for what it means', (verb) => {
    expect(accessControlPermissions.nameOf(`org.users.${verb}`)).toBe(`org.users:${verb}`);
  });

  it('calls a gate what is held on the right to delegate', () => {
    const gates = accessControlPermissions.names.filter(
      (name) => accessControlPermissions.definition(name)!.gate === 'delegate',
    );
    expect(gates).toEqual(['roles:write', 'roles:delete', 'roles.builtin:add', 'roles.builtin:remove']);
  });
});

describe('the roles of access control', () => {
  it('fit the catalogue, and give administrators theirs', async () => {
    const store = memoryStore({ issuer, permissions: accessControlPermissions });
    await reconcileRoles(store, accessControlRoles);
    const held = async (role: string): Promise<Set<string>> => {
      const subject: Subject = { issuer, id: role, kind: 'user' };
      await store.assign(subject, role, {}, { system: 'test' });
      return new Set([...(await store.privilegesOf(subject, { audience: [] }))].map(({ permission }) => permission));
    };
    expect(await held(builtInRoles.serverAdmin)).toEqual(new Set(accessControlPermissions.names));
    expect((await held(builtInRoles.admin)).size).toBe(10);
    expect((await held(builtInRoles.editor)).size).toBe(0);
    expect(await reconcileRoles(store, accessControlRoles)).toEqual([]);
  });
});
