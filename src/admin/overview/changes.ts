// Changes as plain data go in, and are made as one: all of them or none; or, with `dryRun`, what they would do is told and not done.

import type { Change } from '../../core/change.ts';
import { InsufficientPrivilegeError, InsufficientScopeError } from '../../core/errors.ts';
import { allOf } from '../../core/requirement.ts';
import type { Requirement } from '../../core/requirement.ts';
import { next } from '../../core/next.ts';
import { ok } from '../exchange.ts';
import type { Call, Handle } from '../exchange.ts';
import { asChange } from './change-steps.ts';
import { effectsOf } from './effects.ts';
import { amiss, list, membersOf, optionalText } from './members.ts';

/** `{ changes, why?, dryRun? }`. Resolves to the revision; a dry run, to what each subject would gain and lose. */
export const makeChanges: Handle = async (call) => {
  const { changes: given, why: reason, dryRun = false } = membersOf(call.body, 'body', ['changes', 'why', 'dryRun']);
  if (typeof dryRun !== 'boolean') throw amiss('dryRun', 'true or false');
  const { access, admin } = call;
  const changes = list(given, 'changes', 100).map((one, at) => asChange(one, `changes[${at}]`, admin));
  await checkPermitted(changes, call);
  const why = optionalText(reason, 'why');
  const by = { access, ...(why !== undefined && { why }) };
  if (dryRun) return ok(await effectsOf(changes, by, admin));
  return ok({ revision: await admin.store.changeAll(changes, by) });
};

// What a change asks of who makes it, beside that they hold what is concerned.
const asked: Record<Change['kind'], Requirement> = {
  grant: 'update:users',
  revoke: 'update:users',
  assign: allOf('update:users', 'create:role_members'),
  deassign: allOf('update:users', 'delete:role_members'),
  'put-role': allOf('create:roles', 'update:roles'),
  'delete-role': 'delete:roles',
  'put-api': allOf('create:resource_servers', 'update:resource_servers'),
  'delete-api': 'delete:resource_servers',
};

async function checkPermitted(changes: readonly Change[], { access, request, admin: { way } }: Call): Promise<void> {
  for (const kind of new Set(changes.map((one) => one.kind))) {
    const decision = await next(way.decide(access, asked[kind], { request }), (one) => one);
    if (decision.permit) continue;
    const { lacking, missing, scope } = decision;
    if (lacking !== 'scope') throw new InsufficientPrivilegeError(undefined, { missing });
    throw new InsufficientScopeError(undefined, { missing, ...(scope !== undefined && { scope }) });
  }
}
