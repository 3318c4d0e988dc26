// What guards ask goes in, OpenAPI's Security Requirement Objects come out (OpenAPI 3.1, section 4.8.30): one for each set of scopes
// that a token may come with.

import { scopeToAskFor } from '../core/delegation.ts';
import type { Question } from '../core/question.ts';
import { isGuard } from './asks.ts';
import type { Asks } from './asks.ts';

/** From the name of a scheme to the scopes that are needed. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

type Alternatives = readonly (readonly string[])[];

const noScope: Alternatives = [[]];
const noScopes: ReadonlySet<string> = new Set();

/** More alternatives than anybody reads: the scopes are left out. */
const most = 32;

/** An empty list: no token is needed. */
export function securityOf(asks: readonly Asks[], scheme: string): SecurityRequirement[] {
  const guards = asks.filter(isGuard);
  if (guards.length === 0) return asks.some(({ kind }) => kind === 'anyone') ? [{}, { [scheme]: [] }] : [];
  const all = guards.map(alternativesOf).reduce(both);
  return (all.length > most ? noScope : all).map((scopes) => ({ [scheme]: scopes }));
}

/** Scopes that are asked for, with what the catalogue says of the permission that is called so. */
export function scopesOf(asks: readonly Asks[]): Map<string, string> {
  const named = new Map<string, string>();
  for (const one of asks) {
    const catalogue = one.kind === 'demand' ? one.catalogue : undefined;
    for (const scope of alternativesOf(one).flat()) named.set(scope, catalogue?.definition(scope)?.description ?? '');
  }
  return named;
}

/** What one guard insists on; a requirement that each request makes is not known before. */
function alternativesOf(asks: Asks): Alternatives {
  if (asks.kind !== 'demand' || !asks.isEnforced || typeof asks.demand === 'function') return noScope;
  const { scopePermissions } = asks;
  return ways(asks.demand.question, (permission) => scopeToAskFor(permission, scopePermissions, noScopes));
}

function ways(question: Question, scopeOf: (permission: string) => string): Alternatives {
  switch (question.kind) {
    case 'permission':
      return [[scopeOf(question.permission)]];
    case 'policy':
      return noScope;
    case 'all':
      return question.parts.map((part) => ways(part, scopeOf)).reduce(both);
    case 'any':
      return least(question.parts.flatMap((part) => ways(part, scopeOf)));
  }
}

function both(some: Alternatives, others: Alternatives): Alternatives {
  if (some.length * others.length > most * most) return noScope;
  return least(some.flatMap((one) => others.map((other) => [...new Set([...one, ...other])].toSorted())));
}

/** Without those that ask for all that another one asks for. */
function least(alternatives: Alternatives): Alternatives {
  return alternatives.filter((one, index) => {
    return !alternatives.some((other, at) => {
      const isWithin = at !== index && other.every((scope) => one.includes(scope));
      return isWithin && (other.length < one.length || at < index);
    });
  });
}
