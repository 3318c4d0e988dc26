// A token before it is signed, as text member by member: a draft can say what no JSON library would write.

import { createHmac, createPublicKey } from 'node:crypto';
import { audience, plainClaims, plainHeader, signatureOf, users } from './issuers.mjs';

/**
 * @typedef {[name: string, json: string][]} Members
 * @typedef {{ issuer: import('./issuers.mjs').Issuer, header: Members, payload: Members, wrap: (part: 'header' | 'payload',
 *   json: Buffer) => Buffer, sign: (input: string) => string }} Draft
 * @typedef {import('./random.mjs').Random} Random
 * @typedef {import('./issuers.mjs').World} World
 */

/** @param {Random} random @param {World} world @returns {Draft} */
export function plainDraft(random, { issuers }) {
  // Signing by RSA takes most of the time there is.
  const issuer = random.weighted(issuers.map((one) => [one.algorithm === 'RS256' ? 1 : 4, one]));
  return {
    issuer,
    header: membersOf(plainHeader(issuer)),
    payload: membersOf(plainClaims(issuer.name, random.pick(users))),
    wrap: (_part, json) => json,
    sign: (input) => signatureOf(input, issuer.algorithm, issuer.signingKey).toString('base64url'),
  };
}

/** @param {Draft} draft */
export function tokenOf({ header, payload, wrap, sign }) {
  const input = [
    ['header', header],
    ['payload', payload],
  ]
    .map(([part, members]) => wrap(part, Buffer.from(textOf(members))).toString('base64url'))
    .join('.');
  return `${input}.${sign(input)}`;
}

function membersOf(object) {
  return Object.entries(object).map(([name, value]) => [name, JSON.stringify(value)]);
}

function textOf(members) {
  return `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
}

/** @param {Members} members */
function set(members, name, json) {
  const at = members.findIndex(([known]) => known === name);
  if (at === -1) members.push([name, json]);
  else members[at] = [name, json];
}

const q = JSON.stringify;

function nested(levels) {
  return '['.repeat(levels) + ']'.repeat(levels);
}

const oddValues = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-1',
    '1e400',
    '-1e400',
    '1e-400',
    '9007199254740993',
    '123456789012345678901234567890',
  ],
  ...[
    '""',
    '" "',
    '"\\u0000"',
    '"\\ud800"',
    '"\\u0430lice"',
    '"e\\u0301"',
    '"a\\r\\nX-Evil: 1"',
    '"\\"\\\\"',
    '"\u{1F980}"',
  ],
  ...[
    '[]',
    '{}',
    '[[]]',
    '[null]',
    '{"toString":1}',
    '{"__proto__":{"admin":true}}',
    '{"length":1,"0":"x"}',
    '[1,"a"]',
  ],
  ...[
    nested(10),
    nested(62),
    nested(63),
    nested(64),
    nested(65),
    nested(1000),
    nested(3500),
    q('x'.repeat(3000)),
    q('x'.repeat(9000)),
  ],
];

const oddNames = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'length', 'toJSON', ''],
  ...[
    'cnf',
    'act',
    'may_act',
    'events',
    'nonce',
    'at_hash',
    'c_hash',
    's_hash',
    'typ',
    'token_use',
    'azp',
    'cid',
    'appid',
  ],
  ...['scp', 'roles', 'gty', 'idtyp', 'preferred_username', 'org_id', 'crit', 'b64', 'zip', 'cty', 'sid', 'auth_time'],
];

/** @type {Record<string, (draft: Draft, random: Random, world: World) => void>} */
export const draftMutations = {
  removeMember: (draft, random) => {
    const members = part(draft, random);
    if (members.length > 0) members.splice(random.below(members.length), 1);
  },
  duplicateMember: (draft, random) => {
    const members = part(draft, random);
    if (members.length === 0) return;
    const [name, json] = random.pick(members);
    const copy = [name, random.chance(60) ? random.pick(oddValues) : json];
    members.splice(random.below(members.length + 1), 0, copy);
  },
  retypeMember: (draft, random) => {
    const members = part(draft, random);
    if (members.length > 0) random.pick(members)[1] = random.pick(oddValues);
  },
  wrapMember: (draft, random) => {
    const members = part(draft, random);
    if (members.length === 0) return;
    const member = random.pick(members);
    member[1] = random.pick([`[${member[1]}]`, `{"value":${member[1]}}`, q(member[1]), `[${member[1]},${member[1]}]`]);
  },
  renameMember: (draft, random) => {
    const members = part(draft, random);
    if (members.length === 0) return;
    const member = random.pick(members);
    member[0] = random.pick([random.pick(oddNames), member[0].toUpperCase(), `${member[0]} `, `\u200b${member[0]}`]);
  },
  addMember: (draft, random) => {
    const members = part(draft, random);
    members.splice(random.below(members.length + 1), 0, [random.pick(oddNames), random.pick(oddValues)]);
  },
  times: ({ payload }, random) => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const away = random.pick([-1e9, -86400, -60, -8, -2, 0.5, 2, 8, 60, 86400, 1e9, 1e12]);
    const odd = random.pick([String(away), q(String(nowSeconds + away)), String((nowSeconds + 600) * 1000), '1e400']);
    const json = random.chance(70) ? String(nowSeconds + away) : odd;
    set(payload, random.pick(['exp', 'nbf', 'iat']), json);
  },
  audience: ({ payload }, random) => {
    const near = [
      `${audience}/`,
      `${audience}.evil.example`,
      audience.toUpperCase(),
      ` ${audience}`,
      'https://evil.example',
      '',
    ];
    const lists = [
      [audience],
      [audience, 'other'],
      ['other', audience, audience],
      ['other'],
      [[audience]],
      [],
      { 0: audience },
    ];
    set(payload, 'aud', q(random.pick([...near, ...lists, near])));
  },
  issuer: ({ payload, issuer }, random, { issuers, trap }) => {
    const { name } = issuer;
    const near = [
      `${name}/`,
      name.replace(/\/$/, ''),
      name.toUpperCase(),
      `${name}#`,
      name.replace('127.0.0.1', 'localhost'),
    ];
    const other = [
      random.pick(issuers).name,
      trap.address,
      '__proto__',
      'constructor',
      '',
      'file:///etc/passwd',
      [name],
      { name },
    ];
    set(payload, 'iss', q(random.pick([...near, ...other])));
  },
  subject: ({ payload }, random) => {
    const odd = [
      '',
      'ALICE',
      'alice ',
      '\u0430lice',
      'bob\u0000',
      '__proto__',
      'toString',
      'test-client',
      'test-client@clients',
    ];
    set(payload, 'sub', q(random.pick([...odd, ...users, 7, null, ['bob']])));
  },
  scopes: ({ payload }, random) => {
    const near = ['read:things2', 'read:thing', 'READ:THINGS', 'read:*', '*', '**', '__proto__', 'r\u0435ad:things'];
    const spaced = ['\tread:things', 'read:things\n', 'a\u00a0read:things', ' read:things  ', 'a\u2003read:things', ''];
    const typed = [
      ['read:things'],
      ['read:things', 1],
      [['read:things']],
      { 0: 'read:things' },
      'read:things',
      'x read:things',
      1,
    ];
    const value = random.pick([...near, ...spaced, ...typed, near.join(' ')]);
    set(payload, random.pick(['scope', 'scp', 'permissions', 'roles']), q(value));
  },
  algorithm: ({ header }, random) => {
    const none = ['none', 'None', 'NONE', 'nOnE', 'none '];
    const other = [
      'HS256',
      'HS384',
      'HS512',
      'RS256',
      'RS384',
      'RS512',
      'PS256',
      'ES256',
      'ES384',
      'ES256K',
      'EdDSA',
      'Ed25519',
    ];
    const odd = [
      '',
      'rs256',
      ' RS256',
      'RSA-OAEP',
      'dir',
      'toString',
      '__proto__',
      256,
      null,
      ['RS256'],
      'RS256\r\nX: 1',
    ];
    set(header, 'alg', q(random.pick([...none, ...other, ...odd])));
  },
  keyId: ({ header }, random, { issuers }) => {
    const odd = [
      '',
      '../../etc/passwd',
      "' OR 1=1 --",
      '__proto__',
      'constructor',
      'k'.repeat(5000),
      '\r\nX-Evil: 1',
      '\u{1F511}',
    ];
    const known = issuers.flatMap(({ keys }) => keys.map(({ kid }) => kid ?? ''));
    const typed = [1, null, {}, ['own-RS256'], true];
    // Names that nobody has are the ones that make a verifier ask the network.
    const made = `made-up-${random.below(1000)}`;
    set(header, 'kid', q(random.pick([...odd, ...known, ...typed, made])));
  },
  withoutKeyId: (draft) => {
    draft.header = draft.header.filter(([name]) => name !== 'kid');
  },
  type: ({ header }, random) => {
    const types = ['JWT', 'jwt', 'AT+JWT', 'application/at+jwt', 'APPLICATION/AT+JWT', 'application/jwt', 'at+jwt'];
    const wrong = [
      'dpop+jwt',
      'secevent+jwt',
      'logout+jwt',
      'JOSE',
      '',
      ' at+jwt',
      'application/application/at+jwt',
      1,
      null,
      [],
    ];
    set(header, 'typ', q(random.pick([...types, ...wrong])));
  },
  critical: ({ header }, random) => {
    const values = [
      ['exp'],
      [],
      ['b64'],
      ['alg'],
      'exp',
      [1],
      ['toString'],
      ['x'.repeat(200)],
      null,
      {},
      ['\r\n"\\\u{1F4A5}'],
    ];
    set(header, 'crit', q(random.pick(values)));
    if (random.chance(40)) set(header, random.pick(['b64', 'exp']), random.pick(['false', 'true', '1']));
  },
  keyByAddress: ({ header, issuer }, random, { trap }) => {
    const { n = 'AQAB' } = publicJwk(issuer.wrongKey) ?? {};
    const values = {
      jku: trap.address,
      x5u: trap.address,
      x5c: [n],
      jwk: publicJwk(issuer.wrongKey) ?? {},
      x5t: 'AAAA',
    };
    const name = random.pick(Object.keys(values));
    set(header, name, q(values[name]));
  },
  // The text of a part instead of its members.
  text: (draft, random) => {
    const which = random.pick(['header', 'payload']);
    const change = random.pick(textChanges);
    const { wrap } = draft;
    draft.wrap = (name, json) => (name === which ? change(wrap(name, json), random) : wrap(name, json));
  },
  wrongKey: (draft) => {
    const { algorithm, wrongKey } = draft.issuer;
    draft.sign = (input) => signatureOf(input, algorithm, wrongKey).toString('base64url');
  },
  otherIssuersKey: (draft, random, { issuers }) => {
    const { algorithm, signingKey } = random.pick(issuers);
    draft.sign = (input) => signatureOf(input, algorithm, signingKey).toString('base64url');
  },
  // RFC 8725 section 2.1: a public key taken for a secret.
  confusedKey: (draft, random, { issuers }) => {
    const { keys } = random.pick(issuers);
    const secrets = confusedSecrets(random.pick(keys));
    set(draft.header, 'alg', '"HS256"');
    const secret = random.pick(secrets);
    draft.sign = (input) => createHmac('sha256', secret).update(input).digest('base64url');
  },
  unsigned: (draft, random) => {
    if (random.chance(70)) set(draft.header, 'alg', q(random.pick(['none', 'None', 'NONE'])));
    draft.sign = () => random.pick(['', 'AA', 'AAAA', 'bm9uZQ']);
  },
  oldSignature: (draft, random) => {
    const [, , signature = ''] = random.pick(draft.issuer.tokens).split('.');
    draft.sign = () => signature;
  },
  numbersOfSignature: (draft, random) => {
    const { sign } = draft;
    const change = random.pick(signatureChanges);
    const bytes = random.bytes(64);
    draft.sign = (input) => change(Buffer.from(sign(input), 'base64url'), bytes).toString('base64url');
  },
};

function part(draft, random) {
  return random.chance(35) ? draft.header : draft.payload;
}

const textChanges = [
  (json) => Buffer.concat([Buffer.from('\uFEFF'), json]),
  (json) => Buffer.concat([json, Buffer.from([0])]),
  (json) => Buffer.concat([json, Buffer.from(' \r\n\t')]),
  (json) => Buffer.concat([json, json]),
  (json) => Buffer.concat([json, Buffer.from('// comment')]),
  (json) => Buffer.from(json.toString().replace(/\}$/, ',}')),
  (json) => Buffer.from(json.toString().replaceAll('"', "'")),
  (json) => Buffer.from(json.toString(), 'utf16le'),
  (json) => Buffer.from(`[${json.toString()}]`),
  (json) => Buffer.from(q(json.toString())),
  () => Buffer.from('null'),
  () => Buffer.from('7'),
  () => Buffer.from('[]'),
  () => Buffer.from('""'),
  () => Buffer.from('{}'),
  () => Buffer.alloc(0),
  () => Buffer.from('['.repeat(5000)),
  () => Buffer.from('{"a":'.repeat(1200)),
  (json, random) => {
    const at = random.below(json.length);
    return Buffer.concat([json.subarray(0, at), Buffer.from([0xc0, 0x80 + random.below(128)]), json.subarray(at)]);
  },
  (json, random) => {
    const copy = Buffer.from(json);
    copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
];

/** The order of P-256, SEC 2 section 2.4.2. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function number(bytes) {
  return BigInt(`0x0${bytes.toString('hex')}`);
}

function bytesOf(value) {
  return Buffer.from(value.toString(16).padStart(64, '0').slice(-64), 'hex');
}

const signatureChanges = [
  ({ length }) => Buffer.alloc(length),
  ({ length }) => Buffer.alloc(length, 0xff),
  () => Buffer.alloc(0),
  () => Buffer.alloc(1),
  (_signature, random) => random,
  (signature) => signature.subarray(0, -1),
  (signature) => signature.subarray(1),
  (signature) => Buffer.concat([signature, Buffer.alloc(1)]),
  (signature) => Buffer.concat([Buffer.alloc(1), signature]),
  (signature) => Buffer.concat([signature, signature]),
  (signature) => Buffer.from(signature.toReversed()),
  (signature) => Buffer.concat([signature.subarray(32), signature.subarray(0, 32)]),
  // r and s at the limits of the group; the twin of s, which is as good as s; and s beyond the order.
  () => Buffer.concat([bytesOf(order), bytesOf(order)]),
  () => Buffer.concat([bytesOf(1n), bytesOf(order - 1n)]),
  (signature) => Buffer.concat([Buffer.alloc(32), signature.subarray(32)]),
  (signature) => Buffer.concat([signature.subarray(0, 32), bytesOf(order)]),
  (signature) => twin(signature),
  (signature) => derEncoded(signature),
];

function twin(signature) {
  const s = number(signature.subarray(32, 64));
  return s === 0n || s >= order ? signature : Buffer.concat([signature.subarray(0, 32), bytesOf(order - s)]);
}

// ASN.1 in place of RFC 7518 section 3.4's two numbers.
function derEncoded(signature) {
  const integers = [signature.subarray(0, 32), signature.subarray(32, 64)].map((bytes) => {
    const value = Buffer.concat([Buffer.alloc(1), bytes]);
    return Buffer.concat([Buffer.from([2, value.length]), value]);
  });
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function publicJwk(key) {
  return Buffer.isBuffer(key) ? undefined : createPublicKey(key).export({ format: 'jwk' });
}

function confusedSecrets({ publicKey, kid = '' }) {
  if (publicKey === undefined) return [Buffer.alloc(32), Buffer.alloc(0), Buffer.from('secret')];
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const jwk = publicKey.export({ format: 'jwk' });
  return [
    pem,
    pem.trim(),
    `\uFEFF${pem}`,
    publicKey.export({ type: 'spki', format: 'der' }),
    q(jwk),
    q({ ...jwk, kid }),
    Buffer.from(jwk.n ?? jwk.x ?? '', 'base64url'),
    jwk.n ?? jwk.x ?? '',
    kid,
    '',
  ];
}
