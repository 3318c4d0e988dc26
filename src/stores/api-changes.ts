// The record of an API as it shall be, or one that shall be no more, goes in; the plan of it comes out, or none where that is so
// already.

import type { Privilege } from '../core/privilege.ts';
import type { ApiRecord } from '../core/role-store.ts';
import { entryOf, namesIn } from './audit-entry.ts';
import { checkCeiling } from './change-effects.ts';
import type { Maker } from './change-maker.ts';
import type { Plan, Records } from './records.ts';

/** @throws BeyondCeilingError when who makes the change does not hold a permission that is added or taken away. */
export async function planApi(
  records: Records,
  { api, by }: { readonly api: ApiRecord; readonly by: Maker },
  now: number,
): Promise<Plan | undefined> {
  const before = await records.api(api.identifier);
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(api)) return undefined;
  return plan(records, { identifier: api.identifier, before, after: api, by }, now);
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
