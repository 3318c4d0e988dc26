// A user goes in, the permissions they have and what each comes from come out: what was given to them directly, and what the
// roles give that were.

import { heldThrough, inheritedBy } from '../../core/role-closure.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Role, RoleAssignment, SubjectRecord } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { inBatches } from './in-batches.ts';
import { keyOf, pairOf } from './permission-pairs.ts';
import type { Pair } from './permission-pairs.ts';
import { sortedBy } from './sorting.ts';

/** A permission, and the assigned roles it comes from; `isDirect`: it was given itself. */
export interface HeldPair extends Pair {
  readonly isDirect: boolean;
  readonly roles: readonly Role[];
}

/** In the order of their names. What holds in one organization only is left out: it cannot be said here. */
export async function heldPairs({ privileges, roles }: SubjectRecord, admin: Administered): Promise<HeldPair[]> {
  const now = Date.now();
  const pairsIn = (given: readonly Privilege[]): Pair[] => given.flatMap((one) => pairOf(one, admin, now) ?? []);
  const assigned = rolesInForce(roles, now);
  const known = await rolesBelow(assigned, admin);
  const through = assigned.flatMap((uid) => {
    const role = known.get(uid);
    return pairsIn(heldThrough(uid, (one) => known.get(one))).map((pair) => ({ pair, role }));
  });
  return together([...pairsIn(privileges).map((pair) => ({ pair, role: undefined })), ...through]);
}

/** `role` undefined: it was given itself. */
interface Given {
  readonly pair: Pair;
  readonly role: Role | undefined;
}

function together(given: readonly Given[]): HeldPair[] {
  const held = new Map<string, { pair: Pair; isDirect: boolean; roles: Map<string, Role> }>();
  for (const { pair, role } of given) {
    const entry = held.get(keyOf(pair)) ?? { pair, isDirect: false, roles: new Map<string, Role>() };
    held.set(keyOf(pair), entry);
    if (role === undefined) entry.isDirect = true;
    else entry.roles.set(role.uid, role);
  }
  const pairs = [...held.values()].map(({ pair, isDirect, roles }) => {
    return { ...pair, isDirect, roles: sortedBy(roles.values(), ({ uid }) => uid) };
  });
  return sortedBy(pairs, keyOf);
}

/** The uids of the roles that apply in every organization, and apply still. */
export function rolesInForce(assignments: readonly RoleAssignment[], now: number): string[] {
  return assignments
    .filter(({ organization, expiresAt = Infinity }) => organization === undefined && expiresAt > now)
    .map(({ role }) => role);
}

/** These roles and all that they inherit, by uid. */
async function rolesBelow(uids: readonly string[], { store }: Administered): Promise<ReadonlyMap<string, Role>> {
  const roles = new Map<string, Role>();
  const seen = new Set(uids);
  let next: readonly string[] = uids;
  while (next.length > 0) {
    const found = (await inBatches(next, (uid) => store.role(uid))).flatMap((role) => role ?? []);
    for (const role of found) roles.set(role.uid, role);
    const inherited = found.flatMap((role) => inheritedBy(role).map((one) => one.role));
    next = [...new Set(inherited)].filter((uid) => !seen.has(uid));
    for (const uid of next) seen.add(uid);
  }
  return roles;
}
