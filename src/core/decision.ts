// A question and what a request may do go in, a Decision comes out: permit, or what is lacking and why.

import type { Access } from './access.ts';
import type { Credentials } from './credentials.ts';
import { delegatingScope } from './delegation.ts';
import type { ScopePermissions } from './delegation.ts';
import type { Missing } from './errors.ts';
import type { PermissionCatalogue } from './permission.ts';
import type { PermissionSet } from './permission-set.ts';
import type { Privilege } from './privilege.ts';
import { next } from './next.ts';
import type { Hearing, PolicyFailure } from './policies.ts';
import {
  asMissing,
  cheapestWay,
  holds,
  isHeld,
  isSatisfied,
  permissionsAsked,
  resourceAsked,
  scopesFor,
} from './question.ts';
import type { PermissionQuestion, Question } from './question.ts';

/** Why a decision came out as it did, for one name that was asked. */
export type Reason =
  | {
      readonly permission: string;
      readonly on?: string;
      /** How it is delegated: the scope that does it, `implicit` where none is needed, or undefined where nothing does. */
      readonly delegatedBy?: { readonly scope: string } | 'implicit';
      /** The grants of it, each with its source; where a resource was asked, those that cover it. */
      readonly granted: readonly Privilege[];
      /** The denials that stand against it. */
      readonly denied: readonly Privilege[];
    }
  | { readonly policy: string; readonly permit: false };

/** What a requirement came to. `because` is worked out when it is read. */
export type Decision =
  | { readonly permit: true; readonly because: readonly Reason[] }
  | {
      readonly permit: false;
      /** Whose move it is: the user's (`scope`), an administrator's (`privilege`), or the API's own rule (`policy`). */
      readonly lacking: 'scope' | 'privilege' | 'policy';
      /** Never empty. */
      readonly missing: readonly Missing[];
      readonly because: readonly Reason[];
      /** The scopes that would be enough, separated by spaces; with `lacking: 'scope'` only. */
      readonly scope?: string;
    };

/** What a question is put to. */
export interface Asked {
  readonly question: Question;
  readonly credentials: Credentials;
  readonly scopePermissions: ScopePermissions;
  readonly catalogue: PermissionCatalogue | undefined;
  /** The route's parameters. */
  readonly params: object | undefined;
  /** All the names of each resource that has several. */
  readonly names?: ReadonlyMap<string, readonly string[]> | undefined;
  /** What the subject would hold if every scope were in the token: more, where scopes assign as well as delegate. */
  readonly heldWithEveryScope: (access: Access) => PermissionSet;
}

/** Step 1: whether the token delegates enough, as if the subject held every privilege. No store is needed for it. */
export function isDelegated({ question, credentials }: Asked): boolean {
  return isDelegatedBy(credentials, question);
}

export function isDelegatedBy(credentials: Credentials, question: Question): boolean {
  return isSatisfied(question, isDelegatedTo, credentials);
}

function isDelegatedTo({ permission }: PermissionQuestion, { delegated }: Credentials): boolean {
  return delegated === undefined || delegated.has(permission);
}

/** Steps 2 and 3: what the permissions come to, with policies taken as permitting. */
export function decideOnPermissions(asked: Asked, access: Access): Decision {
  const { question } = asked;
  if (!isDelegated(asked)) return scopeLacking(asked, access);
  if (isHeld(access.permissions, question, asked)) return permit(asked, access);
  const all = asked.heldWithEveryScope(access);
  const held = isHeld(all, question, asked);
  return held ? scopeLacking(asked, access) : privilegeLacking(asked, access);
}

function permit(asked: Asked, access: Access): Decision {
  let reasons: readonly Reason[] | undefined;
  // As `withReasons` does it, but many times as fast: most decisions are permits.
  return Object.freeze({
    permit: true,
    get because(): readonly Reason[] {
      return (reasons ??= Object.freeze(reasonsOf(asked, access)));
    },
  });
}

/** `access` is undefined where the token alone decides and the store was not asked. */
export function scopeLacking(asked: Asked, access: Access | undefined): Decision & { permit: false } {
  const { question, credentials, scopePermissions, params } = asked;
  const scopesOf = (permissions: readonly PermissionQuestion[]): string[] =>
    scopesFor(permissions, scopePermissions, credentials.scopes);
  const all = access === undefined ? undefined : asked.heldWithEveryScope(access);
  const way = cheapestWay(question, (permissions) => {
    const scopes = scopesOf(permissions);
    const unheld = all !== undefined && !permissions.every((one) => holds(all, one, asked));
    const unsent = scopes.filter((scope) => !credentials.scopes.has(scope)).length;
    return (unheld ? firstOf : 0) + scopes.length * thenOf + unsent;
  });
  const missing = way.filter((one) => !isDelegatedTo(one, credentials));
  const scope = scopesOf(way).join(' ');
  return withReasons({ permit: false, lacking: 'scope', missing: asMissings(missing, params), scope }, () =>
    reasonsOf(asked, access),
  );
}

// An alternative that is not held comes after every one that is; then the smallest counts, then what is sent already.
const thenOf = 1000;
const firstOf = thenOf * thenOf * thenOf;

function privilegeLacking(asked: Asked, access: Access): Decision {
  const { question, params } = asked;
  const all = asked.heldWithEveryScope(access);
  const lacks = (one: PermissionQuestion): boolean => !holds(all, one, asked);
  const missing = cheapestWay(question, (permissions) => permissions.filter(lacks).length).filter(lacks);
  return withReasons({ permit: false, lacking: 'privilege', missing: asMissings(missing, params) }, () =>
    reasonsOf(asked, access),
  );
}

// A policy has written to the parameters that the question is about: nobody holds what it was asked with.
function permissionLost(asked: Asked, access: Access): Decision {
  const decision = decideOnPermissions(asked, access);
  return decision.permit ? nowhere(asked) : decision;
}

/** What a policy, or a rule of the API by its reason, refuses. */
export function policyLacking(asked: Asked, access: Access, policy: string): Decision {
  return withReasons({ permit: false, lacking: 'policy', missing: Object.freeze([{ policy }]) }, () => [
    ...reasonsOf(asked, access),
    Object.freeze({ policy, permit: false }),
  ]);
}

/** What a rule of the API has taken away, where it would be a permit otherwise; undefined where it would not. */
export function ruleLacking(asked: Asked, access: Access, uncut: Access): Decision | undefined {
  const isPermitted = ({ permissions }: Access): boolean => isHeld(permissions, asked.question, asked);
  if (isPermitted(access) || !isPermitted(uncut)) return undefined;
  const lacks = (one: PermissionQuestion): boolean => !holds(access.permissions, one, asked);
  const missing = cheapestWay(asked.question, (permissions) => permissions.filter(lacks).length).filter(lacks);
  const outcome = { permit: false, lacking: 'policy', missing: asMissings(missing, asked.params) } as const;
  return withReasons(outcome, () => reasonsOf(asked, access));
}

function asMissings(questions: readonly PermissionQuestion[], params: object | undefined): readonly Missing[] {
  return Object.freeze(questions.map((one) => Object.freeze(asMissing(one, params))));
}

/** What a requirement comes to whose organization cannot be made of the parameters, or whose resource is not there. */
export function nowhere(asked: Asked): Decision & { permit: false } {
  const missing = asMissings(permissionsAsked(asked.question), asked.params);
  return withReasons({ permit: false, lacking: 'privilege', missing }, () => []);
}

// A permitted request pays nothing for an explanation that nobody reads.
function withReasons<Bare extends object>(
  outcome: Bare,
  explain: () => readonly Reason[],
): Bare & { readonly because: readonly Reason[] } {
  let reasons: readonly Reason[] | undefined;
  const because = { enumerable: true, get: () => (reasons ??= Object.freeze(explain())) };
  return Object.freeze(Object.defineProperty(outcome, 'because', because)) as Bare & { because: readonly Reason[] };
}

function reasonsOf(asked: Asked, access: Access | undefined): Reason[] {
  return permissionsAsked(asked.question).map((one) => reasonOf(one, asked, access?.privileges));
}

function reasonOf(one: PermissionQuestion, asked: Asked, privileges: PermissionSet | undefined): Reason {
  const { credentials, scopePermissions, params } = asked;
  const { permission } = one;
  const resource = resourceAsked(one, params);
  const scope = delegatingScope(permission, credentials.scopes, scopePermissions, asked.catalogue);
  const implicit = credentials.delegated === undefined ? ('implicit' as const) : undefined;
  const delegatedBy = implicit ?? (scope === undefined ? undefined : Object.freeze({ scope }));
  const unusable = one.where === 'on' && resource === undefined;
  const resources = resource === undefined ? [undefined] : (asked.names?.get(resource) ?? [resource]);
  const found =
    privileges === undefined || unusable ? [] : resources.map((name) => privileges.explain(permission, name));
  return Object.freeze({
    permission,
    ...(one.where === 'on' && { on: resource ?? one.template.text }),
    ...(delegatedBy !== undefined && { delegatedBy }),
    granted: Object.freeze([...new Set(found.flatMap(({ granted }) => granted))]),
    denied: Object.freeze([...new Set(found.flatMap(({ denied }) => denied))]),
  });
}

/** What a decision came to after the policies. */
export interface Outcome {
  readonly decision: Decision;
  /** What was thrown by the policy that refuses. */
  readonly failure: PolicyFailure | undefined;
  /** What other policies threw, which did not settle it. */
  readonly otherFailures: readonly PolicyFailure[];
}

/** What the policies of a question come to whose permissions suffice. */
export function decideOnPolicies(asked: Asked, hearing: Hearing): Outcome | Promise<Outcome> {
  return next(hearing.verdict, (given) => {
    const { access, failures } = hearing;
    if (typeof given === 'boolean') {
      const decision = given ? permit(asked, access) : permissionLost(asked, access);
      return { decision, failure: undefined, otherFailures: failures };
    }
    const { policy, failure } = given;
    const otherFailures = failures.filter((one) => one !== failure);
    return { decision: policyLacking(asked, access, policy), failure, otherFailures };
  });
}
