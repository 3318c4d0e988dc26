// Addresses go in, origins that may stand in a content security policy as they are come out (CSP level 3, section 2.3.1).

import { expectation } from '../../core/options.ts';

/** Of an address. @throws TypeError when it is none, or its host is neither a name nor an IPv4 address. */
export function originOf(address: string, name: string): string {
  const origin = URL.canParse(address) ? new URL(address).origin : '';
  if (!isPlain(origin)) {
    throw expectation(name, 'an http(s) address whose host is a name or an IPv4 address, for the dashboard', address);
  }
  return origin;
}

/** @throws TypeError when it is no list of origins, written as a browser writes them. */
export function checkedOrigins(value: unknown, name: string): readonly string[] {
  if (value === undefined) return Object.freeze([]);
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string' && isPlain(one) && isOrigin(one));
  if (!isList) throw expectation(name, "a list of http(s) origins, such as 'https://login.example'", value);
  return Object.freeze([...(value as string[])]);
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

// A URL may have a host of `*`, or one with `;`, `,` or quotes in it: in a policy these say something else. An IPv6 address is none
// that a policy can name.
function isPlain(origin: string): boolean {
  return /^https?:\/\/[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?(?::[0-9]{1,5})?$/.test(origin);
}
