// What the tests of declared and of provisioned roles share.

import type { RoleChange, RoleInput, RoleStore, Subject } from 'rightful/stores';

export const admin = { system: 'an administrator' };
export const by = { system: 'start' };
export const alice: Subject = { issuer: 'https://issuer.example/', id: 'alice', kind: 'user' };

/** A role of the first organization as a document says it, or what differs from one. */
export function role(differing: object = {}): Record<string, unknown> {
  const permissions = [{ action: 'users:read', scope: 'users:*' }];
  return { name: 'custom:editor', uid: 'editor', version: 2, orgId: 1, permissions, ...differing };
}

/** A document with that role alone. */
export function one(differing: object = {}): object {
  return { apiVersion: 1, roles: [role(differing)] };
}

/** The uids of all roles but the built-in ones. */
export async function rolesIn(store: RoleStore): Promise<string[]> {
  return (await store.roles()).items.map(({ uid }) => uid).filter((uid) => !uid.startsWith('builtin:'));
}

/** What the built-in role inherits: uids, with the organization where there is one. */
export async function inherited(store: RoleStore, builtIn = 'builtin:viewer'): Promise<string[]> {
  const role = (await store.role(builtIn))!;
  return role.inherits.map(({ role, organization }) =>
    organization === undefined ? role : `${role} in ${organization}`,
  );
}

/** An administrator changes what a role is. */
export async function change(store: RoleStore, uid: string, differing: Partial<RoleInput>): Promise<void> {
  await store.putRole({ ...(await store.role(uid))!, ...differing }, admin);
}

/** Each change in a few words. */
export function words(changes: readonly RoleChange[]): string[] {
  return changes.map((one) => {
    if (one.change === 'attach-role' || one.change === 'detach-role') return `${one.change} ${one.role} ${one.builtIn}`;
    return `${one.change} ${one.name}`;
  });
}

/** The store, and the names of the changes that it was asked for. */
export function counting(store: RoleStore): { store: RoleStore; calls: string[] } {
  const calls: string[] = [];
  const members = Object.entries(store).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function' || !/^(put|delete|grant|revoke|assign|deassign)/.test(name)) return [name, member];
    return [name, (...given: unknown[]) => (calls.push(name), Reflect.apply(member, store, given) as unknown)];
  });
  return { store: Object.fromEntries(members) as RoleStore, calls };
}
