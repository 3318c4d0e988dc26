// Which entries of an audit are asked for goes in, checked; an entry goes in, whether it is one of them comes out.

import { ofInput } from '../core/input-error.ts';
import { checkedChoice, checkedMembers, checkedString, expectation } from '../core/options.ts';
import type { AuditEntry, AuditQuery, ChangeAction, PageRequest, Person } from '../core/role-store.ts';
import { checkedInstant, checkedSubject } from './change-input.ts';
import { checkedQuery } from './pages.ts';
import type { CheckedPage } from './pages.ts';

/** All that is given must hold. */
export interface CheckedAuditQuery {
  readonly page: CheckedPage;
  readonly subject: Person | undefined;
  readonly actor: Person | { readonly system: string } | undefined;
  readonly permission: string | undefined;
  readonly role: string | undefined;
  readonly action: ChangeAction | undefined;
  readonly from: number | undefined;
  readonly until: number | undefined;
  /** The last revision that is not asked for. */
  readonly since: number;
  readonly order: 'newest' | 'oldest';
}

/** @throws InvalidInputError when it is not as it must be. */
export function checkedAuditQuery(query: unknown): CheckedAuditQuery {
  return ofInput(() => auditQueryIn(query));
}

function auditQueryIn(query: unknown): CheckedAuditQuery {
  const { page, filter } = checkedQuery(query, auditFilters);
  const text = (name: 'permission' | 'role'): string | undefined =>
    filter[name] === undefined ? undefined : checkedString(filter[name], name);
  if (filter.action !== undefined && !changeActions.includes(filter.action as ChangeAction)) {
    throw expectation('action', `one of ${changeActions.join(', ')}`, filter.action);
  }
  if (page.after !== undefined && !/^\d{1,15}$/.test(page.after)) {
    throw expectation('after', 'what a page before gave as `next`', page.after);
  }
  return {
    page,
    subject: filter.subject === undefined ? undefined : checkedSubject(filter.subject).person,
    actor: filter.actor === undefined ? undefined : checkedActor(filter.actor),
    permission: text('permission'),
    role: text('role'),
    action: filter.action as ChangeAction | undefined,
    from: checkedInstant(filter.from, 'from'),
    until: checkedInstant(filter.until, 'until'),
    since: checkedRevision(filter.since),
    order: checkedChoice(filter.order, 'order', ['newest', 'oldest']),
  };
}

const auditFilters = [
  'subject',
  'actor',
  'permission',
  'role',
  'action',
  'from',
  'until',
  'since',
  'order',
] as const satisfies Exclude<keyof AuditQuery, keyof PageRequest>[];

function checkedRevision(value: unknown): number {
  if (value === undefined) return 0;
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw expectation('since', 'a revision, 0 or more', value);
  return value as number;
}

/** How two revisions are sorted. */
export function inOrderOf({ order }: CheckedAuditQuery): (one: number, other: number) => number {
  return order === 'oldest' ? (one, other) => one - other : (one, other) => other - one;
}

export const changeActions = [
  'grant',
  'revoke',
  'assign',
  'deassign',
  'put-role',
  'delete-role',
  'put-api',
  'delete-api',
] as const satisfies ChangeAction[];

function checkedActor(value: unknown): Person | { readonly system: string } {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'system'))
    return checkedSubject(value).person;
  return { system: checkedString(checkedMembers(value, 'actor', ['system']).system, 'actor.system') };
}

/** Whether the entry is one that is asked for; its page is not looked at. */
export function isAskedFor(entry: AuditEntry, query: CheckedAuditQuery): boolean {
  const { subject, actor, permission, role, action, from = -Infinity, until = Infinity, since } = query;
  if (entry.revision <= since || entry.at < from || entry.at >= until) return false;
  if (subject !== undefined && (entry.subject === undefined || !isSame(entry.subject, subject))) return false;
  if (actor !== undefined && !isActor(entry.by, actor)) return false;
  if (permission !== undefined && !entry.permissions.includes(permission)) return false;
  if (role !== undefined && !(entry.roles ?? []).includes(role)) return false;
  return action === undefined || entry.action === action;
}

function isActor(by: AuditEntry['by'], actor: Person | { readonly system: string }): boolean {
  if ('system' in actor) return 'system' in by && by.system === actor.system;
  return 'subject' in by && isSame(by.subject, actor);
}

function isSame(one: Person, other: Person): boolean {
  return one.id === other.id && one.kind === other.kind && one.issuer === other.issuer;
}
