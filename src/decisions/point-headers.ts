// Headers, or a function that is asked for them, go in; what is sent to a decision point comes out. They are secrets: no message
// repeats them.

import { secretExpectation } from '../core/options.ts';

/** Headers by their names, or a function that is asked for them before each call. */
export type HeadersToSend =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);

export type CheckedHeaders = Headers | (() => unknown);

/** @throws TypeError when they cannot be sent. */
export function checkedHeaders(value: unknown): CheckedHeaders {
  if (value === undefined) return new Headers();
  if (typeof value === 'function') return value as () => unknown;
  return headersIn(value, '`headers`');
}

/** @throws TypeError when a function gives what cannot be sent; rejects with what it throws. */
export async function headersToSend(headers: CheckedHeaders): Promise<Headers> {
  const own = typeof headers === 'function' ? headersIn(await headers(), 'the answer of `headers`') : headers;
  const sent = new Headers(own);
  sent.set('content-type', 'application/json');
  sent.set('accept', 'application/json');
  return sent;
}

function headersIn(value: unknown, what: string): Headers {
  const wrong = secretExpectation(what.replaceAll('`', ''), 'an object from names of headers to their values');
  // A list, a Map and `Headers` keep theirs where nobody looks for them here: nothing would be sent.
  const isByNames = typeof value === 'object' && value !== null && !(Symbol.iterator in value);
  if (!isByNames) throw wrong;
  const headers = new Headers();
  for (const [name, text] of Object.entries(value as Record<string, unknown>)) {
    if (typeof text !== 'string') throw wrong;
    try {
      headers.append(name, text);
    } catch {
      // The platform's message quotes the value.
      throw wrong;
    }
  }
  return headers;
}

/** Whether both send the same: functions are asked anew, so only the same one does. */
export function sendsTheSame(one: CheckedHeaders, other: CheckedHeaders): boolean {
  if (one === other) return true;
  if (typeof one === 'function' || typeof other === 'function') return false;
  return JSON.stringify([...one]) === JSON.stringify([...other]);
}
