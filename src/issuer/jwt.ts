// A compact JWS goes in, its header and claims come out unverified, or an InvalidTokenError: the strict reading of RFC 7515
// section 5.2 and RFC 7519 section 7.2.

import { isAscii, isUtf8 } from 'node:buffer';
import { isRecord } from '../core/options.ts';
import type { Claims, JoseHeader } from '../core/token.ts';
import { invalidToken } from './faults.ts';

/** What a token says of itself; nothing here is proved. */
export interface ParsedToken {
  readonly header: JoseHeader;
  readonly claims: Claims;
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly encodedHeader: string;
  /** What is signed: header and payload as they were sent (RFC 7515 section 5.1). */
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

/** What a header says; every token of one issuer and key has the same, so it is read once and shared. */
export type ParsedHeader = Pick<ParsedToken, 'header' | 'algorithm' | 'keyId'>;

/** @throws InvalidTokenError when the text is no JSON Web Token that could be verified. */
export function parseToken(token: string, knownHeaders: ReadonlyMap<string, ParsedHeader>): ParsedToken {
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second <= first + 1 || second === token.length - 1)
    throw invalidToken('the token is not three parts');
  // A fourth part would stand in the signature, whose letters have no dot.
  const signature = bytesOf(token.slice(second + 1), 'signature');
  const encodedHeader = token.slice(0, first);
  const { header, algorithm, keyId } = knownHeaders.get(encodedHeader) ?? readHeader(objectOf(encodedHeader, 'header'));
  const claims = objectOf(token.slice(first + 1, second), 'payload');
  return { encodedHeader, header, algorithm, keyId, claims, signingInput: token.slice(0, second), signature };
}

function readHeader(header: JoseHeader): ParsedHeader {
  refuseExtensions(header);
  const algorithm = own(header, 'alg');
  if (typeof algorithm !== 'string' || algorithm === '') throw invalidToken('`alg` is not a text');
  const keyId = own(header, 'kid');
  if (keyId !== undefined && (typeof keyId !== 'string' || keyId === '')) throw invalidToken('`kid` is not a text');
  return { header, algorithm, keyId };
}

/** No extension is understood here, so none may be critical: RFC 7515 section 4.1.11; a JWT's payload is encoded: RFC 7797 section 7. */
function refuseExtensions(header: JoseHeader): void {
  if (Object.hasOwn(header, 'crit')) throw invalidToken('the header has `crit`, and no extension is understood');
  if (Object.hasOwn(header, 'b64') && header['b64'] !== true)
    throw invalidToken('the payload is said not to be base64url');
}

function own(header: JoseHeader, name: string): unknown {
  return Object.hasOwn(header, name) ? header[name] : undefined;
}

// Read and forgotten before anybody else can write to it; larger parts get a place of their own.
const scratch = Buffer.allocUnsafeSlow(8192);

function objectOf(part: string, name: string): Record<string, unknown> {
  const value = jsonOf(textOf(part.length > scratch.length ? bytesOf(part, name) : scratchOf(part, name), name), name);
  if (!isRecord(value)) throw invalidToken(`the ${name} is not a JSON object`);
  return value;
}

function scratchOf(part: string, name: string): Buffer {
  const length = scratch.write(part, 'base64url');
  checkEncoding(part, length, name);
  return scratch.subarray(0, length);
}

/** The one encoding of the bytes, RFC 4648 section 3.5: no padding, no other letters, no stray bits at the end. */
function bytesOf(part: string, name: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  checkEncoding(part, bytes.length, name);
  return bytes;
}

/** `length`: of the bytes that came out. */
function checkEncoding(part: string, length: number, name: string): void {
  // What is no letter of the alphabet is left out of the bytes, but for the two of the other alphabet.
  const complete = length === Math.floor((part.length * 3) / 4) && part.length % 4 !== 1;
  if (!complete || hasStrayBits(part) || part.includes('+') || part.includes('/')) {
    throw invalidToken(`the ${name} is not base64url`);
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function hasStrayBits(part: string): boolean {
  const surplus = part.length % 4;
  if (surplus === 0) return false;
  const last = alphabet.indexOf(part.charAt(part.length - 1));
  return (last & (surplus === 2 ? 0b1111 : 0b11)) !== 0;
}

function textOf(bytes: Buffer, name: string): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) throw invalidToken(`the ${name} is not UTF-8`);
  // A byte order mark stays in the text, where JSON does not allow it: RFC 8259 section 8.1
  return bytes.toString('utf8');
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the token.
    throw invalidToken(`the ${name} is not JSON`);
  }
}

// RFC 8259 section 9 allows a limit; no claim of an access token comes near it, and whoever walks the claims later may recurse.
const maxDepth = 64;

// What objects and their members take in memory, about.
const bytesOfObject = 56;
const bytesOfMember = 24;

/**
 * Freezes all of it, and estimates the bytes that its objects take beside their texts. Level by level, without recursion: how
 * deep a token is nested is its sender's choice.
 *
 * @throws InvalidTokenError when it is nested deeper than any access token is.
 */
export function frozenBytes(root: object): number {
  let bytes = 0;
  let level: object[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === maxDepth) throw invalidToken(`the token is nested deeper than ${maxDepth} levels`);
    const below: object[] = [];
    for (const value of level) {
      bytes += bytesOfObject;
      // Parsed JSON has own members only.
      for (const name in value) {
        bytes += bytesOfMember;
        const member: unknown = (value as Record<string, unknown>)[name];
        if (typeof member === 'object' && member !== null) below.push(member);
      }
      Object.freeze(value);
    }
    level = below;
  }
  return bytes;
}
