// The privileges of a client go in, its grants come out: a grant is all that one client was given of one API, on every resource and
// in every organization. Nothing else keeps it.

import type { Person, SubjectRecord } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { clientGrantId } from './client-grant-ids.ts';
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
  const id = clientGrantId({ clientId: client.id, audience });
  return { id, client_id: client.id, audience, scope, subject_type: 'client' };
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
