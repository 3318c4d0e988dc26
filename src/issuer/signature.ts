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

/** The digest and, beyond what the key says, the parameters of an algorithm. */
interface NodeParameters {
  readonly digest: string | null;
  readonly dsaEncoding?: 'ieee-p1363';
  readonly padding?: number;
  readonly saltLength?: number;
}

function nodeParameters(algorithm: string, { constants }: NodeCrypto): NodeParameters {
  const digest = `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith('RS')) return { digest };
  if (algorithm.startsWith('ES')) return { digest, dsaEncoding: 'ieee-p1363' }; // RFC 7518 section 3.4
  if (algorithm.startsWith('PS')) {
    const saltLength = constants.RSA_PSS_SALTLEN_DIGEST; // RFC 7518 section 3.5
    return { digest, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  }
  return { digest: null }; // RFC 8032: EdDSA hashes by itself
}

/** Checks by Node's own cryptography, at once. */
export function nodeSignatureCheck(crypto: NodeCrypto): SignatureCheck {
  const parameters = new Map<string, NodeParameters>();
  const keyObjects = new WeakMap<CryptoKey, ReturnType<NodeCrypto['createPublicKey']>>();

  return ({ signingInput, signature, algorithm }, key) => {
    const input = Buffer.from(signingInput, 'latin1'); // ASCII by now: base64url and one dot
    try {
      if (key instanceof Uint8Array) return isMac(input, signature, algorithm, key);
      const { digest, ...how } = parametersOf(algorithm);
      return crypto.verify(digest, input, { key: keyObjectOf(key), ...how }, signature);
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

  function parametersOf(algorithm: string): NodeParameters {
    const known = parameters.get(algorithm) ?? nodeParameters(algorithm, crypto);
    parameters.set(algorithm, known);
    return known;
  }

  function keyObjectOf(key: CryptoKey): ReturnType<NodeCrypto['createPublicKey']> {
    const known = keyObjects.get(key) ?? crypto.KeyObject.from(key);
    keyObjects.set(key, known);
    return known;
  }
}

/** What this runtime checks signatures with. */
export const isSignedBy: SignatureCheck = nodeCrypto === undefined ? isSignedByJose : nodeSignatureCheck(nodeCrypto);
