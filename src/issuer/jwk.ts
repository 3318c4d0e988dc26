// A member of a JSON Web Key Set goes in, a public key that can verify comes out, or nothing: what is not understood is
// ignored, not an error (RFC 7517 section 5, RFC 7518 section 6).

import { importJWK, type CryptoKey, type JWK } from 'jose';
import { isRecord } from '../core/options.ts';

/** One usable public key of a set. */
export interface PublicKey {
  readonly keyId: string | undefined;
  /** The same for keys that verify the same. */
  readonly fingerprint: string;
  fits(algorithm: string): boolean;
  /** Resolves to undefined where the numbers of the key make no key. */
  import(algorithm: string): Promise<CryptoKey | undefined>;
}

/** The signature algorithms that a public key verifies (RFC 7518 section 3.1, RFC 8037, RFC 9864), and the keys they ask for. */
const keyTypes: Readonly<Record<string, { readonly kty: string; readonly crv?: string }>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
};

export const asymmetricAlgorithms: ReadonlySet<string> = new Set(Object.keys(keyTypes));

/** The members that make the key itself (RFC 7518 section 6); no other reaches the import. */
const numbers: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
]);

// RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1: a key that holds one of these is no public key.
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

export function publicKey(member: unknown): PublicKey | undefined {
  if (!isRecord(member) || !isForVerifying(member)) return undefined;
  const jwk = numbersOf(member);
  if (jwk === undefined || (jwk.kty === 'RSA' && !isStrongRsa(jwk))) return undefined;
  const { alg, kid } = member as JWK;
  const imports = new Map<string, Promise<CryptoKey | undefined>>();
  return {
    keyId: kid,
    fingerprint: JSON.stringify([jwk, alg, kid]),
    fits: (algorithm) => (alg === undefined || alg === algorithm) && isOfType(jwk, algorithm),
    import: (algorithm) => {
      const imported = imports.get(algorithm) ?? importedKey(jwk, algorithm);
      imports.set(algorithm, imported);
      return imported;
    },
  };
}

/** RFC 7517 sections 4.2 to 4.5: what the key says it is for. */
function isForVerifying(member: Record<string, unknown>): boolean {
  const { use, key_ops: operations, alg, kid } = member;
  return (
    !secretMembers.some((name) => member[name] !== undefined) &&
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify'))) &&
    [alg, kid].every((text) => text === undefined || typeof text === 'string')
  );
}

function numbersOf(member: Record<string, unknown>): JWK | undefined {
  const names = numbers.get(member['kty']);
  if (names === undefined) return undefined;
  const entries = ['kty', ...names].map((name) => [name, member[name]] as const);
  return entries.every(([, value]) => typeof value === 'string') ? Object.fromEntries(entries) : undefined;
}

/** RFC 7518 section 3.3: 2048 bits or more. An exponent of 1 would let every signature pass. */
function isStrongRsa({ n = '', e = '' }: JWK): boolean {
  const modulus = BigInt(`0x0${Buffer.from(n, 'base64url').toString('hex')}`);
  const exponent = BigInt(`0x0${Buffer.from(e, 'base64url').toString('hex')}`);
  return modulus >= 2n ** 2047n && exponent > 1n && exponent % 2n === 1n;
}

function isOfType(jwk: JWK, algorithm: string): boolean {
  const type = Object.hasOwn(keyTypes, algorithm) ? keyTypes[algorithm] : undefined;
  return type !== undefined && type.kty === jwk.kty && (type.crv === undefined || type.crv === jwk.crv);
}

async function importedKey(jwk: JWK, algorithm: string): Promise<CryptoKey | undefined> {
  try {
    return (await importJWK(jwk, algorithm)) as CryptoKey;
  } catch {
    return undefined;
  }
}
