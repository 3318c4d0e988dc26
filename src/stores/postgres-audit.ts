// A checked query goes in, the entries of the audit that it asks for come out.

import { frozenDeep } from '../core/frozen.ts';
import type { AuditEntry } from '../core/role-store.ts';
import type { CheckedAuditQuery } from './audit-query.ts';
import { actorDigest } from './postgres-ledger.ts';
import type { Row } from './postgres-lease.ts';
import type { Listing } from './postgres-pages.ts';
import { isStorable, personDigest } from './postgres-texts.ts';

/** `schema`: as it is written in a statement. */
export function auditListing(schema: string, query: CheckedAuditQuery): Listing {
  const { subject, actor, permission, role, action, from, until, since, order, page } = query;
  const values: unknown[] = [];
  const asked: [string, unknown][] = [
    ['subject = ?::bytea', subject && personDigest(subject)],
    ['actor = ?::bytea', actor && actorDigest(actor)],
    ['permissions @> ?::text[]', permission === undefined ? undefined : [permission]],
    ['roles @> ?::text[]', role === undefined ? undefined : [role]],
    ['action = ?', action],
    ['at >= ?::float8', from],
    ['at < ?::float8', until],
    ['revision > ?::bigint', since === 0 ? undefined : since],
  ];
  const given = asked.filter(([, value]) => value !== undefined);
  const conditions = given.map(([condition, value]) => condition.replace('?', `$${values.push(value)}`));
  // Nothing was ever done to what cannot be stored.
  if (![permission ?? '', role ?? ''].every(isStorable)) return auditListing(schema, nothing(query));
  return {
    rows: `select entry, revision from ${schema}.audit ${conditions.length === 0 ? '' : 'where'} ${conditions.join(' and ')}`,
    values,
    columns: ['entry', 'revision'],
    order: order === 'oldest' ? 'revision' : 'revision desc',
    beyond: (next) => `revision ${order === 'oldest' ? '>' : '<'} ${next(page.after)}::bigint`,
  };
}

function nothing({ page }: CheckedAuditQuery): CheckedAuditQuery {
  const any = { subject: undefined, actor: undefined, permission: undefined, role: undefined, action: undefined };
  return { ...any, page, from: undefined, until: -Infinity, since: 0, order: 'newest' };
}

export function entryIn([entry]: Row): AuditEntry {
  return frozenDeep(JSON.parse(entry ?? '') as AuditEntry);
}
