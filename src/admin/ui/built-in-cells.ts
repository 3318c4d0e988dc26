// The built-in roles and what was ticked go in; what stands in each cell of their matrix, and the changes that it comes to, come out.

import { builtInRoles, isBuiltIn, lowerBuiltIn } from '../../core/built-in-roles.ts';
import type { Privilege, Role, RoleInput } from './answers.ts';
import { countsFor } from './catalogue.ts';
import { heldOf } from './held-by-name.ts';
import { withoutSource } from './wording.ts';

export const builtInUids = Object.values(builtInRoles);

/** From `uid api permission` to whether the role shall have it; what is not in it stays. */
export type Ticks = Readonly<Record<string, boolean>>;

export interface Cell {
  /** Whether the role itself has it, everywhere and for ever. */
  readonly isOwn: boolean;
  /** The uid of the role through which it has it as well. */
  readonly through: string | undefined;
  /** What it has of it besides: on some resources, for some time, by a pattern, or a denial. */
  readonly besides: readonly Privilege[];
}

export interface Asked {
  readonly api: string;
  readonly permission: string;
}

export function cellOf(role: Role, asked: Asked, all: readonly Role[], ticks: Ticks): Cell {
  const others = heldOf(role.held, asked.permission).filter((one) => countsFor(one, asked.api));
  return {
    isOwn: isTicked(role, asked, ticks),
    through: throughLower(role.uid, asked, all, ticks) ?? throughAttached(role, others),
    besides: others.filter((one) => !isWhole(one) || one.permission !== asked.permission),
  };
}

export function keyOf(uid: string, { api, permission }: Asked): string {
  return JSON.stringify([uid, api, permission]);
}

function isTicked(role: Role, asked: Asked, ticks: Ticks): boolean {
  return ticks[keyOf(role.uid, asked)] ?? has(role, asked);
}

export function has(role: Role, asked: Asked): boolean {
  return heldOf(role.privileges, asked.permission).some((one) => isMeant(one, asked));
}

function isMeant(privilege: Privilege, { api, permission }: Asked): boolean {
  return privilege.permission === permission && isWhole(privilege) && countsFor(privilege, api);
}

function isWhole({ on, effect, organization, expiresAt }: Privilege): boolean {
  return on === undefined && effect === undefined && organization === undefined && expiresAt === undefined;
}

function throughLower(uid: string, asked: Asked, all: readonly Role[], ticks: Ticks): string | undefined {
  const lower = all.find((one) => one.uid === lowerBuiltIn(uid));
  if (lower === undefined) return undefined;
  return isTicked(lower, asked, ticks) ? lower.uid : throughLower(lower.uid, asked, all, ticks);
}

function throughAttached({ uid }: Role, others: readonly Privilege[]): string | undefined {
  const whole = others.filter((one) => isWhole(one) && one.source?.role !== uid);
  return whole.map((one) => one.source?.role ?? '').find((role) => role !== '' && !isBuiltIn(role));
}

/** The roles that the ticks change, as they shall be. */
export function rolesAfter(roles: readonly Role[], ticks: Ticks): RoleInput[] {
  return roles.flatMap((role) => {
    const asked = Object.entries(ticks).flatMap(([key, shall]) => {
      const [uid, api = '', permission = ''] = JSON.parse(key) as string[];
      return uid === role.uid && shall !== has(role, { api, permission }) ? [{ api, permission, shall }] : [];
    });
    if (asked.length === 0) return [];
    const kept = role.privileges.filter((one) => !asked.some((other) => !other.shall && isMeant(one, other)));
    const added = asked
      .filter(({ shall }) => shall)
      .map(({ api, permission }): Privilege => ({ permission, audience: api }));
    const { uid, name, version, description, inherits } = role;
    return [
      {
        uid,
        name,
        version,
        ...(description !== undefined && { description }),
        privileges: [...kept.map(withoutSource), ...added],
        inherits,
      },
    ];
  });
}
