// The permissions of a role: which there are, given, and taken back.

import type { Privilege } from '../../core/privilege.ts';
import type { Role } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { created, nothing } from '../exchange.ts';
import type { Answer, Handle } from '../exchange.ts';
import { idIn, roleIn } from './named-in-path.ts';
import { numberedAnswer, numberedNames, numberedPage, partOf } from './paging.ts';
import { permissionItems } from './permission-items.ts';
import { checkApisTaken, keyOf, pairOf, pairsIn, privilegesGiven, privilegesMeant } from './permission-pairs.ts';
import type { Pair } from './permission-pairs.ts';
import { queryOf } from './query.ts';
import { editRole } from './role-edits.ts';
import { checkRoom } from './room.ts';
import { sortedBy } from './sorting.ts';
import { triedAgain } from './tried-again.ts';

/** Its own, not those of the roles it inherits: these are theirs to lose. */
export const list: Handle = async (call): Promise<Answer> => {
  const { admin, query } = call;
  const page = numberedPage(queryOf(query, numberedNames));
  const { privileges } = await roleIn(call);
  const { items, total } = partOf(sortedBy(pairsOf(privileges, admin).values(), keyOf), page);
  return numberedAnswer('permissions', { items: await permissionItems(items, admin), total }, page);
};

function pairsOf(privileges: readonly Privilege[], admin: Administered): ReadonlyMap<string, Pair> {
  const now = Date.now();
  const pairs = privileges.flatMap((one) => pairOf(one, admin, now) ?? []);
  return new Map(pairs.map((one) => [keyOf(one), one]));
}

export const assign: Handle = async (call): Promise<Answer> => {
  const { admin } = call;
  const pairs = pairsIn(call.body, admin);
  await roleIn(call);
  await triedAgain(async () => {
    const { privileges: given, apis } = await privilegesGiven(pairs, admin);
    const withGiven = (role: Role): Role => {
      const there = pairsOf(role.privileges, admin);
      const added = pairs.filter((pair) => !there.has(keyOf(pair))).length;
      const room = { stored: role.privileges.length, added, atMost: admin.limits.permissionsPerRole };
      checkRoom(room, { what: 'permissions', to: 'role' });
      return { ...role, privileges: [...withoutSame(role.privileges, given), ...given] };
    };
    await editRole(idIn(call), call, withGiven, { apis });
  });
  return created({});
};

export const remove: Handle = async (call): Promise<Answer> => {
  const { admin } = call;
  const pairs = pairsIn(call.body, admin);
  await checkApisTaken(pairs, (await roleIn(call)).privileges, admin);
  const meant = pairs.flatMap((pair) => privilegesMeant(pair, admin));
  await editRole(idIn(call), call, (role) => ({ ...role, privileges: withoutSame(role.privileges, meant) }));
  return nothing;
};

/** Without those that are the same in all but their end. */
function withoutSame(privileges: readonly Privilege[], taken: readonly Privilege[]): readonly Privilege[] {
  const keys = new Set(taken.map(placeOf));
  return privileges.filter((one) => !keys.has(placeOf(one)));
}

function placeOf({ permission, on, effect, audience, organization }: Privilege): string {
  return JSON.stringify([permission, on ?? null, effect ?? null, audience ?? null, organization ?? null]);
}
