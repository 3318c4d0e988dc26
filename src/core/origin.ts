// An access goes in, where it comes from comes out: which authorizer gave it, from what, and what rules have made of it.

import { RequestAccess } from './access.ts';
import type { Access } from './access.ts';
import { assignedByEveryScope, assignedByToken } from './assigned.ts';
import type { Credentials } from './credentials.ts';
import type { Holdings } from './holdings.ts';
import { PermissionSet } from './permission-set.ts';
import type { Ruling } from './rules.ts';
import type { Settings } from './settings.ts';

/** What stands behind an access. */
export interface Origin {
  /** The way of the authorizer that gives it. */
  readonly way: object;
  readonly credentials: Credentials;
  readonly store: Holdings;
  /** What the API's rules have made of it, and what it was before. */
  readonly ruled?: { readonly ruling: Ruling; readonly uncut: Access };
}

/** Undefined for anything but an access that an authorizer gave. */
export function originOf(access: unknown): Origin | undefined {
  return RequestAccess.originOf(access) as Origin | undefined;
}

/** What would be held if every scope were in the token, less what rules take away where that is asked. */
export function heldWithEveryScope(
  access: Access,
  { credentials, settings }: { readonly credentials: Credentials; readonly settings: Settings },
  { afterRules = false } = {},
): PermissionSet {
  const assigned = assignedByEveryScope(credentials, settings);
  const origin = originOf(access);
  const ruling = afterRules ? origin?.ruled?.ruling : undefined;
  if (origin === undefined || (assigned === undefined && ruling === undefined)) return access.privileges;
  const held = { store: origin.store, ...(assigned ?? assignedByToken(credentials, settings)) };
  return PermissionSet.of({ ...held, ...(ruling !== undefined && { without: new Set(ruling.without) }) });
}
