// POST /access/v1/search/subject: a permission on a resource goes in, who may use it there comes out (AuthZEN 1.0 section 8.4).

import type { Holder } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';
import { actionIn, contextIn, membersOf, resourceIn, subjectTypeIn } from './asked.ts';
import type { ContextAsked } from './asked.ts';
import { Held, isKind, trustedIssuer } from './held.ts';
import { placeOf } from './resources.ts';
import { pageIn } from './search-page.ts';
import type { SearchPage } from './search-page.ts';

export const searchSubjects: Handle = async ({ body, admin }) => {
  const request = membersOf(body);
  const { type, issuer: named } = subjectTypeIn(request);
  const permission = admin.catalogue.nameOf(actionIn(request));
  const resource = resourceIn(request);
  const context = contextIn(request);
  const place = placeOf(resource, admin);
  const issuer = trustedIssuer(named, admin);
  const page = pageIn(request, ['subject', type, issuer, permission, resource.type, resource.id, context]);
  if (permission === undefined || place === undefined || issuer === undefined || !isKind(type)) return nobody;
  return ok(await found({ kind: type, issuer, permission, on: place.on, context }, page, admin));
};

const nobody = ok({ page: { next_token: '', count: 0 }, results: [] });

interface Wanted {
  readonly kind: 'user' | 'client';
  readonly issuer: string;
  readonly permission: string;
  readonly on: string | undefined;
  readonly context: ContextAsked;
}

// Where few of many holders may, the answer comes in time and says that there is more.
const maxLookedAt = 1000;

/** The store lists who holds it, on whatever; each is then looked at as if asked about, so that denials count. */
async function found(wanted: Wanted, { limit, after, tokenAfter }: SearchPage, admin: Administered): Promise<object> {
  if (limit === 0) return { page: { next_token: tokenAfter(after), count: 0 }, results: [] };
  let place = after;
  let lookedAt = 0;
  let results: object[] = [];
  do {
    const at = place === undefined ? {} : { after: place };
    const { items, next } = await admin.store.holdersOf(wanted.permission, { take: limit, ...at });
    results = await permittedAmong(items, wanted, admin);
    lookedAt += items.length;
    place = next;
  } while (place !== undefined && results.length === 0 && lookedAt < maxLookedAt);
  return { page: { next_token: place === undefined ? '' : tokenAfter(place), count: results.length }, results };
}

async function permittedAmong(holders: readonly Holder[], wanted: Wanted, admin: Administered): Promise<object[]> {
  const { kind, issuer, permission, on, context } = wanted;
  const held = new Held(admin);
  const isAnybodys = admin.store.holdsForAnyIssuer === true;
  const asked = holders.filter(({ subject }) => subject.kind === kind && (isAnybodys || subject.issuer === issuer));
  const answers = await Promise.all(
    asked.map(async ({ subject: { id } }) => {
      const rights = await held.by({ type: kind, id, issuer }, context);
      return rights?.permissions.has(permission, on) === true ? [{ type: kind, id }] : [];
    }),
  );
  return answers.flat();
}
