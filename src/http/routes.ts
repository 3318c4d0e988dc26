// What a walk has found goes in, what a person reads comes out: method, path, and in words what is asked of a request there.

import type { Requirement } from '../core/requirement.ts';
import { isGuard } from './asks.ts';
import type { Asks } from './asks.ts';
import type { Demand } from './guarding.ts';

/** One route of an application, and what stands before its handler. */
export interface RouteAudit {
  /** `GET`; `ALL` where it takes every method. */
  readonly method: string;
  /** As it was registered, with the paths of the routers above: `/orgs/:org/contacts`; a regular expression as its source. */
  readonly path: string;
  /** In words: `read:contacts`, `signed in (not enforced: read:contacts)`, `users:read on users:id:{id}`, `signed in`, `decided per request`, `nothing`. */
  readonly requirement: string;
  /** Whether a guard stands before the handler on every way to it; `authenticate({ required: false })` is none. */
  readonly guarded: boolean;
  /** False where a guard with `enforce: false` reports what it should refuse: who is signed in passes it. */
  readonly enforced: boolean;
  /** Whether `publicRoute()` marks it. */
  readonly public: boolean;
  /** What to look at twice. */
  readonly notes: readonly string[];
}

/** One route as a walk finds it. */
export interface FoundRoute {
  readonly method: string;
  readonly path: string;
  /** What stands before the handler, in order. */
  readonly asks: readonly Asks[];
  readonly notes: readonly string[];
  /** What the walk cannot see into. */
  readonly unseen?: string | undefined;
  /** Whether a router in there would make itself known at run time all the same. */
  readonly isComposed?: boolean | undefined;
  /** Whether what is in there refuses by itself what nothing guards. */
  readonly refusesByItself?: boolean | undefined;
}

export function auditOf({ method, path, asks, notes, unseen }: FoundRoute): RouteAudit {
  const words = requirementIn(asks);
  return Object.freeze({
    method,
    path,
    requirement: unseen === undefined || words !== 'nothing' ? words : 'cannot be seen',
    guarded: asks.some(isGuard),
    enforced: !asks.some(isReporting),
    public: asks.some(({ kind }) => kind === 'public'),
    notes: Object.freeze([
      ...(unseen === undefined ? [] : [`the walk cannot see into ${unseen}`]),
      ...new Set(notes),
      ...(path.includes('/…') ? ['the package `router` keeps no paths before version 2.3'] : []),
      ...(asks.some(isReporting) ? ['a guard here reports what it should refuse, and lets it through'] : []),
      ...(/:\w/.test(path) ? anywhereIn(asks).map(anywhereNote) : []),
    ]),
  });
}

/** Those that neither a guard stands before nor a mark opens. */
export function unguardedIn(found: readonly FoundRoute[]): RouteAudit[] {
  return found.map(auditOf).filter((route) => !route.guarded && !route.public);
}

function requirementIn(asks: readonly Asks[]): string {
  const demands = asks.flatMap((one) => (one.kind === 'demand' ? [one] : []));
  const words = demands.flatMap(({ demand, isEnforced }) => (isEnforced ? [demandInWords(demand)] : []));
  const reported = demands.flatMap(({ demand, isEnforced }) => (isEnforced ? [] : [demandInWords(demand)]));
  const unenforced = reported.length > 0 ? ` (not enforced: ${[...new Set(reported)].join(' and ')})` : '';
  // A requirement asks for a sign-in too.
  if (words.length > 0) return [...new Set(words)].join(' and ') + unenforced;
  const kinds = new Set(asks.map(({ kind }) => kind));
  if (kinds.has('signed-in') || reported.length > 0) return `signed in${unenforced}`;
  if (kinds.has('anyone')) return 'signed in or anonymous';
  return 'nothing';
}

function isReporting(asks: Asks): boolean {
  return asks.kind === 'demand' && !asks.isEnforced;
}

/** What one guard asks. */
export function demandInWords(demand: Demand): string {
  return typeof demand === 'function' ? 'decided per request' : inWords(demand.requirement);
}

function inWords(requirement: Requirement): string {
  if (typeof requirement === 'string') return requirement;
  if ('policy' in requirement) return `the policy "${requirement.policy}"`;
  if ('allOf' in requirement) return requirement.allOf.map(asPart).join(' and ');
  if ('anyOf' in requirement) return requirement.anyOf.map(asPart).join(' or ');
  if ('inOrganization' in requirement) {
    const { inOrganization: organization } = requirement;
    const where = organization === null ? 'in no organization' : `in organization ${organization}`;
    return `${asPart(requirement.requirement)} ${where}`;
  }
  return 'anywhere' in requirement
    ? `${requirement.permission} anywhere`
    : `${requirement.permission} on ${requirement.on}`;
}

function asPart(requirement: Requirement): string {
  const words = inWords(requirement);
  const isList = typeof requirement === 'object' && ('allOf' in requirement || 'anyOf' in requirement);
  return isList && words.includes(' ') ? `(${words})` : words;
}

function anywhereIn(asks: readonly Asks[]): string[] {
  return asks.flatMap((one) => {
    return one.kind === 'demand' && typeof one.demand === 'object' ? anywheres(one.demand.requirement) : [];
  });
}

function anywheres(requirement: Requirement): string[] {
  if (typeof requirement === 'string' || 'policy' in requirement) return [];
  if ('allOf' in requirement) return requirement.allOf.flatMap(anywheres);
  if ('anyOf' in requirement) return requirement.anyOf.flatMap(anywheres);
  if ('inOrganization' in requirement) return anywheres(requirement.requirement);
  return 'anywhere' in requirement ? [requirement.permission] : [];
}

function anywhereNote(permission: string): string {
  return `\`${permission}\` is asked anywhere, although the path names a resource: \`on\` asks for that one`;
}
