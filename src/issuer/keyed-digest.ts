// A text and perhaps a key go in, a short digest comes out that only who has the key can find the text by (RFC 2104, FIPS 180-4).

import { createHmac, randomBytes } from 'node:crypto';

// Without a key of the application's, nobody outside of this process can try ids until one fits.
const keyOfThisProcess = randomBytes(32);

// 96 bits: two of a thousand million subjects share one with a chance of less than one in ten thousand million.
const characters = 16;

/** 16 characters of base64url. */
export function keyedDigest(text: string, key: Uint8Array = keyOfThisProcess): string {
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, characters);
}
