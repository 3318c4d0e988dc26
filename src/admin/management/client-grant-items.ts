// The privileges of a client go in, its grants come out: a grant is all that one client was given of one API, on every resource and
// in every organization. Nothing else keeps it, and its id is made of whom and what it is for.

import type { Person, SubjectRecord } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { alphanumericIdOf } from './derived-ids.ts';
import { pairOf } from './permission-pairs.ts';
import { inOrder, sortedBy } from './sorting.ts';

/** What one client was given of one API. */
export interface ClientGrant {
  readonly client: Person;
  /** The identifier of the API. */
  readonly audience: string;
  /** Names of its permissions, at least one, in order. */
  readonly scope: readonly string[];
}

export interface ClientGrantItem {
  readonly id: string;
  readonly client_id: string;
  readonly audience: string;
  readonly scope: readonly string[];
  readonly subject_type: 'client';
}

export function clientGrantItem({ client, audience, scope }: ClientGrant): ClientGrantItem {
  return { id: clientGrantId(client.id, audience), client_id: client.id, audience, scope, subject_type: 'client' };
}

/** In the order of their APIs. What is bound to a resource or to an organization, and what is denied, is in none. */
export function grantsOf({ subject: client, privileges }: SubjectRecord, admin: Administered): ClientGrant[] {
  const now = Date.now();
  const scopes = new Map<string, Set<string>>();
  for (const { identifier, name } of privileges.flatMap((one) => pairOf(one, admin, now) ?? [])) {
    scopes.set(identifier, (scopes.get(identifier) ?? new Set()).add(name));
  }
  const grants = [...scopes].map(([audience, names]) => ({ client, audience, scope: [...names].sort(inOrder) }));
  return sortedBy(grants, ({ audience }) => audience);
}

const clientPart = 10;
const audiencePart = 6;

export function clientGrantId(clientId: string, audience: string): string {
  const ofAudience = alphanumericIdOf(JSON.stringify([clientId, audience]), audiencePart);
  return `cgr_${alphanumericIdOf(clientId, clientPart)}${ofAudience}`;
}

/** Whether an id may be one of this client's: who looks for it asks for the privileges of nobody else. */
export function isGrantIdOf(id: string, clientId: string): boolean {
  return id.startsWith(`cgr_${alphanumericIdOf(clientId, clientPart)}`);
}
