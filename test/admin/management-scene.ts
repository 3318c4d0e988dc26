// What the tests of the management API say again and again: bodies of permissions, and a store that fails at a named method.

import { memoryStore } from 'rightful/stores';
import type { MemoryStoreOptions, RoleStore } from 'rightful/stores';
import { contactsApi } from './admin-scene.ts';

/** A body that names these permissions of the contacts API, or of another. */
export function permissionsOf(names: readonly string[], identifier: string = contactsApi): object {
  return {
    permissions: names.map((name) => ({ resource_server_identifier: identifier, permission_name: name })),
  };
}

/** The item of one permission of the contacts API, as lists show it. */
export function item(name: string, description: string): Record<string, unknown> {
  return {
    permission_name: name,
    description,
    resource_server_name: contactsApi,
    resource_server_identifier: contactsApi,
  };
}

/** The id of the grant of that client at the contacts API, or at another: it is made of both. */
export function grantIdOf(client: string, audience: string = contactsApi): string {
  return `cgr_${Buffer.from(`${client}\0${audience}`).toString('base64url')}`;
}

export const direct = { source_id: '', source_name: '', source_type: 'DIRECT' };

/** The store of these users and roles, each of whose questions and changes fails but for what the guard asks. */
export function failingStore(issuer: string, options: MemoryStoreOptions = {}): RoleStore {
  const store = memoryStore({ issuer, ...options, users: { root: { permissions: ['*'] }, ...options.users } });
  const members = Object.entries(store).map(([name, member]): [string, unknown] => {
    if (typeof member !== 'function' || name === 'privilegesOf' || name === 'onChange') return [name, member];
    return [name, () => Promise.reject(new Error('the disk is gone'))];
  });
  const privilegesOf: RoleStore['privilegesOf'] = (subject, asked) => {
    if (asked.audience.includes(contactsApi)) throw new Error('the disk is gone');
    return store.privilegesOf(subject, asked);
  };
  return { ...(Object.fromEntries(members) as unknown as RoleStore), privilegesOf };
}
