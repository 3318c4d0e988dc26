// A real key and whatever bytes are wanted go in, a signed token comes out: also the tokens that no library would sign.

import { constants, generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from 'node:crypto';

export interface Signer {
  readonly kid: string;
  /** Public. */
  readonly jwk: JsonWebKey & { kid: string; alg?: string };
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Header and payload byte for byte as given. */
  raw(header: string | Buffer, payload: string | Buffer): string;
  /** Members given as undefined are left out. */
  token(claims: object, header?: object): string;
}

const kinds = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  RS256_1024: () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

export function createSigner(kid = 'k1', kind: keyof typeof kinds = 'ES256'): Signer {
  const { privateKey, publicKey } = kinds[kind]();
  const alg = kind.slice(0, 5);
  const raw = (header: string | Buffer, payload: string | Buffer): string => {
    const input = `${encoded(header)}.${encoded(payload)}`;
    return `${input}.${signatureOf(input, alg, privateKey).toString('base64url')}`;
  };
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid },
    raw,
    token: (claims, header = {}) => raw(JSON.stringify({ alg, kid, ...header }), JSON.stringify(claims)),
  };
}

export function encoded(part: string | Buffer): string {
  return Buffer.from(part as string).toString('base64url');
}

function signatureOf(input: string, alg: string, key: KeyObject): Buffer {
  const hash = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363', ...(alg === 'PS256' && pss) });
}
