// A call goes in, the organization in which it acts comes out: nothing of another one is read or changed by it.

import type { Requirement } from '../../core/requirement.ts';
import type { Role } from '../../core/role-store.ts';
import { requireIn } from '../asked-in.ts';
import type { Call } from '../exchange.ts';
import { oneOf, wrong } from '../query.ts';

/** Where a call asks to act. */
export interface PlaceAsked {
  /** An organization by name: only for who is in none. */
  readonly orgId?: string | undefined;
  /** In all of them. */
  readonly global?: boolean | undefined;
}

/**
 * The organization of the token; undefined: in all of them. Where another place is asked for than the token's own, `asked` is asked
 * once more there: what is held in one organization says nothing of another, nor of all.
 *
 * @throws RequestFault when `orgId` is not for this caller; AccessError when what is held there is not enough.
 */
export async function placeOf(
  call: Call,
  asked: Requirement,
  { orgId, global = false }: PlaceAsked,
): Promise<string | undefined> {
  const { organization: own } = call.access.subject;
  if (orgId === '' || (own !== undefined && orgId !== undefined && orgId !== own)) {
    throw wrong('orgId', 'absent, or the organization of the access token');
  }
  if (global && orgId !== undefined) throw wrong('orgId', 'absent where all organizations are meant');
  const place = global ? undefined : (orgId ?? own);
  if (place !== own) await requireIn(call, asked, place);
  return place;
}

/** Whether a role gives anything there: it belongs to the organization, or to all. */
export function isInReach({ organization }: Pick<Role, 'organization'>, place: string | undefined): boolean {
  return organization === undefined || organization === place;
}

/** @throws RequestFault when it is neither `true` nor `false`. */
export function flag(name: string, value: string | undefined): boolean {
  return value !== undefined && oneOf(name, value, ['true', 'false']) === 'true';
}
