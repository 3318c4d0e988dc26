// A token and the keys that may have signed it go in; nothing comes out, or an error that names whose fault it is (RFC 7515
// section 5.2).

import { compactVerify, errors, type CryptoKey } from 'jose';
import { invalidToken, unavailable } from './faults.ts';

/** Rejects with an InvalidTokenError when none of the keys verifies the signature. */
export async function checkSignature(
  token: string,
  algorithm: string,
  keys: readonly (CryptoKey | Uint8Array)[],
): Promise<void> {
  if (keys.length === 0) throw invalidToken('the issuer has no key for this token');
  for (const key of keys) {
    if (await isSignedBy(token, algorithm, key)) return;
  }
  throw invalidToken('the signature is not one of the issuer');
}

async function isSignedBy(token: string, algorithm: string, key: CryptoKey | Uint8Array): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [algorithm] });
    return true;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false;
    if (error instanceof errors.JOSEError) throw invalidToken('the token is no JWS that can be verified', error);
    throw unavailable('the signature cannot be checked', error);
  }
}
