// A way to make a store goes in, the contract of every privilege store comes out, as cases for any test runner.

import { checkedChoice, checkedMembers, expectation } from '../core/options.ts';
import { answerRules } from './privilege-store-cases-answers.ts';
import { boundRules } from './privilege-store-cases-bounds.ts';
import { privilegeRules } from './privilege-store-cases-privileges.ts';
import { play } from './privilege-store-cases-scene.ts';
import type { CreateStore, HeldIssuers } from './privilege-store-cases-scene.ts';
import { subjectRules } from './privilege-store-cases-subjects.ts';

/** One rule of a store's contract. */
export interface StoreCase {
  /** The rule. */
  readonly name: string;
  /** Makes a store, tries it and closes it. Rejects with an Error that says which rule is broken, for whom and how. */
  readonly run: () => Promise<void>;
}

/** What a store cannot do is said here, and nowhere silently left out. */
export interface PrivilegeStoreCasesOptions {
  /**
   * The issuers whose subjects one store holds. `many`, the default: each subject with its own issuer. `one`: the seed has one,
   * and another issuer's subject of the same id must hold nothing. `any`: the store does not look at the issuer, and must say
   * so by `holdsForAnyIssuer`.
   */
  issuers?: HeldIssuers;
}

/**
 * The contract of a privilege store, one case for each rule. `create` is called by each case and makes a store that holds what
 * the seed says, and nothing else; the case waits for its `ready`, calls its `close`, and then the `cleanup` given beside it.
 *
 * Not checked: how a store is administered, what it announces by `onChange`, how it fails and how fast it is.
 *
 * @throws TypeError when `create` is no function, or an option is unknown or not of its type.
 */
export function privilegeStoreCases(create: CreateStore, options: PrivilegeStoreCasesOptions = {}): StoreCase[] {
  if (typeof create !== 'function') throw expectation('create', 'a function', create);
  const given = checkedMembers(options, 'options', ['issuers']);
  const issuers = checkedChoice<HeldIssuers>(given.issuers, 'issuers', ['many', 'one', 'any']);
  return rules.map((rule) => ({ name: rule.name, run: () => play(rule, create, issuers) }));
}

const rules = [...subjectRules, ...boundRules, ...privilegeRules, ...answerRules];
