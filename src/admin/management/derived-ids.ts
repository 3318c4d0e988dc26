// What a thing is known by goes in, an id in the form that Auth0's clients know comes out, the same each time: nothing keeps it.

import { createHash } from 'node:crypto';

/** 24 hexadecimal digits: 96 bits of SHA-256. */
export function hexIdOf(name: string): string {
  return digestOf(name).toString('hex').slice(0, 24);
}

function digestOf(name: string): Buffer {
  return createHash('sha256').update(name).digest();
}
