// An access goes in, the one that the API's own rules leave comes out: the same, a smaller one, or one that is refused.

import { RequestAccess } from './access.ts';
import type { Access } from './access.ts';
import { assignedByToken } from './assigned.ts';
import { isDelegated, policyLacking, ruleLacking } from './decision.ts';
import type { Asked, Decision } from './decision.ts';
import type { Clock } from './in-time.ts';
import { next } from './next.ts';
import { originOf } from './origin.ts';
import type { Origin } from './origin.ts';
import { everyPermission } from './permission.ts';
import { PermissionSet } from './permission-set.ts';
import { policyRefusal } from './refused.ts';
import type { Failure } from './refused.ts';
import { kept, rulingOf } from './rules.ts';
import type { Ruling } from './rules.ts';
import type { Settings } from './settings.ts';

/** `request` is handed to the rules as it is. Rejects with an UnavailableError where a rule is late. */
export function ruled(access: Access, request: unknown, settings: Settings, clock: Clock): Access | Promise<Access> {
  const { rules, storeTimeoutMs: timeoutMs, catalogue } = settings;
  if (rules === undefined) return access;
  return next(rulingOf(rules, access, request, { catalogue, timeoutMs, clock }), (ruling) => {
    return ruling === kept ? access : cut(access, ruling, settings);
  });
}

function cut(uncut: Access, ruling: Ruling, settings: Settings): Access {
  const origin = originOf(uncut) as Origin;
  const { claims, subject, client, scopes, privileges } = uncut;
  const { credentials, store } = origin;
  const permissions = PermissionSet.of({
    store,
    ...assignedByToken(credentials, settings),
    delegated: credentials.delegated,
    without: new Set(ruling.refused === undefined ? ruling.without : [everyPermission]),
  });
  const ruledOrigin: Origin = { ...origin, ruled: { ruling, uncut } };
  return new RequestAccess({ claims, subject, client, scopes, privileges, permissions, origin: ruledOrigin });
}

/** The access itself. @throws AccessError when a rule refuses it. */
export function unrefused(access: Access): Access {
  const refused = originOf(access)?.ruled?.ruling.refused;
  if (refused === undefined) return access;
  throw policyRefusal(refused.policy, refused.thrown);
}

/** What a requirement comes to by rules alone; undefined where they have no say in it. */
export function decideOnRules(asked: Asked, access: Access): readonly [Decision, Failure] | undefined {
  const rules = originOf(access)?.ruled;
  if (rules === undefined || !isDelegated(asked)) return undefined;
  const { refused } = rules.ruling;
  if (refused !== undefined) return [policyLacking(asked, access, refused.policy), refused];
  const decision = ruleLacking(asked, access, rules.uncut);
  return decision === undefined ? undefined : [decision, undefined];
}
