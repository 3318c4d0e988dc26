// The body of a call goes in, what it says comes out, or a fault that names the property: nothing that is not known is passed over.

import { isRecord } from '../../core/options.ts';
import { excerpt, invalid, textAt, typeOf } from './properties.ts';
import type { Bounds } from './properties.ts';

/** The properties of an object, and which of them must be there. */
export interface Shape<Required extends string, Optional extends string> {
  readonly required?: readonly Required[];
  readonly optional?: readonly Optional[];
}

/** An object's own properties; what was left out is undefined. `property`: the path to it; absent: it is the body. */
export function membersOf<Required extends string = never, Optional extends string = never>(
  value: unknown,
  { required = [], optional = [] }: Shape<Required, Optional>,
  property?: string,
): { readonly [Name in Required | Optional]?: unknown } {
  if (!isRecord(value)) throw invalid('Payload', `Expected type object but found type ${foundIn(value)}`, property);
  const known: readonly string[] = [...required, ...optional];
  const other = Object.keys(value).find((name) => !known.includes(name));
  if (other !== undefined) throw invalid('Payload', `Additional properties not allowed: ${excerpt(other)}`, property);
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw invalid('Payload', `Missing required property: ${missing}`, property);
  const own = known.filter((name) => Object.hasOwn(value, name)).map((name) => [name, value[name]]);
  return Object.fromEntries(own) as { [Name in Required | Optional]?: unknown };
}

function foundIn(value: unknown): string {
  return value === undefined ? 'undefined' : typeOf(value);
}

export function textIn(value: unknown, property: string, bounds: Bounds): string {
  return textAt('Payload', property, value, bounds);
}

export function listIn(value: unknown, property: string, { atLeast = 1, atMost }: Bounds): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw invalid('Payload', `Expected type array but found type ${foundIn(value)}`, property);
  }
  const { length } = value;
  if (length < atLeast) throw invalid('Payload', `Array is too short (${length}), minimum ${atLeast}`, property);
  if (length > atMost) throw invalid('Payload', `Array is too long (${length}), maximum ${atMost}`, property);
  return value;
}

/** Texts, each once. */
export function textsIn(value: unknown, property: string, { list, text }: { list: Bounds; text: Bounds }): string[] {
  const items = listIn(value, property, list);
  return [...new Set(items.map((one, at) => textIn(one, `${property}[${at}]`, text)))];
}
