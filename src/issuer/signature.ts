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

/** How Node is told to verify: the digest, and the key with what it does not say by itself. */
interface NodeKey {
  readonly digest: string | null;
  readonly key: KeyObject | { key: KeyObject; dsaEncoding?: 'ieee-p1363'; padding?: number; saltLength?: number };
}

function nodeKey(key: KeyObject, algorithm: string, { constants }: NodeCrypto): NodeKey {
  const digest = `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith('RS')) return { digest, key };
  if (algorithm.startsWith('ES')) return { digest, key: { key, dsaEncoding: 'ieee-p1363' } }; // RFC 7518 section 3.4
  if (algorithm.startsWith('PS')) {
    const saltLength = constants.RSA_PSS_SALTLEN_DIGEST; // RFC 7518 section 3.5
    return { digest, key: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } };
  }
  return { digest: null, key }; // RFC 8032: EdDSA hashes by itself
}

/** Checks by Node's own cryptography, at once. */
export function nodeSignatureCheck(crypto: NodeCrypto): SignatureCheck {
  // A key is imported for one algorithm, and made ready once.
  const ready = new WeakMap<CryptoKey, NodeKey>();

  return ({ signingInput, signature, algorithm }, key) => {
    const input = Buffer.from(signingInput, 'latin1'); // ASCII by now: base64url and one dot
    try {
      if (key instanceof Uint8Array) return isMac(input, signature, algorithm, key);
      const how = readyKey(key, algorithm);
      return crypto.verify(how.digest, input, how.key, signature);
    } catch (error) {
      throw unavailable('the signature cannot be checked', error);
    }
  };

  function isMac(input: Uint8Array, signature: Uint8Array, algorithm: string, secret: Uint8Array): boolean {
    const expected = crypto
      .createHmac(`sha${algorithm.slice(2)}`, secret)
      .update(input)
      .digest();
    return expected.length === signature.length && crypto.timingSafeEqual(expected, signature);
  }

  function readyKey(key: CryptoKey, algorithm: string): NodeKey {
    const known = ready.get(key);
    if (known !== undefined) return known;
    const made = nodeKey(crypto.KeyObject.from(key), algorithm, crypto);
    ready.set(key, made);
    return made;
  }
}

/** What this runtime checks signatures with. */
export const isSignedBy: SignatureCheck = nodeCrypto === undefined ? isSignedByJose : nodeSignatureCheck(nodeCrypto);
