// Who made a change and what it was go in, the entry that is kept of it comes out.

import type { Privilege, PrivilegeSource } from '../core/privilege.ts';
import type { AuditEntry } from '../core/role-store.ts';
import type { CheckedBy } from './change-input.ts';
import type { Plan } from './records.ts';

/** What a change says of itself. */
export type Told = Omit<Plan['entry'], 'by' | 'why'>;

export function entryOf({ access, system, why }: CheckedBy, told: Told): Plan['entry'] {
  return Object.freeze({ by: Object.freeze(byOf(access, system)), ...(why !== undefined && { why }), ...told });
}

function byOf(access: CheckedBy['access'], system: string | undefined): AuditEntry['by'] {
  if (access === undefined) return { system: system ?? '' };
  return { subject: access.subject, ...(access.client !== undefined && { client: access.client }) };
}

/** The source of what somebody is given directly. */
export function givenDirectly({ access, system }: CheckedBy): PrivilegeSource {
  return Object.freeze({ kind: 'direct', assignedBy: actorName(access, system) });
}

/** Short, for those who look at a privilege: the whole of it is in the audit. */
export function actorName(access: CheckedBy['access'], system: string | undefined): string {
  return access?.subject.id ?? system ?? '';
}

/** The names in these, each once, in order. */
export function namesIn(privileges: readonly Privilege[]): readonly string[] {
  return Object.freeze([...new Set(privileges.map(({ permission }) => permission))].sort());
}

/** A list that is not empty, or null. */
export function orNull<Item>(items: readonly Item[]): readonly Item[] | null {
  return items.length === 0 ? null : items;
}
