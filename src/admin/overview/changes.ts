// Changes as plain data go in, and are made as one: all of them or none; or, with `dryRun`, what they would do is told and not done.

import type { Change } from '../../core/change.ts';
import { allOf } from '../../core/requirement.ts';
import type { Requirement } from '../../core/requirement.ts';
import { requireIn } from '../asked-in.ts';
import { ok } from '../exchange.ts';
import type { Call, Handle } from '../exchange.ts';
import { inBatches } from '../management/in-batches.ts';
import { placesOf } from './change-places.ts';
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

// What is held in one organization is not enough for a change in another, nor for one in all of them.
async function checkPermitted(changes: readonly Change[], call: Call): Promise<void> {
  const { access, admin } = call;
  const places = await inBatches(changes, (change) => placesOf(change, admin.store));
  const seen = new Set<string>();
  for (const [at, { kind }] of changes.entries()) {
    for (const place of [access.subject.organization, ...(places[at] ?? [])]) {
      const key = JSON.stringify([kind, place ?? null]);
      if (!seen.has(key)) await requireIn(call, asked[kind], place);
      seen.add(key);
    }
  }
}
