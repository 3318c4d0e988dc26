// What a store announces goes in, a change that can be relied on comes out: what cannot be read may be about everything.

import { isRecord } from '../core/options.ts';
import type { Person } from '../core/role-store.ts';

/** What may have changed; neither member: everything. */
export interface ReadChange {
  readonly subject?: Person;
  readonly role?: string;
}

const everything: ReadChange = Object.freeze({});

export function readChange(change: unknown): ReadChange {
  if (!isRecord(change)) return everything;
  const { subject, role } = change;
  if (subject !== undefined && !isSubject(subject)) return everything;
  if (role !== undefined && typeof role !== 'string') return everything;
  return { ...(subject !== undefined && { subject }), ...(role !== undefined && { role }) };
}

function isSubject(value: unknown): value is Person {
  if (!isRecord(value)) return false;
  const { issuer, id, kind } = value;
  return typeof issuer === 'string' && typeof id === 'string' && (kind === 'user' || kind === 'client');
}
