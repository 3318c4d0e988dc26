// What the roles of a store shall be goes in, as a draft that can be made anew; what was changed for it comes out.

import { ChangeRefusedError } from '../core/change-errors.ts';
import type { ChangeRefusalCode } from '../core/change-errors.ts';
import { isRecord } from '../core/options.ts';
import type {
  AuditEntry,
  AuditQuery,
  ChangedBy,
  InheritedRole,
  Page,
  PageRequest,
  Role,
  RoleStore,
} from '../core/role-store.ts';
import type { RoleDraft } from './role-draft.ts';
import type { RoleChange, RoleStep } from './role-steps.ts';

/** Who makes the changes, or that none is made. */
export interface Reconciling {
  readonly store: RoleStore;
  readonly by: ChangedBy;
  readonly dryRun: boolean;
}

/**
 * Takes the steps of the draft. Where somebody else has changed something meanwhile it is drafted once more from what is there
 * then, until nothing is left to do; of what was done before nothing is done twice.
 */
export async function reconciled(
  { store, by, dryRun }: Reconciling,
  drafted: () => Promise<RoleDraft>,
): Promise<RoleChange[]> {
  let steps = (await drafted()).steps();
  if (dryRun) return changesOf(steps);
  const done: RoleStep[] = [];
  // Each time at least one step was taken by whoever came first: who does the same runs out of them.
  for (let left = steps.length + spareAttempts; left > 0; left -= 1) {
    const outdated = await taken(steps, { store, by }, done);
    if (outdated === undefined) break;
    if (left === 1) throw outdated;
    steps = (await drafted()).steps();
  }
  return changesOf(done);
}

const spareAttempts = 4;

function changesOf(steps: readonly RoleStep[]): RoleChange[] {
  return steps.flatMap(({ changes }) => changes);
}

/** What was refused because the store is no more as it was read. */
async function taken(
  steps: readonly RoleStep[],
  { store, by }: Pick<Reconciling, 'store' | 'by'>,
  done: RoleStep[],
): Promise<ChangeRefusedError | undefined> {
  for (const step of steps) {
    try {
      await step.take(store, by);
    } catch (error) {
      if (error instanceof ChangeRefusedError && outdating.includes(error.code)) return error;
      throw error;
    }
    done.push(step);
  }
  return undefined;
}

const outdating: readonly ChangeRefusalCode[] = [
  'role_version_conflict',
  'role_not_found',
  'role_name_taken',
  'role_in_use',
  'role_cycle',
];

/** Every role there is, by uid. */
export async function rolesOf(store: RoleStore): Promise<Map<string, Role>> {
  const roles = new Map<string, Role>();
  for await (const role of everyItem((page) => store.roles(page))) roles.set(role.uid, role);
  return roles;
}

/** To how many a role is assigned. */
export async function countHolders(store: RoleStore, uid: string): Promise<number> {
  return (await store.holdersOfRole(uid, { take: 1 })).total;
}

/** The newest entry of the audit of which `isWanted` holds. */
export async function newestEntry(
  store: RoleStore,
  query: AuditQuery,
  isWanted: (entry: AuditEntry) => boolean,
): Promise<AuditEntry | undefined> {
  for await (const entry of everyItem((page) => store.audit({ ...query, ...page }))) {
    if (isWanted(entry)) return entry;
  }
  return undefined;
}

/** What the role inherits of which an entry says what it was, or is. */
export function inheritsIn(role: unknown): readonly InheritedRole[] {
  const inherits = isRecord(role) ? role['inherits'] : undefined;
  return Array.isArray(inherits) ? (inherits as readonly InheritedRole[]) : [];
}

async function* everyItem<Item>(ask: (page: PageRequest) => Promise<Page<Item>>): AsyncGenerator<Item, void, void> {
  for (let after: string | undefined; ;) {
    const page = await ask({ take: 1000, ...(after !== undefined && { after }) });
    yield* page.items;
    after = page.next;
    if (after === undefined) return;
  }
}
