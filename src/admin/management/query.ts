// The query of a call goes in, what it asks for comes out, or a fault that names the parameter.

import { excerpt, invalid, textAt } from './properties.ts';
import type { Bounds } from './properties.ts';

/** Parameters by name, each known and sent once. */
export type Query = ReadonlyMap<string, string>;

/** @throws RequestFault when a parameter is none of `known`, or is sent twice. */
export function queryOf(sent: URLSearchParams, known: readonly string[]): Query {
  const query = new Map<string, string>();
  for (const [name, value] of sent) {
    if (!known.includes(name)) throw invalid('Query', `Additional properties not allowed: ${excerpt(name)}`);
    if (query.has(name)) throw invalid('Query', 'Expected type string but found type array', name);
    query.set(name, value);
  }
  return query;
}

/** A whole number within bounds, which are named where it is none. */
export function numberIn(
  query: Query,
  name: string,
  fallback: number,
  { atLeast, atMost }: { readonly atLeast: number; readonly atMost: number },
): number {
  const text = query.get(name);
  if (text === undefined) return fallback;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= atLeast && value <= atMost) return value;
  throw invalid('Query', `Expected a whole number from ${atLeast} to ${atMost}, got ${excerpt(text)}`, name);
}

export function booleanIn(query: Query, name: string, fallback: boolean): boolean {
  const text = query.get(name);
  if (text === undefined) return fallback;
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalid('Query', `Expected true or false, got ${excerpt(text)}`, name);
}

/** Undefined: it was not sent, or is empty. */
export function choiceIn(query: Query, name: string, choices: readonly string[]): string | undefined {
  const text = query.get(name);
  if (text === undefined || text === '' || choices.includes(text)) return text === '' ? undefined : text;
  throw invalid('Query', `No enum match for: ${excerpt(text)}, expected one of ${choices.join(', ')}`, name);
}

/** Undefined: it was not sent, or is empty. */
export function textAsked(query: Query, name: string, bounds: Bounds): string | undefined {
  const text = query.get(name);
  return text === undefined || text === '' ? undefined : textAt('Query', name, text, bounds);
}

export function textRequired(query: Query, name: string, bounds: Bounds): string {
  const text = query.get(name);
  if (text === undefined) throw invalid('Query', `Missing required property: ${name}`);
  return textAt('Query', name, text, bounds);
}
