// Texts of any length and with any character go in, what the database can keep and find them by comes out.

import { hash } from 'node:crypto';
import type { Person } from '../core/role-store.ts';
import { personKey } from './records.ts';

/** SHA-256, as a `bytea` is written: an index takes no entry of more than some 2,700 bytes. */
export function digest(text: string): string {
  return `\\x${hash('sha256', text)}`;
}

export function personDigest(person: Person): string {
  return digest(personKey(person));
}

// Too long a text would not fit the index; what is equal so far is told apart by the digest.
const sortLength = 160;

/** Where a subject stands in lists of subjects. */
export function personSort(person: Person): string {
  return personKey(person)
    .slice(0, sortLength)
    .replace(/[\uD800-\uDBFF]$/, '');
}

const unstorable = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Whether a text of the database can be this one: NUL and half a surrogate pair are refused or changed on the way. */
export function isStorable(text: string): boolean {
  return !unstorable.test(text);
}

/** What comes before the first character that cannot be stored. */
export function storablePart(text: string): string {
  return text.slice(0, unstorable.exec(text)?.index);
}
