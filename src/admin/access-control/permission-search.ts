// An action, or how it begins, goes in; the users who may do that, and on what, come out: as far as who asks may see them.

import { filterFor } from '../../core/list-filter.ts';
import type { ListFilter } from '../../core/list-filter.ts';
import { namesOf, ownName } from '../../core/own-names.ts';
import { isScopeToken } from '../../core/permission.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Page, PageRequest, Person } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { ok } from '../exchange.ts';
import type { Call, Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { userOf } from '../people.ts';
import { checkedQuery, wrong } from '../query.ts';
import * as asks from './asks.ts';
import { apisOf, effectiveOf } from './effective.ts';
import type { Effective } from './effective.ts';
import { placeOf } from './place.ts';
import { scopesByAction } from './role-view.ts';
import { userIn } from './user-roles.ts';

// Each is looked at: what somebody is denied does not stand in the list of who holds it.
const mostUsers = 2000;
const mostNames = 20;
const pageOf = 1000;
const atOnce = 20;

/** `scope`: only who may do it on all that this spells. At most 2000 users: of more than that nobody is listed. */
export const search: Handle = async ({ query, access, admin }) => {
  const asked = askedBy(checkedQuery(query, ['action', 'actionPrefix', 'scope']), admin);
  if (asked.kind === 'everything') {
    throw new RequestFault(400, "provide one of 'action' or 'actionPrefix'", { code: 'invalid_query_string' });
  }
  const seen = filterFor(access, 'users.permissions:read', 'users:id:');
  const people = seen.kind === 'all' ? await holdersOf(asked, seen, admin) : seen.ids.map((id) => userOf(id, admin));
  if (people.length > mostUsers) throw tooMany();
  const { organization } = access.subject;
  const found: (readonly [string, Record<string, string[]>])[] = [];
  for (let at = 0; at < people.length; at += atOnce) {
    const some = people.slice(at, at + atOnce).map(async (person) => {
      return [person.id, matching(await effectiveOf(person, organization, admin), asked, admin)] as const;
    });
    found.push(...(await Promise.all(some)));
  }
  return ok(Object.fromEntries(found.filter(([, actions]) => Object.keys(actions).length > 0)));
};

/** The same of one user; without `action` and `actionPrefix` all. */
export const searchOfUser: Handle = async (call: Call) => {
  const { orgId, ...values } = checkedQuery(call.query, ['action', 'actionPrefix', 'scope', 'orgId']);
  const asked = askedBy(values, call.admin);
  const place = await placeOf(call, asks.searchUserPermissions, { orgId });
  const effective = await effectiveOf(await userIn(call), place, call.admin);
  return ok(matching(effective, asked, call.admin));
};

interface Asked {
  readonly kind: 'action' | 'actionPrefix' | 'everything';
  readonly isAsked: (name: string) => boolean;
  /** Undefined: wherever. */
  readonly scope: string | undefined;
  /** Those that are meant, as far as they are known. */
  readonly names: readonly string[];
}

function askedBy(
  { action, actionPrefix, scope }: { action?: string; actionPrefix?: string; scope?: string },
  admin: Administered,
): Asked {
  if (action !== undefined && actionPrefix !== undefined) {
    throw new RequestFault(400, "provide one of 'action' or 'actionPrefix'", { code: 'invalid_query_string' });
  }
  if (scope === '') throw wrong('scope', 'a resource, or absent');
  const catalogues = apisOf(admin).map(({ catalogue }) => catalogue);
  if (action !== undefined) {
    const name = checkedName('action', action);
    const own = catalogues.map((catalogue) => ownName(name, catalogue)).find((one) => one !== name) ?? name;
    return { kind: 'action', isAsked: (one) => one === own, scope, names: [own] };
  }
  const beginning = actionPrefix === undefined ? '' : checkedName('actionPrefix', actionPrefix);
  const isAsked = (name: string): boolean => name.startsWith(beginning);
  const names = [...new Set(catalogues.flatMap((catalogue) => catalogue.names.filter(isAsked)))];
  return { kind: actionPrefix === undefined ? 'everything' : 'actionPrefix', isAsked, scope, names };
}

function checkedName(parameter: string, value: string): string {
  if (isScopeToken(value) && value.length <= 280) return value;
  throw wrong(parameter, 'in the characters of RFC 6749 section 3.3, and at most 280 of them');
}

async function holdersOf({ names }: Asked, seen: ListFilter, admin: Administered): Promise<Person[]> {
  const { store } = admin;
  // A store need not have been told which names mean the same.
  const all = new Set(apisOf(admin).flatMap(({ catalogue }) => names.flatMap((name) => namesOf(name, catalogue))));
  // Rather everybody once than the same people for name after name.
  if (all.size > mostNames) return peopleIn((page) => store.subjects({ ...page, kind: 'user' }), seen, admin);
  const people = new Map<string, Person>();
  for (const name of all) {
    const holding = async (page: PageRequest): Promise<Page<Person>> => {
      const { items, ...rest } = await store.holdersOf(name, page);
      return { ...rest, items: items.map(({ subject }) => subject) };
    };
    for (const person of await peopleIn(holding, seen, admin)) people.set(person.id, person);
    if (people.size > mostUsers) throw tooMany();
  }
  return [...people.values()];
}

async function peopleIn(
  ask: (page: PageRequest) => Promise<Page<Person>>,
  seen: ListFilter,
  admin: Administered,
): Promise<Person[]> {
  const people: Person[] = [];
  let after: string | undefined;
  do {
    const page = await ask({ take: pageOf, ...(after !== undefined && { after }) });
    if (page.total > mostUsers) throw tooMany();
    for (const { kind, issuer, id } of page.items) {
      const isOurs = kind === 'user' && (admin.store.holdsForAnyIssuer === true || issuer === admin.issuer);
      if (isOurs && seen.includes(id)) people.push(userOf(id, admin));
    }
    after = page.next;
  } while (after !== undefined);
  return people;
}

function tooMany(): RequestFault {
  const message = `More than ${mostUsers} hold this, or would have to be looked at: ask for an action that fewer do, or for one user at a time`;
  return new RequestFault(400, message, { code: 'too_many_users' });
}

function matching(effective: Effective, { isAsked, scope }: Asked, admin: Administered): Record<string, string[]> {
  const grants = effective.grantsOf(isAsked);
  return scopesByAction(
    scope === undefined ? grants : grants.filter((one) => permits(effective, one, scope, admin)),
    admin,
  );
}

/** Whether this grant is one by which it may be done there. */
function permits(effective: Effective, { permission, on }: Privilege, scope: string, { way }: Administered): boolean {
  if (on !== undefined) {
    const set = way.settings.dialect.newSet();
    set.add(on);
    if (!set.covers(scope)) return false;
  }
  return effective.may(permission, scope);
}
