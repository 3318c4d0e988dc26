// The record of an API as it shall be, or one that shall be no more, goes in; the plan of it comes out, or none where that is so
// already.

import type { Privilege } from '../core/privilege.ts';
import { ApiVersionConflictError } from '../core/change-errors.ts';
import { invalidInput } from '../core/input-error.ts';
import type { ApiInput, ApiRecord } from '../core/role-store.ts';
import { entryOf, namesIn } from './audit-entry.ts';
import { checkCeiling } from './change-effects.ts';
import type { Maker } from './change-maker.ts';
import type { Plan, Records } from './records.ts';

/**
 * @throws ApiVersionConflictError when it has changed since it was read; BeyondCeilingError when who makes the change does not hold
 *   a permission that is added or taken away.
 */
export async function planApi(
  records: Records,
  { api, by }: { readonly api: ApiInput; readonly by: Maker },
  now: number,
): Promise<Plan | undefined> {
  const { identifier } = api;
  const before = await records.api(identifier);
  checkVersion(api, before);
  const after = asStored(api, before);
  // A put that changes nothing is no change, and the version stays.
  if (
    before !== undefined &&
    JSON.stringify({ ...after, version: before.version }) === JSON.stringify(asStored(before))
  )
    return undefined;
  return plan(records, { identifier, before, after, by }, now);
}

// So far a version may jump; the one after the last safe integer could never be sent.
const maxVersion = 2 ** 31 - 1;

function checkVersion({ identifier, version }: ApiInput, before: ApiRecord | undefined): void {
  if (version !== undefined && version > Math.max(before?.version ?? 0, maxVersion)) {
    throw invalidInput('api.version', `at most ${maxVersion}`, version);
  }
  const there = before?.version ?? 0;
  // One that was read and is there no more was deleted meanwhile: to write it would bring it back.
  const isRead = there === 0 ? (version ?? 0) === 0 : version !== undefined && version >= there;
  if (!isRead) throw new ApiVersionConflictError(identifier, there, version);
}

function asStored({ identifier, name, version = 0, permissions, settings }: ApiInput, before?: ApiRecord): ApiRecord {
  return Object.freeze({
    identifier,
    name,
    version: Math.max(version, (before?.version ?? 0) + 1),
    permissions,
    ...(settings !== undefined && { settings }),
  });
}

/** @throws BeyondCeilingError */
export async function planApiDeletion(
  records: Records,
  { identifier, by }: { readonly identifier: string; readonly by: Maker },
  now: number,
): Promise<Plan | undefined> {
  const before = await records.api(identifier);
  if (before === undefined) return undefined;
  return plan(records, { identifier, before, after: undefined, by }, now);
}

interface ApiChange {
  readonly identifier: string;
  readonly before: ApiRecord | undefined;
  readonly after: ApiRecord | undefined;
  readonly by: Maker;
}

async function plan(records: Records, { identifier, before, after, by }: ApiChange, now: number): Promise<Plan> {
  const held = { before: unlessIn(after, before), after: unlessIn(before, after) };
  await checkCeiling(by, held, now);
  return {
    mutations: [{ kind: 'api', identifier, ...(after !== undefined && { value: after }) }],
    entry: entryOf(by, {
      action: after === undefined ? 'delete-api' : 'put-api',
      api: identifier,
      permissions: namesIn([...held.before, ...held.after]),
      before: before ?? null,
      after: after ?? null,
    }),
    // Nobody holds more or less by it.
    changes: [],
    changedRoles: [],
  };
}

function unlessIn(other: ApiRecord | undefined, api: ApiRecord | undefined): Privilege[] {
  const names = new Set(other?.permissions.map(({ name }) => name));
  const own = api?.permissions.filter(({ name }) => !names.has(name)) ?? [];
  return own.map(({ name }) => ({ permission: name, audience: api?.identifier ?? '' }));
}
