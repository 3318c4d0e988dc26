// Permissions that an API is no more to have go in, the changes that take them back from everybody and from every role come out:
// what nobody can be given any more, nobody keeps, and whoever defines it anew gives it to nobody.

import { UnavailableError } from '../../core/errors.ts';
import { namesOf, ownName } from '../../core/own-names.ts';
import { everyPermission } from '../../core/permission.ts';
import type { Change } from '../../core/change.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Person, Role } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { RequestFault } from '../faults.ts';

/** Which permissions. */
export interface Withdrawn {
  /** Of the API. */
  readonly identifier: string;
  readonly names: ReadonlySet<string>;
  /** Whether the API itself is to be no more, and patterns over its names with it. */
  readonly isWhole: boolean;
}

/** As many as are made as one, beside the change of the API itself. */
const withdrawalsAtOnce = 999;

/**
 * Denials stay: they give nothing. `raisedBy`: how far the version of a role that is sent is above the one read.
 *
 * @throws RequestFault when more hold them than are changed at once; then no more of them are looked for.
 */
export async function withdrawals(withdrawn: Withdrawn, admin: Administered, raisedBy: 0 | 1): Promise<Change[]> {
  const isMeant = (one: Privilege): boolean => concerns(one, withdrawn, admin);
  const roles = await rolesHolding(isMeant, admin);
  const people = await heldDirectly(withdrawn, isMeant, { admin, atMost: withdrawalsAtOnce - roles.length });
  return [
    ...people.map(({ subject, privileges }): Change => ({ kind: 'revoke', subject, privilege: privileges })),
    ...roles.map((role): Change => {
      const privileges = role.privileges.filter((one) => !isMeant(one));
      return { kind: 'put-role', role: { ...role, privileges, version: role.version + raisedBy } };
    }),
  ];
}

function concerns(
  { permission, effect, audience }: Privilege,
  { identifier, names, isWhole }: Withdrawn,
  { api, catalogue }: Administered,
): boolean {
  if (effect !== undefined) return false;
  if (identifier !== api.identifier) return audience === identifier && (isWhole || names.has(permission));
  // Without an audience it is for whichever API asks, and that is the one that is administered.
  return (audience ?? identifier) === identifier && names.has(ownName(permission, catalogue));
}

interface HeldDirectly {
  readonly subject: Person;
  readonly privileges: readonly Privilege[];
}

const storePage = 1000;

/** A store lists together who holds a permission itself and by a role: one request looks at no more of them than that. */
const holdersPerRequest = 100_000;

async function heldDirectly(
  withdrawn: Withdrawn,
  isMeant: (one: Privilege) => boolean,
  { admin, atMost }: { readonly admin: Administered; readonly atMost: number },
): Promise<HeldDirectly[]> {
  const held = new Map<string, { subject: Person; privileges: Privilege[] }>();
  let looked = 0;
  for (const name of namesHeld(withdrawn, admin)) {
    for await (const { subject, privileges } of pages((page) => admin.store.holdersOf(name, page))) {
      looked += 1;
      if (looked > holdersPerRequest) throw tooManyHolders();
      const key = JSON.stringify([subject.issuer, subject.kind, subject.id]);
      const entry = held.get(key) ?? { subject, privileges: [] };
      const direct = privileges.filter((one) => one.source?.kind === 'direct' && isMeant(one));
      entry.privileges.push(...direct.map(({ source: _, ...privilege }) => privilege));
      if (entry.privileges.length > 0) held.set(key, entry);
      if (held.size > atMost) throw tooMany();
    }
  }
  return [...held.values()];
}

/** Each name under which one of them may be stored: a store need not have been told which mean the same. */
function namesHeld({ identifier, names, isWhole }: Withdrawn, { api, catalogue }: Administered): Set<string> {
  const all = identifier === api.identifier ? [...names].flatMap((name) => namesOf(name, catalogue)) : names;
  return new Set(isWhole ? [...all, everyPermission] : all);
}

async function rolesHolding(isMeant: (one: Privilege) => boolean, { store }: Administered): Promise<Role[]> {
  const roles: Role[] = [];
  for await (const role of pages((page) => store.roles(page))) {
    if (role.privileges.some(isMeant)) roles.push(role);
    if (roles.length > withdrawalsAtOnce) throw tooMany();
  }
  return roles;
}

function tooMany(): RequestFault {
  const message = `More than ${withdrawalsAtOnce} users, applications and roles hold what the API would lose; take it back from most of them first.`;
  return new RequestFault(409, message, { code: 'permissions_in_use' });
}

function tooManyHolders(): RequestFault {
  const message = `More than ${holdersPerRequest} users and applications hold what the API would lose, most of them by a role; take it from those roles first.`;
  return new RequestFault(409, message, { code: 'permissions_in_use' });
}

async function* pages<Item>(
  ask: (page: { take: number; after?: string }) => Promise<{ readonly items: readonly Item[]; readonly next?: string }>,
): AsyncGenerator<Item> {
  let after: string | undefined;
  do {
    const { items, next } = await ask({ take: storePage, ...(after !== undefined && { after }) });
    yield* items;
    // A store that has nothing more to say and goes on has lost its way.
    if (next !== undefined && items.length === 0)
      throw new UnavailableError(undefined, { cause: 'An empty page has a next one' });
    after = next;
  } while (after !== undefined);
}
