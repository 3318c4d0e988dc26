// A contact and whom to share it with go in; a privilege on that one contact is in the store afterwards, and acts on the next
// request of whoever got it.

import type { Access } from 'rightful';
import type { RoleStore } from 'rightful/stores';

import { ok, problem } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Contact } from './contacts.ts';
import type { Person } from './people.ts';

export interface SharingParts {
  readonly access: Access;
  readonly store: RoleStore;
  readonly people: readonly Person[];
}

/** `access` makes the change, so the store refuses it where whoever shares does not hold what is shared. */
export async function shareContact(contact: Contact, body: unknown, parts: SharingParts): Promise<Answer> {
  const { access, store, people } = parts;
  const sharing = sharingIn(body);
  if (sharing === undefined) return problem(400, 'Unusable body', `Expected a JSON object like ${example}.`);
  if (!people.some(({ id }) => id === sharing.with)) {
    return problem(400, 'Nobody of that name', 'Expected `with` to be the name under which somebody signs in.');
  }
  const subject = { issuer: access.subject.issuer, id: sharing.with, kind: 'user' } as const;
  const privileges = sharing.permissions.map((permission) => ({ permission, on: `contacts:id:${contact.id}` }));
  await store.grant(subject, privileges, { access, why: `shared contact ${contact.id}` });
  return ok({ contact: contact.id, with: sharing.with, privileges });
}

const shareable = ['read:contacts', 'write:contacts'] as const;
const example = '{ "with": "noor", "permissions": ["read:contacts", "write:contacts"] }';

interface Sharing {
  with: string;
  permissions: readonly (typeof shareable)[number][];
}

function sharingIn(body: unknown): Sharing | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const { with: person, permissions = ['read:contacts'], ...others } = body as Record<string, unknown>;
  if (typeof person !== 'string' || Object.keys(others).length > 0) return undefined;
  if (!Array.isArray(permissions) || permissions.length === 0) return undefined;
  const named = shareable.filter((name) => permissions.includes(name));
  return permissions.every((name) => (shareable as readonly unknown[]).includes(name))
    ? { with: person, permissions: named }
    : undefined;
}
