// What the tests of decisions play on: an API, who holds what of it, and questions about it.

import { definePermissions } from 'rightful';
import type { Privilege } from 'rightful';
import type { RoleStore } from 'rightful/stores';
import { adminScene, contactsApi } from './admin-scene.ts';
import type { Answered, Scene, Sent } from './admin-scene.ts';

export const permissions = definePermissions({
  'read:contacts': { description: 'See contacts', aliases: ['contacts.read'] },
  'write:contacts': 'Change contacts',
  'create:contacts': { description: 'Make contacts', on: [] },
  'read:folders': 'See folders',
});

export const users = {
  alice: {
    permissions: [
      { permission: 'read:contacts', on: 'contacts:*' },
      { permission: 'read:contacts', on: 'contacts:id:13', effect: 'deny' as const },
      { permission: 'write:contacts', on: 'contacts:id:7' },
      { permission: 'create:contacts', on: '' },
      { permission: 'read:folders', on: 'folders:uid:a1' },
    ],
  },
  bob: { roles: ['editor'], permissions: [{ permission: 'read:contacts', organization: 'org_1' }] },
  'auth0|carol': {
    permissions: ['write:contacts', { permission: 'read:contacts', audience: 'https://other.example/' }],
  },
  expired: { permissions: [{ permission: 'write:contacts', expiresAt: 1000 }] },
};

const roles = { editor: ['write:contacts'] };

/** With `root`, who may do everything, and a client. */
export function decisionScene(): Promise<Scene> {
  return adminScene({ permissions, store: { users, clients: { export: { permissions: ['read:contacts'] } }, roles } });
}

export function ask(scene: Scene, path: string, body: unknown, sent: Sent = {}): Promise<Answered> {
  return scene.call('POST', `/access/v1/${path}`, { body, ...sent });
}

export const api = { type: 'api', id: contactsApi };

/** `who`: a user, or `client <id>`. */
export function question(who: string, name: string, resource: object, more: object = {}): Record<string, unknown> {
  const [type, id] = who.startsWith('client ') ? ['client', who.slice(7)] : ['user', who];
  return { subject: { type, id }, action: { name }, resource, ...more };
}

export const contact = (id: string): object => ({ type: 'contacts', id });

/** The same store, heard when it is asked what somebody other than `root` holds, and perhaps answering otherwise. */
export function spied(store: RoleStore, heard: (id: string) => void, answer?: (id: string) => unknown): RoleStore {
  return {
    ...store,
    privilegesOf: (...given) => {
      const [{ id }] = given;
      heard(id);
      const isOwn = answer === undefined || id === 'root';
      return isOwn ? store.privilegesOf(...given) : (answer(id) as Privilege[]);
    },
  };
}
