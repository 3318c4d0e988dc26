// Rows J1, J4 and J6 from beneath: the two ways to check a signature, Node's own and jose's, hold against each other over
// good, changed and malformed signatures of every algorithm. What one accepts the other accepts, and neither throws for them.

import { constants, createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { importJWK, type CryptoKey } from 'jose';
import { isSignedBy, isSignedByJose, type VerificationKey } from '../../src/issuer/signature.ts';
import type { ParsedToken } from '../../src/issuer/jwt.ts';

interface Suite {
  readonly algorithm: string;
  readonly key: VerificationKey;
  readonly sign: (input: string) => Buffer;
  /** For ECDSA: the order of the group, as long as a half of the signature. */
  readonly order?: Buffer;
  readonly derSignature?: (input: string) => Buffer;
  readonly modulus?: bigint;
}

const rsaKeys = [2048, 3072].map((modulusLength) => generateKeyPairSync('rsa', { modulusLength }));
const orders = {
  'P-256': 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  'P-384': 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  'P-521':
    '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
};

const imported = async (publicKey: KeyObject, algorithm: string): Promise<CryptoKey> =>
  (await importJWK(publicKey.export({ format: 'jwk' }), algorithm)) as CryptoKey;

async function rsaSuite(
  prefix: 'RS' | 'PS',
  bits: number,
  { privateKey, publicKey }: (typeof rsaKeys)[number],
): Promise<Suite> {
  const algorithm = `${prefix}${bits}`;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 };
  return {
    algorithm,
    key: await imported(publicKey, algorithm),
    sign: (input) => sign(`sha${bits}`, Buffer.from(input), { key: privateKey, ...(prefix === 'PS' && pss) }),
    modulus: BigInt(`0x${Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url').toString('hex')}`),
  };
}

async function ecSuite(algorithm: string, namedCurve: keyof typeof orders): Promise<Suite> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const hash = `sha${algorithm.slice(2)}`;
  return {
    algorithm,
    key: await imported(publicKey, algorithm),
    sign: (input) => sign(hash, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    derSignature: (input) => sign(hash, Buffer.from(input), privateKey),
    order: Buffer.from(orders[namedCurve], 'hex'),
  };
}

async function edwardsSuite(algorithm: string): Promise<Suite> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    algorithm,
    key: await imported(publicKey, algorithm),
    sign: (input) => sign(null, Buffer.from(input), privateKey),
  };
}

function hmacSuite(bits: number): Suite {
  const key = Buffer.alloc(bits / 8, bits);
  return {
    algorithm: `HS${bits}`,
    key: new Uint8Array(key),
    sign: (input) => createHmac(`sha${bits}`, key).update(input).digest(),
  };
}

const suites: Suite[] = await Promise.all([
  ...rsaKeys.flatMap((pair) =>
    [256, 384, 512].flatMap((bits) => [rsaSuite('RS', bits, pair), rsaSuite('PS', bits, pair)]),
  ),
  ecSuite('ES256', 'P-256'),
  ecSuite('ES384', 'P-384'),
  ecSuite('ES512', 'P-521'),
  edwardsSuite('EdDSA'),
  edwardsSuite('Ed25519'),
]).then((asymmetric) => [...asymmetric, ...[256, 384, 512].map(hmacSuite)]);

function tokenOf(algorithm: string, signature: Uint8Array, payload = 'e30'): ParsedToken {
  const encodedHeader = Buffer.from(JSON.stringify({ alg: algorithm })).toString('base64url');
  const signingInput = `${encodedHeader}.${payload}`;
  return {
    header: { alg: algorithm },
    claims: {},
    algorithm,
    keyId: undefined,
    encodedHeader,
    signingInput,
    signature,
  };
}

const inputOf = (algorithm: string, payload?: string): string => tokenOf(algorithm, Buffer.of(), payload).signingInput;

/** What both say. A throw is `thrown`, which no token may cause. */
async function verdicts(token: ParsedToken, key: VerificationKey): Promise<{ node: unknown; jose: unknown }> {
  const of = async (check: typeof isSignedBy): Promise<unknown> => {
    try {
      return await check(token, key);
    } catch {
      return 'thrown';
    }
  };
  return { node: await of(isSignedBy), jose: await of(isSignedByJose) };
}

async function expectBoth(token: ParsedToken, key: VerificationKey, wanted: boolean): Promise<void> {
  expect(await verdicts(token, key)).toEqual({ node: wanted, jose: wanted });
}

const changesOf = (suite: Suite): [string, (good: Buffer) => Buffer][] => {
  const { order, modulus, derSignature, algorithm } = suite;
  const half = order?.length ?? 0;
  const [zero, ones] = [Buffer.alloc(half), Buffer.alloc(half, 0xff)];
  const onHalves =
    (change: (r: Buffer, s: Buffer) => Buffer[]) =>
    (good: Buffer): Buffer =>
      Buffer.concat(change(good.subarray(0, half), good.subarray(half)));
  const one = Buffer.from(zero);
  if (half > 0) one[half - 1] = 1;
  const big = (value: bigint, length: number): Buffer =>
    Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex');
  const common: [string, (good: Buffer) => Buffer][] = [
    ['empty', () => Buffer.of()],
    ['one zero', () => Buffer.of(0)],
    ['one byte', () => Buffer.of(0x30)],
    ['all zeroes', (good) => Buffer.alloc(good.length)],
    ['all ones', (good) => Buffer.alloc(good.length, 0xff)],
    ['its first half', (good) => good.subarray(0, good.length / 2)],
    ['its second half', (good) => good.subarray(good.length / 2)],
    ['without its first byte', (good) => good.subarray(1)],
    ['without its last byte', (good) => good.subarray(0, -1)],
    ['with a zero before', (good) => Buffer.concat([Buffer.of(0), good])],
    ['with a zero after', (good) => Buffer.concat([good, Buffer.of(0)])],
    ['twice', (good) => Buffer.concat([good, good])],
    ['backwards', (good) => Buffer.from([...good].toReversed())],
    ['of another payload', () => suite.sign(inputOf(algorithm, 'e31'))],
    ['as text in base64url', (good) => Buffer.from(good.toString('base64url'))],
    ['of 64 KiB', (good) => Buffer.concat([good, Buffer.alloc(65_536)])],
  ];
  const elliptic: [string, (good: Buffer) => Buffer][] =
    order === undefined || derSignature === undefined
      ? []
      : [
          ['with r and s swapped', onHalves((r, s) => [s, r])],
          ['with r zero', onHalves((_, s) => [zero, s])],
          ['with s zero', onHalves((r) => [r, zero])],
          ['with r one', onHalves((_, s) => [one, s])],
          ['with r and s one', onHalves(() => [one, one])],
          ['with r the order', onHalves((_, s) => [order, s])],
          ['with s the order', onHalves((r) => [r, order])],
          ['with r and s the order', onHalves(() => [order, order])],
          ['with r over the order', onHalves((_, s) => [ones, s])],
          [
            'with s and the order added',
            onHalves((r, s) => [
              r,
              big(
                (BigInt(`0x${s.toString('hex')}`) + BigInt(`0x${order.toString('hex')}`)) % 2n ** BigInt(half * 8),
                half,
              ),
            ]),
          ],
          ['in DER', () => derSignature(inputOf(algorithm))],
          [
            'in DER, filled up',
            (good) =>
              Buffer.concat([derSignature(inputOf(algorithm)), Buffer.alloc(good.length)]).subarray(0, good.length),
          ],
          ['with each half a byte longer', onHalves((r, s) => [Buffer.of(0), r, Buffer.of(0), s])],
          ['with each half a byte shorter', onHalves((r, s) => [r.subarray(1), s.subarray(1)])],
        ];
  const rsa: [string, (good: Buffer) => Buffer][] =
    modulus === undefined
      ? []
      : [
          [
            'and the modulus',
            (good) => big((BigInt(`0x${good.toString('hex')}`) + modulus) % 2n ** BigInt(good.length * 8), good.length),
          ],
          ['that is the modulus', (good) => big(modulus, good.length)],
          ['that is the modulus less one', (good) => big(modulus - 1n, good.length)],
          ['that is one', (good) => big(1n, good.length)],
          ['negated', (good) => big(modulus - BigInt(`0x${good.toString('hex')}`), good.length)],
        ];
  return [...common, ...elliptic, ...rsa];
};

const name = ({ algorithm, modulus }: Suite): string =>
  modulus === undefined ? algorithm : `${algorithm} with ${modulus.toString(2).length} bits`;

describe.each(suites.map((suite) => [name(suite), suite] as const))('%s', (_, suite) => {
  const { algorithm, key } = suite;
  const input = inputOf(algorithm);
  const good = suite.sign(input);

  test('J1 a good signature is one for both', async () => {
    await expectBoth(tokenOf(algorithm, good), key, true);
    await expectBoth(tokenOf(algorithm, new Uint8Array(good)), key, true);
    // A view into a larger buffer, as what is decoded is.
    await expectBoth(tokenOf(algorithm, Buffer.concat([Buffer.alloc(7, 1), good]).subarray(7)), key, true);
  });

  test('J6 one that is changed at any place is none for both', async () => {
    const places = [
      0,
      1,
      2,
      good.length / 2 - 1,
      good.length / 2,
      good.length / 2 + 1,
      good.length - 2,
      good.length - 1,
    ].map(Math.floor);
    for (const place of places) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const changed = Buffer.from(good);
        changed[place] = (changed[place] as number) ^ mask;
        await expectBoth(tokenOf(algorithm, changed), key, false);
      }
    }
  });

  test('J6 one of another form is none for both', async () => {
    for (const [what, change] of changesOf(suite)) {
      const changed = change(good);
      if (changed.equals(good)) continue;
      expect({ what, ...(await verdicts(tokenOf(algorithm, changed), key)) }).toEqual({
        what,
        node: false,
        jose: false,
      });
    }
  });

  test('J6 they agree on whatever is made of it', async () => {
    const edit = fc.record({
      start: fc.nat(good.length),
      length: fc.nat(4),
      bytes: fc.uint8Array({ maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 3 }), fc.boolean(), async (edits, isOtherPayload) => {
        const changed = edits.reduce(
          (bytes, { start, length, bytes: more }) =>
            Buffer.concat([bytes.subarray(0, start), more, bytes.subarray(start + length)]),
          good,
        );
        const wanted = changed.equals(good) && !isOtherPayload;
        await expectBoth(tokenOf(algorithm, changed, isOtherPayload ? 'e31' : 'e30'), key, wanted);
      }),
      { numRuns: 40 },
    );
  });

  test('J6 they agree on bytes that nobody signed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: good.length + 2 }), async (bytes) => {
        await expectBoth(tokenOf(algorithm, bytes), key, false);
      }),
      { numRuns: 25 },
    );
  });

  test('J4 neither accepts it for another key of the kind', async () => {
    const others = suites.filter((other) => other.algorithm === algorithm && other !== suite);
    for (const other of others) await expectBoth(tokenOf(algorithm, good), other.key, false);
    if (key instanceof Uint8Array)
      await expectBoth(tokenOf(algorithm, good), new Uint8Array(key.length).fill(1), false);
  });
});

describe('J4 a key of another kind than the algorithm asks for', () => {
  // No token gets as far: candidates are chosen by algorithm and kind. Were one to, nobody may take it for signed.
  const pairs = suites.flatMap((signing) =>
    suites.filter(({ algorithm }) => algorithm !== signing.algorithm).map((claimed) => [signing, claimed] as const),
  );

  test('J4 makes no signature good for jose', async () => {
    for (const [signing, { algorithm }] of pairs) {
      if (isSameKind(signing.algorithm, algorithm)) continue;
      const token = tokenOf(algorithm, signing.sign(inputOf(algorithm)));
      expect([signing.algorithm, algorithm, (await verdicts(token, signing.key)).jose]).not.toContain(true);
    }
  });

  test('J4 makes no signature good for Node', async () => {
    const accepted: string[] = [];
    for (const [signing, { algorithm }] of pairs) {
      if (isSameKind(signing.algorithm, algorithm)) continue;
      const fresh = signing.key instanceof Uint8Array ? signing.key : await reimported(signing);
      const token = tokenOf(algorithm, signing.sign(inputOf(algorithm)));
      if ((await verdicts(token, fresh)).node === true) accepted.push(`${signing.algorithm} as ${algorithm}`);
    }
    expect([...new Set(accepted)]).toEqual([]);
  });
});

/** EdDSA and Ed25519 are two names of one thing, RFC 9864. */
function isSameKind(one: string, other: string): boolean {
  return one === other || [one, other].every((algorithm) => algorithm.startsWith('Ed'));
}

/** The same key as nobody has used it yet. */
async function reimported({ key, algorithm }: Suite): Promise<CryptoKey> {
  const jwk = await crypto.subtle.exportKey('jwk', key as CryptoKey);
  return importJWK({ ...jwk, alg: algorithm } as never, algorithm);
}

test('J1 both throw only for a key that nobody could use, and that is a 503', async () => {
  const token = tokenOf('HS256', Buffer.alloc(32));
  await expect(isSignedByJose(token, new Uint8Array())).rejects.toMatchObject({ code: 'unavailable' });
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const usable = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
  expect(usable.equals(publicKey)).toBe(true);
});
