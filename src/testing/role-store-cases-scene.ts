// A way to make a role store and a rule go in; the rule is tried on a store that is empty, which is closed afterwards.

import { isPromise } from '../core/next.ts';
import { expectation, isRecord } from '../core/options.ts';
import type { PermissionCatalogue } from '../core/permission.ts';
import type { RoleStore } from '../core/role-store.ts';
import { TriedRoleStore } from './role-store-cases-tried.ts';
import type { RoleStoreSettings } from './role-store-cases-tried.ts';

/** What `create` gives. */
export type CreatedRoleStore =
  | RoleStore
  | {
      readonly store: RoleStore;
      /** Opens the same data once more, as another process would, and by some cases with a catalogue. */
      readonly reopen?: Reopen;
      /** Called when the case is over, after each store's own `close`. */
      readonly cleanup?: () => void | Promise<void>;
    };

/** `permissions`: the catalogue that the store is to know then. */
export type Reopen = (options?: { readonly permissions: PermissionCatalogue }) => RoleStore | Promise<RoleStore>;

/** Makes a store in which nothing is. */
export type CreateRoleStore = () => CreatedRoleStore | Promise<CreatedRoleStore>;

/** One rule, and how it is seen to be kept. */
export interface RoleRule {
  readonly name: string;
  readonly check: (tried: TriedRoleStore) => Promise<void>;
  /** Only for a store of that kind. */
  readonly only?: Partial<Pick<RoleStoreSettings, 'issuers' | 'handles' | 'catalogue'>>;
}

export const roleLifeRule = 'a role store has `onChange`, and its `ready` and `close`, where there are any, resolve';

export async function playRole(rule: RoleRule, create: CreateRoleStore, settings: RoleStoreSettings): Promise<void> {
  const stage = new Stage(create);
  try {
    await tryOut(rule, stage, settings);
  } finally {
    await stage.clear();
  }
}

async function tryOut({ name, check }: RoleRule, stage: Stage, settings: RoleStoreSettings): Promise<void> {
  const { store, reopen } = await stage.make();
  const opened = {
    another: async () => (await stage.make()).store,
    reopen: async (permissions?: PermissionCatalogue) => {
      if (reopen === undefined) throw expectation('reopen', "a function, or `handles` to be 'one'", reopen);
      return stage.open(await (permissions === undefined ? reopen() : reopen({ permissions })));
    },
  };
  const tried = new TriedRoleStore(name, store, settings, opened);
  try {
    await check(tried);
  } catch (cause) {
    throw tried.asFailure(cause);
  }
}

/** The stores of one case. */
class Stage {
  readonly #create: CreateRoleStore;
  readonly #stores: RoleStore[] = [];
  readonly #cleanups: (() => void | Promise<void>)[] = [];

  constructor(create: CreateRoleStore) {
    this.#create = create;
  }

  async make(): Promise<{ store: RoleStore; reopen: Reopen | undefined }> {
    const created: unknown = await this.#create();
    const made = isRoleStore(created) ? { store: created } : created;
    if (!isRecord(made) || !isRoleStore(made['store'])) {
      throw expectation('the answer of `create`', 'a role store, or `{ store, reopen, cleanup }`', created);
    }
    const { store, reopen, cleanup } = made as Exclude<CreatedRoleStore, RoleStore>;
    if (cleanup !== undefined) this.#cleanups.push(cleanup);
    return { store: await this.open(store), reopen };
  }

  async open(store: unknown): Promise<RoleStore> {
    if (!isRoleStore(store)) throw expectation('the answer of `reopen`', 'a role store', store);
    this.#stores.push(store);
    await call(store, 'ready');
    return store;
  }

  /** Closes and cleans up, each of them whatever the others do; then rejects where one could not. */
  async clear(): Promise<void> {
    const failures: unknown[] = [];
    const closings = this.#stores.toReversed().map((store) => () => call(store, 'close'));
    for (const end of [...closings, ...this.#cleanups.toReversed()]) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

async function call(store: RoleStore, name: 'ready' | 'close'): Promise<void> {
  if (store[name] === undefined) return;
  const broken = (expected: string, got: string, cause?: unknown): Error =>
    new Error(`Broken: ${roleLifeRule}. Expected ${expected}, got ${got}`, { cause });
  let called: unknown;
  try {
    called = store[name]();
    await called;
  } catch (cause) {
    throw broken(`\`${name}\` to resolve`, `an error: ${String(cause)}`, cause);
  }
  if (!isPromise(called)) throw broken(`a promise from \`${name}\``, typeof called);
}

function isRoleStore(value: unknown): value is RoleStore {
  return isRecord(value) && typeof value['privilegesOf'] === 'function' && typeof value['grant'] === 'function';
}
