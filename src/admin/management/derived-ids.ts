// What a thing is known by goes in, an id in the form that Auth0's clients know comes out, the same each time: nothing keeps it.

import { createHash } from 'node:crypto';

/** 24 hexadecimal digits: 96 bits of SHA-256. */
export function hexIdOf(name: string): string {
  return digestOf(name).toString('hex').slice(0, 24);
}

const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** So many letters and digits, nearly 6 bits each. At most 32. */
export function alphanumericIdOf(name: string, length: number): string {
  let rest = BigInt(`0x${digestOf(name).toString('hex')}`);
  let id = '';
  while (id.length < length) {
    id += alphanumerics[Number(rest % BigInt(alphanumerics.length))];
    rest /= BigInt(alphanumerics.length);
  }
  return id;
}

function digestOf(name: string): Buffer {
  return createHash('sha256').update(name).digest();
}
