// What was signed, its signature and a key go in; out comes whether they belong together (RFC 7515 section 5.2, RFC 7518
// section 3). On Node its own cryptography answers at once; elsewhere jose does, and both must agree.

import type * as nodeCryptoModule from 'node:crypto';
import { flattenedVerify, errors, type CryptoKey } from 'jose';
import { unavailable } from './faults.ts';
import type { ParsedToken } from './jwt.ts';

/** A public key, or a shared secret. */
export type VerificationKey = CryptoKey | Uint8Array;

/** Whether `key` made the signature; rejects or throws with an UnavailableError where that cannot be told. */
export type SignatureCheck = (token: ParsedToken, key: VerificationKey) => boolean | Promise<boolean>;

/** Checks by jose, on every runtime. */
export async function isSignedByJose(
  { signingInput, signature, algorithm }: ParsedToken,
  key: VerificationKey,
): Promise<boolean> {
  const [encodedHeader = '', payload = ''] = signingInput.split('.');
  try {
    const encoded = Buffer.from(signature).toString('base64url');
    await flattenedVerify({ protected: encodedHeader, payload, signature: encoded }, key, { algorithms: [algorithm] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw unavailable('the signature cannot be checked', error);
  }
}

type NodeCrypto = typeof nodeCryptoModule;

/** Node's own cryptography; undefined on other runtimes. */
const nodeCrypto: NodeCrypto | undefined =
  typeof process === 'object' && process.versions?.node !== undefined
    ? process.getBuiltinModule?.('node:crypto')
    : undefined;

type KeyObject = ReturnType<NodeCrypto['createPublicKey']>;

/** How Node is told to verify by a key: the digest, and the key with what it does not say by itself. */
interface NodeKey {
  /** The algorithm that the key is for, and the only one it verifies: RFC 8725 section 3.1. */
  readonly algorithm: string;
  readonly digest: string | null;
  readonly key: KeyObject | { key: KeyObject; dsaEncoding?: 'ieee-p1363'; padding?: number; saltLength?: number };
}

/** Undefined where the key is of another kind than the algorithm. */
function nodeKey(key: CryptoKey, algorithm: string, { KeyObject, constants }: NodeCrypto): NodeKey | undefined {
  if (!isMadeFor(key, algorithm)) return undefined;
  const object = KeyObject.from(key);
  const digest = `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith('RS')) return { algorithm, digest, key: object };
  if (algorithm.startsWith('ES')) return { algorithm, digest, key: { key: object, dsaEncoding: 'ieee-p1363' } }; // RFC 7518 section 3.4
  if (algorithm.startsWith('PS')) {
    const saltLength = constants.RSA_PSS_SALTLEN_DIGEST; // RFC 7518 section 3.5
    return { algorithm, digest, key: { key: object, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } };
  }
  return { algorithm, digest: null, key: object }; // RFC 8032: EdDSA hashes by itself
}

const curves: ReadonlyMap<string, string> = new Map([
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
]);

function isMadeFor({ algorithm: made }: CryptoKey, algorithm: string): boolean {
  const { name, hash, namedCurve } = made as { name: string; hash?: { name: string }; namedCurve?: string };
  if (curves.has(algorithm)) return name === 'ECDSA' && namedCurve === curves.get(algorithm);
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return name === 'Ed25519';
  if (hash?.name !== `SHA-${algorithm.slice(2)}`) return false;
  return (
    name === (algorithm.startsWith('RS') ? 'RSASSA-PKCS1-v1_5' : algorithm.startsWith('PS') ? 'RSA-PSS' : undefined)
  );
}

/** Checks by Node's own cryptography, at once. */
export function nodeSignatureCheck(crypto: NodeCrypto): SignatureCheck {
  // Used up before this function returns; what is larger gets a place of its own.
  const scratch = Buffer.allocUnsafeSlow(8192);
  // A key is imported for one algorithm, and made ready once.
  const ready = new WeakMap<CryptoKey, NodeKey>();

  return ({ signingInput, signature, algorithm }, key) => {
    // ASCII by now: base64url and one dot
    const fits = signingInput.length <= scratch.length;
    const input = fits
      ? scratch.subarray(0, scratch.write(signingInput, 'latin1'))
      : Buffer.from(signingInput, 'latin1');
    try {
      if (key instanceof Uint8Array) return isMac(input, signature, algorithm, key);
      const how = readyKey(key, algorithm);
      return how !== undefined && crypto.verify(how.digest, input, how.key, signature);
    } catch (error) {
      throw unavailable('the signature cannot be checked', error);
    }
  };

  function isMac(input: Uint8Array, signature: Uint8Array, algorithm: string, secret: Uint8Array): boolean {
    if (!algorithm.startsWith('HS')) return false;
    const expected = crypto
      .createHmac(`sha${algorithm.slice(2)}`, secret)
      .update(input)
      .digest();
    return expected.length === signature.length && crypto.timingSafeEqual(expected, signature);
  }

  function readyKey(key: CryptoKey, algorithm: string): NodeKey | undefined {
    const known = ready.get(key);
    if (known !== undefined && known.algorithm === algorithm) return known;
    const made = nodeKey(key, algorithm, crypto);
    if (made !== undefined) ready.set(key, made);
    return made;
  }
}

/** What this runtime checks signatures with. */
export const isSignedBy: SignatureCheck = nodeCrypto === undefined ? isSignedByJose : nodeSignatureCheck(nodeCrypto);
