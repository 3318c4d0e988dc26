// What is asked, once it has been checked, and what may be looked at to answer it.

import type { OrganizationAsked, Question } from './question.ts';
import type { Requirement } from './requirement.ts';

/** A requirement that has been checked, with the question it asks. */
export interface CheckedRequirement {
  readonly requirement: Requirement;
  readonly question: Question;
  readonly organization: OrganizationAsked | undefined;
  readonly hasPolicy: boolean;
}

/** What a decision may look at beside the access. */
export interface DecisionContext {
  /** Handed to policies and hooks as it is. */
  request?: unknown;
  /** The route's parameters. */
  params?: object | undefined;
}

/** How a guard decides. */
export interface GuardContext extends DecisionContext {
  /** When it began: what `begin` said. Default: now. */
  begunMs?: number;
  /** Whether its 403 is an answer, or only told. Default: true. */
  isEnforced?: boolean;
}
