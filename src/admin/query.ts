// The query of a call goes in, its checked values come out; what is not as it must be is a 400 that names the parameter.

import type { PageRequest } from '../core/role-store.ts';
import { RequestFault } from './faults.ts';
import { excerpt } from './management/properties.ts';

/** @throws RequestFault when a parameter is unknown, or comes twice. */
export function checkedQuery<Name extends string>(
  query: URLSearchParams,
  known: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    if (!(known as readonly string[]).includes(name)) throw wrong(excerpt(name), `one of ${known.join(', ')}`);
    if (values.has(name)) throw wrong(name, 'given once');
    values.set(name, value);
  }
  return Object.fromEntries(values) as Partial<Record<Name, string>>;
}

/** The parameters of a page: `take` 1 to 100 (default 50), and `after` or `offset`. */
export const pageNames = ['take', 'after', 'offset'] as const;

/** @throws RequestFault when one of them is not as it must be. */
export function pageIn(values: Readonly<Partial<Record<(typeof pageNames)[number], string>>>): PageRequest {
  const { take, after, offset } = values;
  if (after !== undefined && offset !== undefined) throw wrong('offset', 'absent beside `after`');
  return {
    take: wholeNumber('take', take ?? '50', { atLeast: 1, atMost: 100 }),
    ...(after !== undefined && { after }),
    ...(offset !== undefined && { offset: wholeNumber('offset', offset, { atLeast: 0, atMost: 1_000_000 }) }),
  };
}

/** @throws RequestFault when it is no whole number within these bounds. */
export function wholeNumber(
  name: string,
  value: string,
  { atLeast, atMost }: { atLeast: number; atMost: number },
): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= atLeast && number <= atMost) return number;
  throw wrong(name, `a whole number from ${atLeast} to ${atMost}`);
}

/** @throws RequestFault when it is none of these. */
export function oneOf<Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw wrong(name, choices.join(' or '));
  return found;
}

export function wrong(name: string, expected: string): RequestFault {
  return new RequestFault(400, `Expected \`${name}\` to be ${expected}`, { code: 'invalid_query_string' });
}
