// A way to make a role store goes in, the contract of every role store comes out, as cases for any test runner.

import { checkedChoice, checkedMembers, checkedNumber, expectation } from '../core/options.ts';
import type { StoreCase } from './privilege-store-cases.ts';
import { announcementRules } from './role-store-cases-announcements.ts';
import { apartRules } from './role-store-cases-apart.ts';
import { apiRules } from './role-store-cases-apis.ts';
import { auditRules } from './role-store-cases-audit.ts';
import { ceilingRules } from './role-store-cases-ceiling.ts';
import { roleCeilingRules } from './role-store-cases-ceiling-roles.ts';
import { conditionRules } from './role-store-cases-conditions.ts';
import { findingRules } from './role-store-cases-finding.ts';
import { grantRules } from './role-store-cases-grants.ts';
import { inheritanceRules } from './role-store-cases-inheritance.ts';
import { inputRules } from './role-store-cases-input.ts';
import { roleInputRules } from './role-store-cases-input-roles.ts';
import { queryRules } from './role-store-cases-queries.ts';
import { roleRules } from './role-store-cases-roles.ts';
import { assignmentRules } from './role-store-cases-assignments.ts';
import { batchAlikeRules } from './role-store-cases-batch-alike.ts';
import { batchBoundRules } from './role-store-cases-batch-bounds.ts';
import { batchRules } from './role-store-cases-batches.ts';
import { cachedRules } from './role-store-cases-cached.ts';
import { endRules } from './role-store-cases-ends.ts';
import { handleRules } from './role-store-cases-handles.ts';
import { nameRules } from './role-store-cases-names.ts';
import { orderRules } from './role-store-cases-order.ts';
import { pageRules } from './role-store-cases-pages.ts';
import { textRules } from './role-store-cases-texts.ts';
import { playRole } from './role-store-cases-scene.ts';
import type { CreateRoleStore, RoleRule } from './role-store-cases-scene.ts';
import type { RoleStoreSettings } from './role-store-cases-tried.ts';
import { writerRules } from './role-store-cases-writers.ts';

/** What a store cannot do is said here, and nowhere silently left out. */
export interface RoleStoreCasesOptions {
  /**
   * `many`, the default: the store tells the issuers of subjects apart. `any`: it does not look at the issuer, and must say so by
   * `holdsForAnyIssuer`.
   */
  issuers?: 'many' | 'any';
  /**
   * `several`, the default: what is kept can be opened more than once at the same time, as by several processes: `create` gives
   * `reopen`. `one`: it belongs to one store, as what is kept in memory does.
   */
  handles?: 'one' | 'several';
  /**
   * `given`, the default: `reopen` opens the store with the catalogue that it is handed. `none`: it opens it as `create` does, and no
   * case is about names that one permission has beside its own.
   */
  catalogue?: 'given' | 'none';
  /** How long another handle may take to see a change and to tell of it, in milliseconds. Default 5000. */
  withinMs?: number;
}

/**
 * The contract of a role store, one case for each rule. `create` is called by each case, by some more than once, and makes a
 * store in which nothing is; the case waits for its `ready`, calls its `close`, and then the `cleanup` given beside it.
 *
 * A refusal is known by its `code`, so that a store may have error classes of its own; an Access must be one of this package.
 * Resource patterns are those of the `prefix` dialect.
 *
 * Not checked: how the store fails, how fast it is, and how long it keeps its audit.
 *
 * @throws TypeError when `create` is no function, or an option is unknown or not of its type.
 */
export function roleStoreCases(create: CreateRoleStore, options: RoleStoreCasesOptions = {}): StoreCase[] {
  if (typeof create !== 'function') throw expectation('create', 'a function', create);
  const given = checkedMembers(options, 'options', ['issuers', 'handles', 'catalogue', 'withinMs']);
  const settings = Object.freeze({
    issuers: checkedChoice(given.issuers, 'issuers', ['many', 'any']),
    handles: checkedChoice(given.handles, 'handles', ['several', 'one']),
    catalogue: checkedChoice(given.catalogue, 'catalogue', ['given', 'none']),
    withinMs: checkedNumber(given.withinMs, 'withinMs', 5000, { atLeast: 1 }),
  });
  return rules
    .filter(({ only = {} }) => isOfKind(settings, only))
    .map((rule) => ({ name: rule.name, run: () => playRole(rule, create, settings) }));
}

function isOfKind(settings: RoleStoreSettings, only: NonNullable<RoleRule['only']>): boolean {
  const { issuers, handles, catalogue } = { ...settings, ...only };
  return issuers === settings.issuers && handles === settings.handles && catalogue === settings.catalogue;
}

const rules: readonly RoleRule[] = [
  ...grantRules,
  ...endRules,
  ...apartRules,
  ...textRules,
  ...roleRules,
  ...apiRules,
  ...assignmentRules,
  ...inheritanceRules,
  ...auditRules,
  ...ceilingRules,
  ...roleCeilingRules,
  ...announcementRules,
  ...cachedRules,
  ...queryRules,
  ...pageRules,
  ...orderRules,
  ...writerRules,
  ...handleRules,
  ...batchRules,
  ...batchAlikeRules,
  ...batchBoundRules,
  ...conditionRules,
  ...findingRules,
  ...nameRules,
  ...inputRules,
  ...roleInputRules,
];
