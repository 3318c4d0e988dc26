// What was wrong with one property goes in, the fault comes out, in the words of the management API.

import { RequestFault } from '../faults.ts';

/** Where a property came from. */
export type Part = 'Payload' | 'Path' | 'Query';

const codes: Record<Part, string> = {
  Payload: 'invalid_body',
  Path: 'invalid_uri',
  Query: 'invalid_query_string',
};

/** `property`: the path to it, `permissions[0].permission_name`; absent: the whole of it. */
export function invalid(part: Part, what: string, property?: string): RequestFault {
  const where = property === undefined ? '' : ` on property ${property}${meaning(property)}`;
  return new RequestFault(400, `${part} validation error: '${what}'${where}.`, { code: codes[part] });
}

const shown = 80;

/** What was sent, no more of it than can be read. */
export function excerpt(text: string): string {
  return text.length > shown ? `${text.slice(0, shown)}…` : text;
}

function meaning(property: string): string {
  const name = property.replace(/\[\d+\]$/, '').replace(/^.*\./, '');
  const meant = meanings.get(name);
  return meant === undefined ? '' : ` (${meant})`;
}

const meanings = new Map([
  ['id', 'the id of what is asked for'],
  ['permissions', 'what is given or taken'],
  ['resource_server_identifier', 'the identifier of an API'],
  ['permission_name', 'the name of a permission of that API'],
  ['roles', 'ids of roles'],
  ['users', 'ids of users'],
  ['page', 'which page, from 0'],
  ['per_page', 'how many on each page'],
  ['include_totals', 'whether totals are told'],
  ['from', 'where the page before ended'],
  ['take', 'how many'],
  ['name_filter', 'part of the name'],
  ['identifiers', 'identifiers of APIs'],
  ['identifier', 'what tokens for the API have as their audience'],
  ['scopes', 'the permissions of the API'],
  ['scope', 'names of permissions of the API'],
  ['audience', 'the identifier of an API'],
  ['client_id', 'the id of an application'],
  ['q', 'what users are searched by'],
  ['fields', 'names of fields'],
  ['include_fields', 'whether those fields are shown, or all others'],
]);

/** Databases refuse the one and change the other. */
export function isKeepable(text: string): boolean {
  return !text.includes('\0') && !loneSurrogate.test(text);
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Bounds of a text or a list, its length included. */
export interface Bounds {
  readonly atLeast?: number;
  readonly atMost: number;
}

/** The longest texts there are, in UTF-16 units. */
export const longest = Object.freeze({
  id: 512,
  role: 190,
  identifier: 600,
  permission: 280,
  name: 190,
  description: 2000,
  checkpoint: 16_384,
});

/** @throws RequestFault when it is no text within these bounds. */
export function textAt(part: Part, property: string, value: unknown, { atLeast = 1, atMost }: Bounds): string {
  if (typeof value !== 'string') throw invalid(part, `Expected type string but found type ${typeOf(value)}`, property);
  const { length } = value;
  if (length < atLeast) throw invalid(part, `String is too short (${length} chars), minimum ${atLeast}`, property);
  if (length > atMost) throw invalid(part, `String is too long (${length} chars), maximum ${atMost}`, property);
  if (!isKeepable(value)) throw invalid(part, 'String holds characters that are no text', property);
  return value;
}

/** What JSON calls it (RFC 8259 section 3). */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
