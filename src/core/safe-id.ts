// An identifier that somebody creates goes in; it must not be one that a pattern could take for more than one thing.

import { expectation } from './options.ts';

// What means something in a pattern, of either dialect, and what stands between names.
const unsafe = /[*?[\]{}\\:/]/;

/**
 * Checks an identifier at its creation, so that it can stand in a resource as one name: a data source whose id was `*` was
 * every data source (CVE-2024-1442). `name`: what it is called in the message.
 *
 * @throws TypeError when it is no string, empty, or holds one of `* ? [ ] { } \ : /`.
 */
export function assertSafeId(id: unknown, name = 'id'): asserts id is string {
  if (typeof id === 'string' && id !== '' && !unsafe.test(id)) return;
  throw expectation(name, 'a non-empty string without any of * ? [ ] { } \\ : /', id);
}
