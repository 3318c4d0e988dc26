// Rows J1 to J19 of the specification's section 2: what stands before the claims of a token, and what signed it.

import { constants, createHash, createHmac, generateKeyPairSync, publicDecrypt, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { CompactEncrypt, importJWK } from 'jose';
import { createAuthorizer } from 'rightful';
import { expectPermit, expectRefusal, invalidRequest, invalidToken } from '../flow/answers.ts';
import type { Expected } from '../flow/answers.ts';
import { challengesIn, expectBearer } from '../support/challenge-parser.ts';
import {
  audience,
  bystander,
  claimsOf,
  createSigner,
  encoded,
  publish,
  startApi,
  testRows,
  textOf,
  type Claims,
  type Options,
  type Row,
  type Signer,
  describeOnEach,
  testOnEach,
} from './api.ts';

const rsa = createSigner('rsa', 'RS256');
const pss = createSigner('pss', 'PS256');
const p256 = createSigner('p256', 'ES256');
const p384 = createSigner('p384', 'ES384');
const p521 = createSigner('p521', 'ES512');
const edwards = createSigner('ed', 'EdDSA');
const server = await publish(...[rsa, pss, p256, p384, p521, edwards].map(({ jwk }) => jwk));
const published: Options = { issuer: server.url };

const invalid = invalidToken();
const claims = (differing: Claims = {}): Claims => claimsOf(server.url, differing);
const payload = (): string => textOf(claims());
const tokenWith = (header: object, signer: Signer = rsa, differing: Claims = {}): string =>
  signer.token(claims(differing), header);
const good = (rule: string, token: () => string, options?: Options): Row => ({
  rule,
  token,
  ...(options && { options }),
});
const bad = (rule: string, token: Row['token'], options?: Options, answer: Expected = invalid): Row => ({
  rule,
  token,
  answer,
  ...(options && { options }),
});

const onlyKey = (key: object, more: object = {}): Options => ({
  issuer: { issuer: server.url, keys: { keys: [key] }, ...more },
});

// J1
const none: Row[] = ['none', 'None', 'nOnE', 'NONE', ''].flatMap((alg) => [
  bad(
    `J1 alg ${JSON.stringify(alg)} with an empty signature is refused`,
    () => `${encoded(JSON.stringify({ alg }))}.${encoded(payload())}.`,
  ),
  bad(`J1 alg ${JSON.stringify(alg)} beside a signature that is good is refused`, () => tokenWith({ alg })),
]);
const signed: Row[] = [
  ...[rsa, pss, p256, p384, p521, edwards].map((signer) =>
    good(`J1 a token that ${signer.kid} signed passes`, () => tokenWith({}, signer)),
  ),
  bad('J1 a header without alg is refused', () => tokenWith({ alg: undefined })),
  ...[null, 5, ['RS256'], { alg: 'RS256' }, true].map((alg) =>
    bad(`J1 alg ${JSON.stringify(alg)} is refused`, () => tokenWith({ alg })),
  ),
  bad('J1 a good token without its signature is refused', () => `${tokenWith({}).split('.').slice(0, 2).join('.')}.`),
];

// J2
const secret = Buffer.alloc(64, 7);
const hmac = (key: string | Buffer, alg = 'HS256', header: object = {}): string => {
  const input = `${encoded(JSON.stringify({ alg, kid: 'rsa', ...header }))}.${encoded(payload())}`;
  return `${input}.${createHmac(`sha${alg.slice(2)}`, key)
    .update(input)
    .digest('base64url')}`;
};
const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const publicTexts: [string, string | Buffer][] = [
  ['SPKI PEM', spki],
  ['SPKI PEM without its last line break', spki.trimEnd()],
  ['SPKI PEM with CR LF', spki.replaceAll('\n', '\r\n')],
  ['SPKI PEM after a blank', ` ${spki}`],
  ['SPKI PEM after a byte order mark', `\ufeff${spki}`],
  ['PKCS#1 PEM', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' })],
  ['SPKI DER', rsa.publicKey.export({ type: 'spki', format: 'der' })],
  ['JWK as JSON', JSON.stringify(rsa.jwk)],
  ['JWK as JSON without its kid', JSON.stringify(rsa.publicKey.export({ format: 'jwk' }))],
  ['bytes of the modulus', Buffer.from(rsa.jwk.n ?? '', 'base64url')],
  ['text of the modulus', rsa.jwk.n ?? ''],
];
const shared: Options = { issuer: { issuer: server.url, secret } };
const confusion: Row[] = [
  ...publicTexts.flatMap(([form, key]) => [
    bad(`J2 HS256 with the RSA key as ${form} is refused`, () => hmac(key)),
    bad(`J2 HS256 with the RSA key as ${form} is refused where a secret is expected`, () => hmac(key), shared),
  ]),
  bad('J2 HS256 with a secret that is elsewhere one is refused', () => hmac(secret)),
  ...['HS256', 'HS384', 'HS512'].map((alg) =>
    good(`J2 ${alg} with the issuer’s secret passes`, () => hmac(secret, alg), shared),
  ),
  bad('J2 HS256 with another secret is refused', () => hmac(Buffer.alloc(64, 8)), shared),
  bad(
    'J2 HS512 said to be HS256 is refused',
    () => hmac(secret, 'HS512').replace(/^[^.]*/, encoded('{"alg":"HS256"}')),
    shared,
  ),
  bad('J2 RS256 where a secret is expected is refused', () => tokenWith({}), shared),
];

// J4
const signedAs = (signer: Signer, header: object, how: Parameters<typeof sign>[2], hash: string | null): string => {
  const input = `${encoded(JSON.stringify(header))}.${encoded(payload())}`;
  return `${input}.${sign(hash, Buffer.from(input), how).toString('base64url')}`;
};
const p1363 = { dsaEncoding: 'ieee-p1363' } as const;
const algorithms: Row[] = [
  bad('J4 ES256 over the signature of a P-384 key is refused', () => tokenWith({ alg: 'ES256' }, p384)),
  bad('J4 ES256 with SHA-256 by a P-384 key is refused', () =>
    signedAs(p384, { alg: 'ES256', kid: 'p384' }, { key: p384.privateKey, ...p1363 }, 'sha256'),
  ),
  bad('J4 ES384 by a P-256 key is refused', () =>
    signedAs(p256, { alg: 'ES384', kid: 'p256' }, { key: p256.privateKey, ...p1363 }, 'sha384'),
  ),
  bad('J4 ES512 by a P-384 key is refused', () =>
    signedAs(p384, { alg: 'ES512', kid: 'p384' }, { key: p384.privateKey, ...p1363 }, 'sha512'),
  ),
  bad('J4 PS256 over an RS256 signature is refused', () => tokenWith({ alg: 'PS256' }, rsa)),
  bad('J4 RS256 over a PS256 signature is refused', () => tokenWith({ alg: 'RS256' }, pss)),
  bad('J4 RS512 over an RS256 signature is refused', () => tokenWith({ alg: 'RS512' }, rsa)),
  bad('J4 PS256 with a salt that is not as long as the hash is refused', () =>
    signedAs(
      pss,
      { alg: 'PS256', kid: 'pss' },
      { key: pss.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 },
      'sha256',
    ),
  ),
  bad('J4 RS256 by a key of P-256 is refused', () => tokenWith({ alg: 'RS256' }, p256)),
  bad('J4 EdDSA said to be ES256 is refused', () => tokenWith({ alg: 'ES256' }, edwards)),
  bad('J4 an alg other than the key’s is refused', () => tokenWith({}, pss), onlyKey({ ...pss.jwk, alg: 'RS256' })),
  good('J4 the alg of the key passes', () => tokenWith({}, pss), onlyKey({ ...pss.jwk, alg: 'PS256' })),
  bad(
    'J4 an alg that the issuer’s settings do not name is refused',
    () => tokenWith({}),
    onlyKey(rsa.jwk, { algorithms: ['ES256'] }),
  ),
  good(
    'J4 an alg that the issuer’s settings name passes',
    () => tokenWith({}),
    onlyKey(rsa.jwk, { algorithms: ['RS256'] }),
  ),
  good('J4 a key of RS256 also signs RS512 where it names no alg', () =>
    signedAs(rsa, { alg: 'RS512', kid: 'rsa' }, { key: rsa.privateKey }, 'sha512'),
  ),
  ...['toString', '__proto__', 'constructor', 'rs256', 'RS256 ', 'ES256K', 'RSA-OAEP', 'dir'].map((alg) =>
    bad(`J4 alg ${JSON.stringify(alg)} is refused`, () => tokenWith({ alg })),
  ),
];

// J5
const rsaOf = (bits: number): Signer => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return {
    ...rsa,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'rsa' },
    token: () => signedAs(rsa, { alg: 'RS256', kid: 'rsa' }, { key: privateKey }, 'sha256'),
  };
};
const [short, almost] = [rsaOf(1024), rsaOf(2047)];
const zeroes = Buffer.concat([Buffer.alloc(128), Buffer.from(short.jwk.n ?? '', 'base64url')]).toString('base64url');
const weak: Row[] = [
  bad('J5 the token of an RSA key of 1024 bits is refused', () => tokenWith({}, short), onlyKey(short.jwk)),
  bad('J5 the token of an RSA key of 2047 bits is refused', () => tokenWith({}, almost), onlyKey(almost.jwk)),
  bad('J5 leading zeroes make an RSA key no longer', () => tokenWith({}, short), onlyKey({ ...short.jwk, n: zeroes })),
  good('J5 the token of an RSA key of 2048 bits passes', () => tokenWith({}), onlyKey(rsa.jwk)),
  ...['AQ', 'AA', '', 'Ag'].map((e) => {
    // With an exponent of 1 the padded hash is its own signature.
    const forged = (): string => {
      const input = `${encoded('{"alg":"RS256","kid":"rsa"}')}.${encoded(payload())}`;
      return `${input}.${paddedHash(input).toString('base64url')}`;
    };
    return bad(`J5 a key with the exponent ${JSON.stringify(e)} verifies nothing`, forged, onlyKey({ ...rsa.jwk, e }));
  }),
];

/** EMSA-PKCS1-v1_5 with SHA-256, RFC 8017 section 9.2. */
function paddedHash(input: string): Buffer {
  const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const end = Buffer.concat([Buffer.of(0), digestInfo, createHash('sha256').update(input).digest()]);
  return Buffer.concat([Buffer.of(0, 1), Buffer.alloc(256 - 2 - end.length, 0xff), end]);
}

// J6
const orders = {
  p256: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  p384: 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  p521: '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
};
const hashes = { p256: 'sha256', p384: 'sha384', p521: 'sha512' };
const ecdsa: Row[] = Object.entries({ p256, p384, p521 }).flatMap(([name, signer]) => {
  const order = Buffer.from(orders[name as keyof typeof orders], 'hex');
  const { length } = order;
  const zero = Buffer.alloc(length);
  const one = Buffer.concat([Buffer.alloc(length - 1), Buffer.from([1])]);
  const ones = Buffer.alloc(length, 0xff);
  const changed = (change: (r: Buffer, s: Buffer, input: string) => readonly Buffer[]) => (): string => {
    const [header = '', body = '', signature = ''] = tokenWith({}, signer).split('.');
    const bytes = Buffer.from(signature, 'base64url');
    const parts = change(bytes.subarray(0, length), bytes.subarray(length), `${header}.${body}`);
    return `${header}.${body}.${Buffer.concat([...parts]).toString('base64url')}`;
  };
  const mirrored = (s: Buffer): Buffer => {
    const value = BigInt(`0x${order.toString('hex')}`) - BigInt(`0x${s.toString('hex')}`);
    return Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex');
  };
  const der = (input: string): Buffer =>
    sign(hashes[name as keyof typeof hashes], Buffer.from(input), signer.privateKey);
  return [
    good(
      `J6 the signature of ${name} as it is passes`,
      changed((r, s) => [r, s]),
    ),
    good(
      `J6 the other signature of ${name} for the same r, which ECDSA allows, passes`,
      changed((r, s) => [r, mirrored(s)]),
    ),
    bad(
      `J6 ${name}: r and s zero are refused`,
      changed(() => [zero, zero]),
    ),
    bad(
      `J6 ${name}: r zero is refused`,
      changed((_, s) => [zero, s]),
    ),
    bad(
      `J6 ${name}: s zero is refused`,
      changed((r) => [r, zero]),
    ),
    bad(
      `J6 ${name}: r and s one are refused`,
      changed(() => [one, one]),
    ),
    bad(
      `J6 ${name}: r at the order is refused`,
      changed((_, s) => [order, s]),
    ),
    bad(
      `J6 ${name}: s at the order is refused`,
      changed((r) => [r, order]),
    ),
    bad(
      `J6 ${name}: r and s over the order are refused`,
      changed(() => [ones, ones]),
    ),
    bad(
      `J6 ${name}: r and s swapped are refused`,
      changed((r, s) => [s, r]),
    ),
    bad(
      `J6 ${name}: a good signature in DER is refused`,
      changed((_r, _s, input) => [der(input)]),
    ),
    bad(
      `J6 ${name}: a byte too few is refused`,
      changed((r, s) => [r, s.subarray(0, -1)]),
    ),
    bad(
      `J6 ${name}: a byte too many is refused`,
      changed((r, s) => [r, s, zero.subarray(0, 1)]),
    ),
    bad(
      `J6 ${name}: r and s with a zero before each are refused`,
      changed((r, s) => [zero.subarray(0, 1), r, zero.subarray(0, 1), s]),
    ),
    bad(
      `J6 ${name}: r alone is refused`,
      changed((r) => [r]),
    ),
    bad(
      `J6 ${name}: a single byte is refused`,
      changed(() => [one.subarray(-1)]),
    ),
  ];
});

// J7
const keysOf = (...keys: object[]): Options => ({ issuer: { issuer: server.url, keys: { keys } } });
const others = Array.from({ length: 4 }, (_, at) => createSigner(`other${at}`, 'ES256').jwk);
const nameless = { kid: undefined };
const names: Row[] = [
  good('J7 without a kid the only key is used', () => tokenWith(nameless), onlyKey(rsa.jwk)),
  good('J7 without a kid the only key of its algorithm is used', () => tokenWith(nameless, p384)),
  good(
    'J7 without a kid the fourth of four keys of its algorithm is tried',
    () => tokenWith(nameless, p256),
    keysOf(...others.slice(1), p256.jwk),
  ),
  bad(
    'J7 without a kid the fifth key of its algorithm is not tried',
    () => tokenWith(nameless, p256),
    keysOf(...others, p256.jwk),
  ),
  good(
    'J7 without a kid keys of other algorithms do not count',
    () => tokenWith(nameless, p256),
    keysOf(...others.slice(1), rsa.jwk, p384.jwk, edwards.jwk, p256.jwk),
  ),
  bad('J7 without a kid the signature of no key is refused', () => tokenWith(nameless, createSigner('p256', 'ES256'))),
  good(
    'J7 without a kid a key without a kid is used',
    () => tokenWith(nameless, p256),
    keysOf({ ...p256.jwk, kid: undefined }),
  ),
  bad(
    'J7 with a kid a key without one is not used',
    () => tokenWith({}, p256),
    keysOf({ ...p256.jwk, kid: undefined }),
  ),
];

// J8
const strange: unknown[] = [
  ...[5, 0, { kid: 'rsa' }, {}, ['rsa'], [], null, true, ''],
  ...['../../etc/passwd', '/dev/null', "' OR 1=1", "x' UNION SELECT 'key", '__proto__', 'constructor', 'toString'],
  ...['RSA', 'rsa ', ' rsa', 'rsa\0', 'http://127.0.0.1/', 'rsa\u0301', '0', 'undefined', 'null'],
];
const roomy: Options = { maxTokenBytes: 100_000 };
const kids: Row[] = [
  ...strange.map((kid) => bad(`J8 kid ${JSON.stringify(kid)} is refused`, () => tokenWith({ kid }))),
  bad('J8 a kid of 10 KiB is refused for its length', () => tokenWith({ kid: 'k'.repeat(10_240) }, p256)),
  bad(
    'J8 a kid of 10 KiB is refused where that is no matter',
    () => tokenWith({ kid: 'k'.repeat(10_240) }, p256),
    roomy,
  ),
  good('J8 the kid of the key passes', () => tokenWith({ kid: 'rsa' })),
  bad(
    'J8 an empty kid is refused, also where a key has it',
    () => tokenWith({ kid: '' }),
    onlyKey({ ...rsa.jwk, kid: '' }),
  ),
];

// J10, J12
const critical: Row[] = [
  ...[
    { crit: ['ext'], ext: 1 },
    { crit: [] },
    { crit: 'ext', ext: 1 },
    { crit: null },
    { crit: {} },
    { crit: 5 },
    { crit: [1] },
    { crit: [null] },
    { crit: ['alg'] },
    { crit: ['crit'] },
    { crit: ['kid'] },
    { crit: ['ext'] },
    { crit: ['toString'] },
    { crit: ['__proto__'] },
    { crit: ['ext', 'ext'], ext: 1 },
  ].map((header) => bad(`J10 ${JSON.stringify(header)} is refused`, () => tokenWith(header))),
  good('J10 an extension that is not critical passes', () => tokenWith({ ext: 1, toString: 1 })),
  good('J10 a `crit` that the header would inherit is none', () =>
    rsa.raw('{"alg":"RS256","kid":"rsa","__proto__":{"crit":["ext"]}}', payload()),
  ),
  bad('J10 an `alg` that the header would inherit is none', () =>
    rsa.raw('{"kid":"rsa","__proto__":{"alg":"RS256"}}', payload()),
  ),
  bad('J12 b64 false with crit is refused', () => tokenWith({ crit: ['b64'], b64: false })),
  bad('J12 b64 false over an unencoded payload is refused', () => {
    const [header, body] = [encoded('{"alg":"RS256","kid":"rsa","b64":false,"crit":["b64"]}'), encoded(payload())];
    const input = Buffer.from(`${header}.${Buffer.from(body, 'base64url').toString()}`);
    return `${header}.${body}.${sign('sha256', input, rsa.privateKey).toString('base64url')}`;
  }),
  bad('J12 b64 true with crit is refused', () => tokenWith({ crit: ['b64'], b64: true })),
  ...[false, 'false', 0, null].map((b64) =>
    bad(`J12 b64 ${JSON.stringify(b64)} without crit is refused`, () => tokenWith({ b64 })),
  ),
  good('J12 b64 true without crit, which is the default, passes', () => tokenWith({ b64: true })),
];

// J13
const duplicates: Row[] = [
  good('J13 of two algs the last counts', () => rsa.raw('{"alg":"none","alg":"RS256","kid":"rsa"}', payload())),
  bad('J13 of two algs the first does not count', () => rsa.raw('{"alg":"RS256","alg":"none","kid":"rsa"}', payload())),
  bad('J13 of two algs that both are known the last counts', () =>
    rsa.raw('{"alg":"RS256","alg":"PS256","kid":"rsa"}', payload()),
  ),
  good('J13 of two kids the last counts', () => rsa.raw('{"alg":"RS256","kid":"other","kid":"rsa"}', payload())),
  bad('J13 of two kids the first does not count', () =>
    rsa.raw('{"alg":"RS256","kid":"rsa","kid":"other"}', payload()),
  ),
  bad('J13 of two typs the last counts', () =>
    rsa.raw('{"alg":"RS256","kid":"rsa","typ":"at+jwt","typ":"dpop+jwt"}', payload()),
  ),
  good('J13 of two typs the first does not count', () =>
    rsa.raw('{"alg":"RS256","kid":"rsa","typ":"dpop+jwt","typ":"at+jwt"}', payload()),
  ),
  good('J13 an escaped name is the same name', () =>
    rsa.raw('{"alg":"none","\\u0061lg":"RS256","kid":"rsa"}', payload()),
  ),
];

// J14
const header = '{"alg":"RS256","kid":"rsa"}';
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const headers: [string, string | Buffer][] = [
  ['an array', `[${header}]`],
  ['a list of pairs', '[["alg","RS256"],["kid","rsa"]]'],
  ['null', 'null'],
  ['a string', JSON.stringify(header)],
  ['a number', '5'],
  ['true', 'true'],
  ['no JSON', header.slice(1)],
  ['JSON with a comment', `${header}/**/`],
  ['two objects', `${header}${header}`],
  ['JSON and a NUL', `${header}\0`],
  ['JSON after a byte order mark', `\ufeff${header}`],
  ['invalid UTF-8', Buffer.from('{"alg":"RS256","kid":"rsa","x":"\xff"}', 'latin1')],
  ['an overlong encoding', Buffer.from('{"alg":"RS256","kid":"rsa","x":"\xc0\xaf"}', 'latin1')],
  ['a surrogate in UTF-8', Buffer.from('{"alg":"RS256","kid":"rsa","x":"\xed\xa0\x80"}', 'latin1')],
  ['UTF-16', Buffer.from(header, 'utf16le')],
  ['65 levels', `{"alg":"RS256","kid":"rsa","x":${nested(64)}}`],
];
const deep = (levels: number) => (): string => rsa.raw(`{"alg":"RS256","kid":"rsa","x":${nested(levels)}}`, payload());
const parts: Row[] = [
  ...headers.map(([what, text]) => bad(`J14 a header that is ${what} is refused`, () => rsa.raw(text, payload()))),
  good('J14 a header of 64 levels passes', deep(63)),
  good('J14 blanks around and in a header pass', () => rsa.raw(' {\n"alg" : "RS256",\t"kid":"rsa" }\r\n', payload())),
  bad('J14 a header of 5,000 levels is refused', deep(5_000), roomy),
  // Node itself answers 431 to 16 KiB of header fields, so the larger ones stand in a form.
  { ...bad('J14 a header of 10,000 levels is refused', deep(10_000), roomy), inForm: true },
  { ...bad('J14 a header of 30,000 levels is refused', deep(30_000), roomy), inForm: true },
  {
    ...good(
      'J14 a large token in a form passes',
      () => rsa.raw(`{"alg":"RS256","kid":"rsa","x":"${'x'.repeat(20_000)}"}`, payload()),
      roomy,
    ),
    inForm: true,
  },
];

// J15
const divided = (change: (header: string, body: string, signature: string) => string) => (): string => {
  const [head = '', body = '', signature = ''] = tokenWith({}).split('.');
  return change(head, body, signature);
};
const shapes: Row[] = [
  bad(
    'J15 one part is refused',
    divided((head) => head),
  ),
  bad(
    'J15 two parts are refused',
    divided((head, body) => `${head}.${body}`),
  ),
  good(
    'J15 three parts pass',
    divided((head, body, signature) => `${head}.${body}.${signature}`),
  ),
  bad(
    'J15 four parts are refused',
    divided((head, body, signature) => `${head}.${body}.${signature}.${signature}`),
  ),
  bad(
    'J15 five parts are refused',
    divided((head, body, signature) => [head, body, signature, body, signature].join('.')),
  ),
  bad(
    'J15 a dot at the end is refused',
    divided((head, body, signature) => `${head}.${body}.${signature}.`),
  ),
  bad(
    'J15 a dot at the beginning is refused',
    divided((head, body, signature) => `.${head}.${body}.${signature}`),
  ),
  bad(
    'J15 an empty header is refused',
    divided((_, body, signature) => `.${body}.${signature}`),
  ),
  bad(
    'J15 an empty payload is refused',
    divided((head, _, signature) => `${head}..${signature}`),
  ),
  bad(
    'J15 an empty signature is refused',
    divided((head, body) => `${head}.${body}.`),
  ),
  bad('J15 only dots are refused', () => '...'),
  bad('J15 8,000 dots are refused', () => '.'.repeat(8_000)),
  bad('J15 a JWE for the issuer’s own key is refused', async () => {
    const key = await importJWK(rsa.jwk, 'RSA-OAEP-256');
    const jwe = new CompactEncrypt(Buffer.from(tokenWith({})));
    return jwe.setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'rsa', cty: 'JWT' }).encrypt(key);
  }),
  ...[
    { flattened: (head: string, body: string, signature: string) => ({ protected: head, payload: body, signature }) },
    {
      general: (head: string, body: string, signature: string) => ({
        payload: body,
        signatures: [{ protected: head, signature }],
      }),
    },
  ].flatMap((kinds) =>
    Object.entries(kinds).flatMap(([kind, serialised]): Row[] => {
      const token = divided((...three) => JSON.stringify(serialised(...three)));
      // Its characters are none of a bearer token's (T15), so it is no token that could be invalid.
      const row = bad(`J15 a ${kind} JSON serialisation is refused as unreadable`, token, undefined, invalidRequest());
      return [row, { ...row, rule: `${row.rule}, in a form too`, inForm: true }];
    }),
  ),
];

// J16
const lengths = (surplus = 2): string[] => {
  // Blanks at the end of JSON mean nothing, and leave so many letters over in header and payload.
  const fitting = (text: string): string => text.padEnd(text.length + ((2 + surplus - (text.length % 3)) % 3), ' ');
  return rsa.raw(fitting(header), fitting(payload())).split('.');
};
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const withBit =
  (bit: number) =>
  (part: string): string =>
    part.slice(0, -1) + alphabet.charAt(alphabet.indexOf(part.at(-1) as string) | bit);
const encodings: [string, (part: string) => string, Expected?][] = [
  ['+ in place of a letter', (part) => `+${part.slice(1)}`],
  ['/ in place of a letter', (part) => `/${part.slice(1)}`],
  ['+ at the end', (part) => `${part}+`],
  ['~ in place of a letter', (part) => `~${part.slice(1)}`],
  ...[1, 2, 4, 8].map((bit): [string, (part: string) => string] => [
    `the bit ${bit} left over at the end`,
    withBit(bit),
  ]),
  ['a length that is impossible', (part) => `${part.slice(0, part.length - (part.length % 4))}A`],
  ['a letter too many', (part) => `${part}A`],
  ['an impossible length by three letters more', (part) => `${part}AAA`],
  ['a space inside', (part) => `${part.slice(0, 8)} ${part.slice(8)}`, invalidRequest()],
  ['a comma inside', (part) => `${part.slice(0, 8)},${part.slice(8)}`, invalidRequest()],
  ['percent-encoding', (part) => `%${part.charCodeAt(0).toString(16)}${part.slice(1)}`, invalidRequest()],
];
const unsendable: [string, (part: string) => string][] = [
  ['a line break inside', (part) => `${part.slice(0, 8)}\n${part.slice(8)}`],
  ['a line break at the end', (part) => `${part}\n`],
  ['CR LF inside', (part) => `${part.slice(0, 8)}\r\n${part.slice(8)}`],
  ['a NUL at the end', (part) => `${part}\0`],
  ['a full-width letter', (part) => `Ａ${part.slice(1)}`],
];
const positions = ['header', 'payload', 'signature'];
const changedPart = (change: (part: string) => string, index: number) => (): string =>
  lengths()
    .map((part, at) => (at === index ? change(part) : part))
    .join('.');
const encodingRows: Row[] = [
  good('J16 parts that leave three letters over pass', () => lengths(3).join('.')),
  ...[0, 1].flatMap((index) =>
    [1, 2].map((bit) =>
      bad(`J16 the bit ${bit} left over behind three letters in the ${positions[index]} is refused`, () =>
        lengths(3)
          .map((part, at) => (at === index ? withBit(bit)(part) : part))
          .join('.'),
      ),
    ),
  ),
  good('J16 parts that leave bits over pass', () => lengths().join('.')),
  ...positions.flatMap((position, index) => [
    ...encodings.map(([what, change, answer]) =>
      bad(`J16 ${what} in the ${position} is refused`, changedPart(change, index), undefined, answer),
    ),
    ...unsendable.map(([what, change]): Row => ({
      ...bad(`J16 ${what} in the ${position} is refused`, changedPart(change, index), undefined, invalidRequest()),
      inForm: true,
    })),
    // = may stand at the end of a bearer token, RFC 6750 section 2.1, and nowhere else.
    ...['=', '=='].map((padding) =>
      bad(
        `J16 ${padding} after the ${position} is refused`,
        changedPart((part) => part + padding, index),
        undefined,
        position === 'signature' ? invalid : invalidRequest(),
      ),
    ),
  ]),
];

// J17
const strict: Options = { profile: 'rfc9068' };
const typ = (value: unknown): string => (value === undefined ? 'no typ' : `typ ${JSON.stringify(value)}`);
const types: Row[] = [
  ...['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'Application/AT+JWT'].flatMap((value) => [
    good(`J17 rfc9068: ${typ(value)} passes`, () => tokenWith({ typ: value }), strict),
    good(`J17 lenient: ${typ(value)} passes`, () => tokenWith({ typ: value })),
  ]),
  ...['JWT', 'jwt', 'application/jwt', undefined].flatMap((value) => [
    bad(`J17 rfc9068: ${typ(value)} is refused`, () => tokenWith({ typ: value }), strict),
    good(`J17 lenient: ${typ(value)} passes`, () => tokenWith({ typ: value })),
  ]),
  ...[
    ...[
      'dpop+jwt',
      'secevent+jwt',
      'logout+jwt',
      'client-authentication+jwt',
      'oauth-authz-req+jwt',
      'token-introspection+jwt',
    ],
    ...[
      'JOSE',
      'JWE',
      'at-jwt',
      'at+jwt ',
      ' at+jwt',
      'at+jwt;a=b',
      'text/at+jwt',
      'application/application/at+jwt',
      'application/',
    ],
    ...['', 'at+jw\u0074\u0000', 'ａt+jwt', 5, null, true, ['at+jwt'], { typ: 'at+jwt' }],
  ].flatMap((value) => [
    bad(`J17 rfc9068: ${typ(value)} is refused`, () => tokenWith({ typ: value }), strict),
    bad(`J17 lenient: ${typ(value)} is refused`, () => tokenWith({ typ: value })),
  ]),
];

// J18, J19
const identity: Claims = { scope: undefined, client_id: undefined, jti: undefined, azp: 'app', name: 'Alice' };
const typed = { typ: 'at+jwt' };
const full: Claims = { client_id: 'app', jti: 'id-1' };
const otherTokens: [string, Claims, object?][] = [
  ['J18 an ID token with `at_hash`', { ...identity, at_hash: 'x' }],
  ['J18 an ID token with `c_hash`', { ...identity, c_hash: 'x' }],
  ['J18 an ID token with `s_hash`', { ...identity, s_hash: 'x' }],
  ['J18 an ID token with `at_hash` and a scope', { at_hash: 'x' }],
  ['J18 an ID token with `at_hash` that is null', { ...identity, at_hash: null }],
  ['J18 an ID token with `nonce`', { ...identity, nonce: 'n' }],
  ['J18 an ID token of Keycloak', { ...identity, typ: 'ID' }],
  ['J18 an ID token of Cognito', { ...identity, token_use: 'id' }],
  ['J18 a typ claim that is no text', { typ: ['Bearer'] }],
  [
    'J19 a logout token',
    { scope: undefined, events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
    { typ: 'logout+jwt' },
  ],
  ['J19 a logout token of an old kind', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
  ['J19 a security event', { events: {} }, { typ: 'secevent+jwt' }],
  ['J19 a refresh token of Keycloak', { typ: 'Refresh' }],
  ['J19 an offline token of Keycloak', { typ: 'Offline' }],
  ['J19 a refresh token by its `token_use`', { token_use: 'refresh' }],
  ['J19 a client assertion', { iss: 'app', sub: 'app', scope: undefined }],
  ['J19 a client assertion for the issuer', { iss: 'app', sub: 'app', aud: 'https://issuer.example/token' }],
  ['J19 a token for the issuer’s own userinfo', { aud: `${server.url}/userinfo` }],
];
const kinds: Row[] = [
  ...otherTokens.flatMap(([what, differing, header]) => {
    const answer =
      'aud' in differing && !('iss' in differing)
        ? invalidToken('The access token is not meant for this API.')
        : invalid;
    return [
      bad(`${what} is refused, lenient`, () => tokenWith(header ?? {}, rsa, differing), undefined, answer),
      bad(
        `${what} is refused, rfc9068`,
        () => tokenWith(header ?? {}, rsa, differing),
        strict,
        header === undefined ? answer : invalid,
      ),
      bad(
        `${what} is refused, rfc9068, also with the header of an access token`,
        () => tokenWith(typed, rsa, { ...full, ...differing }),
        strict,
        answer,
      ),
    ];
  }),
  bad('J18 an ID token without any mark is refused by rfc9068', () => tokenWith({ typ: 'JWT' }, rsa, identity), strict),
  good('J18 a token with `nonce` and a scope is an access token', () => tokenWith({}, rsa, { nonce: 'n' })),
  good('J18 the access token of Keycloak passes', () => tokenWith({}, rsa, { typ: 'Bearer' })),
  good('J18 the access token of Cognito passes', () => tokenWith({}, rsa, { token_use: 'access' })),
  bad('J19 a client assertion that its client signed is refused', () =>
    createSigner('app', 'ES256').token(claims({ iss: 'app', sub: 'app' })),
  ),
];

testRows(
  [
    ...[none, signed, confusion, algorithms, weak, ecdsa, names, kids, critical, duplicates].flat(),
    ...[parts, shapes, encodingRows, types, kinds].flat(),
  ],
  published,
);

testOnEach(
  'J18 an ID token without any mark is told from an access token by rfc9068 alone: what it may do is what its scopes say',
  async () => {
    const api = await startApi({ ...published });
    const got = await api.send(tokenWith({ typ: 'JWT' }, rsa, identity));
    expect(got.status).toBe(403);
    expect(got.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
  },
);

describe('J3 a public key as a secret is a mistake', () => {
  const pem = [
    spki,
    ` ${spki}`,
    `\n\n${spki}`,
    `\ufeff${spki}`,
    `\t \r\n${spki}`,
    `\ufeff \ufeff${spki}`,
    spki.trimEnd(),
  ];
  // As `openssl pkcs12` writes it; who reads PEM skips what stands before.
  pem.push(`Bag Attributes\n    localKeyID: 01\n${spki}`);
  const jwk = [JSON.stringify(rsa.jwk), `\n ${JSON.stringify(rsa.jwk, null, 2)}`, `\ufeff${JSON.stringify(rsa.jwk)}`];
  test.each([...pem, ...jwk].map((secret) => [secret.slice(0, 32), secret]))(
    'J3 one that begins with %j',
    (_, secret) => {
      for (const given of [secret, Buffer.from(secret), new Uint8Array(Buffer.from(secret))]) {
        const make = (): unknown => createAuthorizer({ issuer: { issuer: server.url, secret: given }, audience });
        expect(make).toThrow(/`secret`/);
        expect(make).toThrow(TypeError);
        try {
          make();
        } catch (error) {
          expect(String(error)).not.toContain(spki.slice(30, 60));
          expect(String(error)).not.toContain(rsa.jwk.n);
        }
      }
    },
  );

  test.each([
    ['of 31 bytes', 'x'.repeat(31)],
    ['that is empty', ''],
    ['that is a KeyObject', rsa.publicKey],
    ['that is a JWK', rsa.jwk],
  ])('J3 and so is one %s, while one of 32 bytes is none', (_, secret) => {
    const make = (given: unknown) => (): unknown =>
      createAuthorizer({ issuer: { issuer: server.url, secret: given as string }, audience });
    expect(make(secret)).toThrow(/`secret`/);
    expect(make('x'.repeat(32))).not.toThrow();
  });
});

describeOnEach('what a header says of its key is never followed', () => {
  test('J9 jku, x5u, x5c and jwk with the key of an attacker: refused, and nothing goes out', async () => {
    const attacker = createSigner('rsa', 'RS256');
    const lure = await bystander({ '/jwks': { keys: [attacker.jwk] } });
    const own = await publish(rsa.jwk);
    const api = await startApi({ issuer: own.url });
    await api.authorizer.ready();
    const [before, token] = [
      own.requests.length,
      (header: object, by = attacker) => by.token(claimsOf(own.url), header),
    ];
    const members = { jku: `${lure.url}/jwks`, x5u: `${lure.url}/x5u`, x5c: ['MIIB'], jwk: attacker.jwk, x5t: 'x' };
    for (const one of Object.keys(members) as (keyof typeof members)[]) {
      for (const kid of ['rsa', undefined]) {
        expectRefusal(await api.send(token({ [one]: members[one], kid })), invalid);
      }
    }
    expectRefusal(await api.send(token(members)), invalid);
    expectPermit(await api.send(token(members, rsa)));
    expect(lure.requests).toEqual([]);
    // Without a kid a signature that fits no key asks once in a floor for newer ones, at the issuer's own address.
    expect(own.requests.slice(before).filter((path) => path !== '/jwks' && !path.startsWith('/.well-known/'))).toEqual(
      [],
    );
    expect(own.requests.slice(before).filter((path) => path === '/jwks').length).toBeLessThanOrEqual(1);
  });

  test('J8 no kid, however strange, causes more than one fetch in a floor', async () => {
    const own = await publish(rsa.jwk);
    const api = await startApi({ issuer: own.url });
    await api.authorizer.ready();
    for (const kid of strange) expectRefusal(await api.send(rsa.token(claimsOf(own.url), { kid })), invalid);
    expect(own.requests.filter((path) => path === '/jwks')).toHaveLength(2);
    expectPermit(await api.send(rsa.token(claimsOf(own.url))));
  });

  test('J8 a kid that is no text causes no fetch at all', async () => {
    const own = await publish(rsa.jwk);
    const api = await startApi({ issuer: own.url });
    for (const kid of strange.filter((one) => typeof one !== 'string' || one === '')) {
      expectRefusal(await api.send(rsa.token(claimsOf(own.url), { kid })), invalid);
    }
    expect(own.requests).toEqual([]);
  });
});

describeOnEach('J11 what no header field may carry is refused with a fixed text, and the process goes on', () => {
  const texts = [
    'a\r\nSet-Cookie: a=b',
    '\n',
    '\0',
    '\u0080',
    '\u009b',
    '\u00e9',
    '\u2028',
    '鍵',
    '🔑',
    '"',
    '\\',
    'a", error="x',
    '\ud800',
    '\u202e',
  ];
  test.each(['crit', 'alg', 'typ', 'kid', 'jku', 'cty'])('J11 in %s', async (name) => {
    const api = await startApi(published);
    for (const text of texts) {
      const value: unknown = name === 'crit' ? [text] : text;
      const got = await api.send(tokenWith({ [name]: value, ...(name === 'crit' && { [text]: 1 }) }));
      if (name === 'jku' || name === 'cty') {
        expectPermit(got);
        continue;
      }
      expectRefusal(got, invalid);
      expectBearer(challengesIn(got.headers.get('www-authenticate') ?? ''), { realm: 'api' });
    }
    expectPermit(await api.send(tokenWith({})));
    expect(api.failures).toEqual([]);
  });
});

test('J5 what is forged for an exponent of 1 is what the signature holds', () => {
  const signature = sign('sha256', Buffer.from('what is signed'), rsa.privateKey);
  const padded = publicDecrypt({ key: rsa.publicKey, padding: constants.RSA_NO_PADDING }, signature);
  expect(paddedHash('what is signed')).toEqual(padded);
});
