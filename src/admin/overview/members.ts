// The JSON of a body goes in, its checked members come out; what is not as it must be is a 400 that names the member.

import { isRecord } from '../../core/options.ts';
import { RequestFault } from '../faults.ts';
import { excerpt } from '../management/properties.ts';

/** @throws RequestFault when it is no object, or has a member that is not in `known`. */
export function membersOf<Name extends string>(
  value: unknown,
  name: string,
  known: readonly Name[],
): { readonly [Key in Name]?: unknown } {
  if (!isRecord(value)) throw amiss(name, 'an object');
  for (const key of Object.keys(value)) {
    if (!(known as readonly string[]).includes(key))
      throw amiss(`${name}.${excerpt(key)}`, `absent: ${known.join(', ')} are known`);
  }
  return Object.fromEntries(known.filter((key) => Object.hasOwn(value, key)).map((key) => [key, value[key]])) as {
    [Key in Name]?: unknown;
  };
}

/** @throws RequestFault when it is no text of 1 to so many characters. */
export function text(value: unknown, name: string, atMost = 1000): string {
  if (typeof value !== 'string' || value === '' || value.length > atMost)
    throw amiss(name, `a text of 1 to ${atMost} characters`);
  return value;
}

export function optionalText(value: unknown, name: string): string | undefined {
  return value === undefined ? undefined : text(value, name);
}

/** @throws RequestFault when it is no list of at most so many. */
export function list(value: unknown, name: string, atMost = 1000): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > atMost)
    throw amiss(name, `a list of 1 to ${atMost}`);
  return value;
}

export function amiss(name: string, expected: string): RequestFault {
  return new RequestFault(400, `Expected \`${name}\` to be ${expected}`, { code: 'invalid_body' });
}
