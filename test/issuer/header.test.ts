import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createSigner, encoded, type Signer } from './signer.ts';
import { isSignedByJose } from '../../src/issuer/signature.ts';
import { startServer } from './loopback-server.ts';
import {
  audience,
  claimsFor,
  expectInvalid,
  expectUnavailable,
  reasonOf,
  remote,
  setOf,
  settingsOf,
  verifierOf,
} from './verifying.ts';

const issuer = 'https://issuer.example/';
const rsa = createSigner('rsa', 'RS256');
const ec = createSigner('ec', 'ES256');
const verifier = verifierOf(settingsOf(issuer, setOf(rsa.jwk, ec.jwk)));
const header = JSON.stringify({ alg: 'RS256', kid: 'rsa' });
const payload = JSON.stringify(claimsFor(issuer));

function withHeader(members: object, signer: Signer = rsa): string {
  return signer.token(claimsFor(issuer), members);
}

test('a token that is signed by a key of its issuer is verified, and what comes out is frozen to the bottom', async () => {
  const { claims, header: read } = await verifier.verify(
    rsa.token(claimsFor(issuer, { deep: [{ list: [1] }] }), { typ: 'at+jwt' }),
  );
  expect(claims['sub']).toBe('alice');
  expect(read['typ']).toBe('at+jwt');
  const deep = claims['deep'] as { list: number[] }[];
  for (const value of [claims, read, deep, deep[0], deep[0]?.list]) expect(Object.isFrozen(value)).toBe(true);
});

describe('what is no signed token is refused', () => {
  const none = (alg: string): string => `${encoded(JSON.stringify({ alg }))}.${encoded(payload)}.`;
  test.each(['none', 'None', 'nOnE', 'NONE'])('J1 alg %s with an empty signature', async (alg) => {
    await expectInvalid(verifier.verify(none(alg)));
    await expectInvalid(verifier.verify(`${none(alg)}AAAA`));
    await expectInvalid(verifier.verify(withHeader({ alg })));
  });

  const good = withHeader({});
  const [head = '', body = '', signature = ''] = good.split('.');
  test.each([
    ['no part', ''],
    ['one part', head],
    ['two parts', `${head}.${body}`],
    ['four parts', `${good}.${signature}`],
    ['five parts', `${good}.${signature}.${signature}`],
    ['only dots', '.'.repeat(8000)],
    ['an empty header', `.${body}.${signature}`],
    ['an empty payload', `${head}..${signature}`],
    ['a JSON serialisation', JSON.stringify({ protected: head, payload: body, signature })],
  ])('J15 %s', async (_, token) => {
    await expectInvalid(verifier.verify(token));
  });
});

test('T16 a token over the limit is refused without being read', async () => {
  const token = withHeader({});
  const { length } = token;
  await expectInvalid(verifierOf(settingsOf(issuer, setOf(rsa.jwk)), { maxTokenBytes: length - 1 }).verify(token));
  await verifierOf(settingsOf(issuer, setOf(rsa.jwk)), { maxTokenBytes: length }).verify(token);
});

describe('a public key is no secret', () => {
  const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const secrets: [string, string | Buffer][] = [
    ['SPKI PEM', spki],
    ['SPKI PEM without its last line break', spki.trimEnd()],
    ['SPKI PEM after a blank', ` ${spki}`],
    ['SPKI PEM after a byte order mark', `\ufeff${spki}`],
    ['PKCS#1 PEM', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' })],
    ['SPKI DER', rsa.publicKey.export({ type: 'spki', format: 'der' })],
    ['JWK as JSON', JSON.stringify(rsa.jwk)],
    ['bytes of the modulus', Buffer.from(rsa.jwk.n ?? '', 'base64url')],
    ['text of the modulus', rsa.jwk.n ?? ''],
  ];
  test.each(secrets)('J2 J3 HS256 with the RSA key as %s is refused', async (_, secret) => {
    const input = `${encoded(JSON.stringify({ alg: 'HS256', kid: 'rsa' }))}.${encoded(payload)}`;
    const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    await expectInvalid(verifier.verify(token));
    await expectInvalid(verifierOf(settingsOf(issuer, setOf(rsa.jwk), ['RS256', 'HS256'])).verify(token));
  });

  test('J2 a secret verifies HMAC, and a public key beside it does not count', async () => {
    const secret = Buffer.alloc(32, 7);
    const shared = verifierOf(settingsOf(issuer, { from: 'secret', secret }, ['HS256', 'RS256']));
    const input = `${encoded('{"alg":"HS256"}')}.${encoded(payload)}`;
    await shared.ready();
    await shared.verify(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`);
    await expectInvalid(shared.verify(`${input}.${createHmac('sha256', 'other').update(input).digest('base64url')}`));
    await expectInvalid(shared.verify(withHeader({})));
  });
});

describe('the algorithm is the one of the key', () => {
  test('J4 ES256 with a key of P-384 is refused', async () => {
    const p384 = createSigner('p384', 'ES384');
    const both = verifierOf(settingsOf(issuer, setOf(p384.jwk)));
    await both.verify(withHeader({}, p384));
    await expectInvalid(both.verify(withHeader({ alg: 'ES256' }, p384)));
  });

  test('J4 a PS256 header over an RS256 signature is refused, and the reverse', async () => {
    const pss = createSigner('pss', 'PS256');
    const both = verifierOf(settingsOf(issuer, setOf(rsa.jwk, pss.jwk)));
    await both.verify(withHeader({}, pss));
    await expectInvalid(both.verify(withHeader({ alg: 'PS256' })));
    await expectInvalid(both.verify(withHeader({ alg: 'RS256' }, pss)));
  });

  test('J4 an algorithm other than the `alg` of the key is refused', async () => {
    const pss = createSigner('pss', 'PS256');
    const bound = verifierOf(settingsOf(issuer, setOf({ ...pss.jwk, alg: 'RS256' })));
    await expectInvalid(bound.verify(withHeader({}, pss)));
    await verifierOf(settingsOf(issuer, setOf({ ...pss.jwk, alg: 'PS256' }))).verify(withHeader({}, pss));
  });

  test('an algorithm that the settings do not list is refused, whatever the keys', async () => {
    await expectInvalid(verifierOf(settingsOf(issuer, setOf(rsa.jwk), ['ES256'])).verify(withHeader({})));
  });

  test.each(['EdDSA', 'Ed25519'])('an Ed25519 key verifies %s', async (alg) => {
    const edwards = createSigner('ed', 'EdDSA');
    const other = verifierOf(settingsOf(issuer, setOf(edwards.jwk)));
    await other.verify(withHeader({ alg }, edwards));
    await expectInvalid(other.verify(withHeader({ alg }, createSigner('ed', 'EdDSA'))));
  });

  test.each(['RS256', 'toString', '__proto__', 'constructor', 'ES256K', ''])(
    'an Ed25519 key does not verify %p',
    async (alg) => {
      const edwards = createSigner('ed', 'EdDSA');
      const other = verifierOf(settingsOf(issuer, setOf(edwards.jwk), ['EdDSA', alg]));
      await expectInvalid(other.verify(withHeader({ alg }, edwards)));
    },
  );
});

describe('J6 a malformed ECDSA signature is refused', () => {
  const input = withHeader({}, ec).split('.').slice(0, 2).join('.');
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
  const der = Buffer.from('3006020101020101', 'hex');
  test.each([
    ['zeros', Buffer.alloc(64)],
    ['r and s at the order', Buffer.concat([order, order])],
    ['DER', der],
    ['one byte short', Buffer.alloc(63, 1)],
    ['one byte long', Buffer.alloc(65, 1)],
    ['a single byte', Buffer.alloc(1, 1)],
  ])('%s', async (_, signature) => {
    await expectInvalid(verifier.verify(`${input}.${signature.toString('base64url')}`));
  });
});

describe('J8 a strange kid matches nothing', () => {
  const kids = [1, {}, [], null, true, '', '../../etc/passwd', "' OR 1=1", '__proto__', 'constructor', 'RSA', 'rsa '];
  test.each(kids)('%p', async (kid) => {
    await expectInvalid(verifier.verify(withHeader({ kid })));
  });

  test('empty, also where a key is named so', async () => {
    const nameless = verifierOf(settingsOf(issuer, setOf({ ...rsa.jwk, kid: '' })));
    await expectInvalid(nameless.verify(withHeader({ kid: '' })));
  });

  test('of ten kilobytes', async () => {
    await expectInvalid(verifier.verify(withHeader({ kid: 'k'.repeat(10_240) })));
  });
});

test('J9 keys that a header names or brings are ignored, and nothing goes out', async () => {
  const attacker = createSigner('rsa', 'RS256');
  const lure = await startServer({ '/jwks': { keys: [attacker.jwk] } });
  const own = verifierOf(settingsOf(issuer, setOf(rsa.jwk)));
  const members = { jku: `${lure.url}/jwks`, x5u: `${lure.url}/x5u`, x5c: ['AAAA'], jwk: attacker.jwk };
  await expectInvalid(own.verify(withHeader(members, attacker)));
  await expectInvalid(own.verify(withHeader({ ...members, kid: undefined }, attacker)));
  await own.verify(withHeader(members));
  expect([...own.requests, ...lure.requests]).toEqual([]);
  await lure.close();
});

describe('J10 J12 a header with `crit` is refused, in whatever form', () => {
  const unencoded = { crit: ['b64'], b64: false };
  test.each([
    [{ crit: ['ext'], ext: 1 }],
    [{ crit: [] }],
    [{ crit: 'ext', ext: 1 }],
    [{ crit: null }],
    [{ crit: [1] }],
    [{ crit: ['alg'] }],
    [{ crit: ['ext'] }],
    [{ crit: ['toString'] }],
    [{ crit: ['b64'], b64: true }],
    [unencoded],
    [{ b64: false }],
    [{ b64: 'false' }],
  ])('%j', async (members) => {
    await expectInvalid(verifier.verify(withHeader(members)));
  });
});

describe('J11 control and other characters in a header are refused with a fixed text', () => {
  test.each(['crit', 'alg', 'typ', 'kid'])('%s', async (name) => {
    for (const text of ['a\r\nb: c', '\0', '\u0080', '\u2028', '鍵', '🔑', '"', '\\', '\ud800']) {
      const verified = verifier.verify(withHeader({ [name]: text }));
      await expect(verified).rejects.toMatchObject({ message: 'The access token is not valid here.', status: 401 });
      expect(await reasonOf(verified)).toMatch(/^[\x20-\x7e]*$/);
    }
  });
});

test('J13 of duplicate members the last counts, for the checks and for the signature alike', async () => {
  await verifier.verify(rsa.raw('{"alg":"none","alg":"RS256","kid":"x","kid":"rsa"}', payload));
  await expectInvalid(verifier.verify(rsa.raw('{"alg":"RS256","alg":"none","kid":"rsa"}', payload)));
  await expectInvalid(verifier.verify(rsa.raw(header, `${payload.slice(0, -1)},"iss":"https://other.example"}`)));
});

describe('J14 C12 a part that is no JSON object in UTF-8 is refused although its signature is good', () => {
  const texts: [string, (object: string) => string | Buffer][] = [
    ['an array', (object) => `[${object}]`],
    ['null', () => 'null'],
    ['a string', (object) => JSON.stringify(object)],
    ['a number', () => '1'],
    ['no JSON', (object) => object.slice(1)],
    ['trailing text', (object) => `${object}x`],
    ['a trailing NUL', (object) => `${object}\0`],
    ['a byte order mark', (object) => `\ufeff${object}`],
    [
      'invalid UTF-8',
      (object) => Buffer.concat([Buffer.from(object.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]),
    ],
    ['10,000 levels', (object) => `${object.slice(0, -1)},"x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['65 levels', (object) => `${object.slice(0, -1)},"x":${'['.repeat(64)}${']'.repeat(64)}}`],
  ];
  const roomy = verifierOf(settingsOf(issuer, setOf(rsa.jwk)), { maxTokenBytes: 100_000 });
  test.each(texts)('%s', async (_, change) => {
    await expectInvalid(roomy.verify(rsa.raw(change(header), payload)));
    await expectInvalid(roomy.verify(rsa.raw(header, change(payload))));
  });

  test('and 64 levels are read', async () => {
    const nested = `${payload.slice(0, -1)},"x":${'['.repeat(63)}${']'.repeat(63)}}`;
    await roomy.verify(rsa.raw(header, nested));
  });
});

describe('J16 base64url is read strictly, in each of the parts', () => {
  // 'ÿþ' and '~' put - and _ into the encoding, and its length leaves two bits over.
  const fitting = (text: string): string => text.padEnd(text.length + ((4 - (text.length % 3)) % 3), ' ');
  const parts = rsa.raw(fitting(header), fitting(payload)).split('.');
  const last = (part: string): string => part.slice(0, -1) + String.fromCharCode(part.charCodeAt(part.length - 1) + 1);
  const changes: [string, (part: string) => string][] = [
    ['with padding', (part) => `${part}==`],
    ['with one sign of padding', (part) => `${part}=`],
    ['with +', (part) => `+${part.slice(1)}`],
    ['with /', (part) => `/${part.slice(1)}`],
    ['with a space', (part) => ` ${part}`],
    ['with a space inside', (part) => `${part.slice(0, 8)} ${part.slice(8)}`],
    ['with a line break', (part) => `${part}\n`],
    ['with a NUL', (part) => `${part}\0`],
    ['with a letter that is none', (part) => `${part.slice(0, -1)}é`],
    ['with trailing bits', last],
    ['of an impossible length', (part) => `${part.slice(0, part.length - (part.length % 4))}A`],
  ];
  test('the token itself is good, and each part leaves bits over', async () => {
    expect(parts.map((part) => part.length % 4)).toEqual([2, 2, 2]);
    await verifier.verify(parts.join('.'));
  });

  test.each(changes)('%s', async (_, change) => {
    for (const index of [0, 1, 2]) {
      await expectInvalid(verifier.verify(parts.map((part, at) => (at === index ? change(part) : part)).join('.')));
    }
  });
});

describe('whom the claims belong to', () => {
  test.each(['https://issuer.example', 'https://ISSUER.example/', 'https://issuer.example:443/', 1, null, undefined])(
    'C8 K18 `iss` %p is not the configured issuer, and nothing goes out',
    async (iss) => {
      const online = verifierOf(settingsOf(issuer, remote()));
      await expectInvalid(online.verify(rsa.token(claimsFor(issuer, { iss }))));
      await expectInvalid(online.verify(rsa.token(claimsFor(issuer, { iss: [issuer] }))));
      expect(online.requests).toEqual([]);
    },
  );

  test('C8 `iss` as an inherited name is no issuer', async () => {
    for (const iss of ['__proto__', 'constructor', 'toString']) {
      await expectInvalid(verifier.verify(rsa.token(claimsFor(issuer, { iss }))));
    }
  });

  test('C9 two issuers share a kid, and the keys of one never verify for the other', async () => {
    const [a, b] = [createSigner('shared'), createSigner('shared')];
    const both = verifierOf([
      settingsOf('https://a.example', setOf(a.jwk)),
      settingsOf('https://b.example', setOf(b.jwk)),
    ]);
    await both.verify(a.token(claimsFor('https://a.example')));
    await both.verify(b.token(claimsFor('https://b.example')));
    await expectInvalid(both.verify(b.token(claimsFor('https://a.example'))));
    await expectInvalid(both.verify(a.token(claimsFor('https://b.example'))));
  });

  test('C14 claims named as members of a prototype are claims and nothing else', async () => {
    const own = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1,"then":{}';
    const { claims } = await verifier.verify(rsa.raw(header, `${payload.slice(0, -1)},${own}}`));
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype);
    expect(Object.hasOwn(claims, '__proto__')).toBe(true);
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
    await expectInvalid(verifier.verify(rsa.raw(header, `{"__proto__":${payload}}`)));
  });

  test.each([{ jkt: 'x' }, {}, null, 'x', { unknown: 1 }])(
    'C15 D1 a token with `cnf` %j is no bearer token',
    async (cnf) => {
      await expectInvalid(verifier.verify(rsa.token(claimsFor(issuer, { cnf }))));
    },
  );

  test('form, algorithm and claims are checked before any key is fetched', async () => {
    const online = verifierOf(settingsOf(issuer, remote(), ['RS256', 'HS256']));
    await expectInvalid(online.verify(`${withHeader({})}.AAAA`));
    await expectInvalid(online.verify(rsa.token(claimsFor(issuer, { aud: `${audience}.evil` }))));
    await expectInvalid(online.verify(rsa.token(claimsFor(issuer, { cnf: {} }))));
    await expectInvalid(online.verify(rsa.token(claimsFor(issuer), { alg: 'HS256' })));
    expect(online.requests).toEqual([]);
  });
});

test('what a stranger sends reaches the operator short and printable', async () => {
  const reason = await reasonOf(
    verifier.verify(rsa.token(claimsFor(issuer, { iss: `\r\n\u009b${'é'.repeat(2000)}` }))),
  );
  expect(reason).toMatch(/^[\x20-\x7e]{1,900}$/);
  expect(reason).toContain('is not trusted here');
});

test('a secret that jose makes no HMAC with is not the fault of the token', async () => {
  const secret = new Uint8Array();
  const empty = verifierOf(settingsOf(issuer, { from: 'secret', secret }, ['HS256']), { isSignedBy: isSignedByJose });
  await expectUnavailable(empty.verify(rsa.raw('{"alg":"HS256"}', payload)));
  await empty.close();
});

test('keys given once need no network, and end with the verifier', async () => {
  const own = verifierOf(settingsOf(issuer, setOf(rsa.jwk)));
  await own.ready();
  await own.verify(withHeader({}));
  expect(own.requests).toEqual([]);
  await own.close();
  await expectUnavailable(own.verify(withHeader({})));
});

test('an issuer whose tokens the application verifies has no verifier here', () => {
  expect(() => verifierOf(settingsOf(issuer, { from: 'verifier' }))).toThrow(TypeError);
});
