// Rows J11, E2 and E4 as a law: whatever characters stand in a token or a request, the process lives, what it answers can be
// read, and nothing of what was sent comes back in a header, nor anything of a token anywhere.

import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { on } from 'rightful';
import type { Served } from '../flow/frameworks.ts';
import { askRaw, expectPermit, visible, type Answer } from '../flow/answers.ts';
import { challengesIn, expectBearer } from '../support/challenge-parser.ts';
import {
  claimsOf,
  createSigner,
  describeOnEach,
  framework,
  publish,
  scope,
  startApi,
  type Api,
  type Options,
} from './api.ts';

const signer = createSigner('k1', 'ES256');
const server = await publish(signer.jwk);
const forger = createSigner('k1', 'ES256');
const published: Options = { issuer: { issuer: server.url, keys: { keys: [signer.jwk] } } };
const realm = 'Contacts, all of them';
let api: Api;
let users: Served;

async function serveBoth(): Promise<void> {
  api = await startApi(published, { guards: { realm } });
  const { requirePermission } = framework().createGuards(api.authorizer, { realm });
  users = await framework().serve([
    { method: 'all', path: '/users/:id', guards: [requirePermission(on('users:read', 'users:id:{id}'))] },
    { method: 'all', path: '/:any', guards: [requirePermission(scope)] },
  ]);
}

const descriptions = new Set([
  'The access token is not sent in a valid way.',
  'The access token is not valid here.',
  'The access token has expired.',
  'The access token is not valid yet.',
  'The access token is not meant for this API.',
  'The access token delegates too little: ask the user for the scopes named here.',
]);
const scopesAsked = new Set([scope, 'users:read']);
const headerNames = new Set([
  ...[
    'www-authenticate',
    'content-type',
    'content-length',
    'cache-control',
    'date',
    'connection',
    'keep-alive',
    'x-powered-by',
    'etag',
  ],
]);

/** What an attacker's text holds somewhere, so that it is known again. */
const mark = 'zqATTACKERqz';
const nasty = fc.constantFrom(
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    '"',
    '\\',
    '\\"',
    '", error="x',
    '\r\nSet-Cookie: a=b\r\n\r\n',
    '\u0080',
    '\u009b',
    '\u2028',
    '\ufeff',
    '\ud800',
  ],
  ...[
    '\u202e',
    '\u001b[31m',
    '鍵',
    '🔑',
    '%0d%0a',
    '%00',
    '${7*7}',
    '<script>',
    '__proto__',
    ',',
    ';',
    '=',
    ' ',
    '\t',
    '\u007f',
    'ÿ',
  ],
);
const text = fc
  .tuple(fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 5 }), fc.nat(5))
  .map(([parts, at]) => [...parts.slice(0, at), mark, ...parts.slice(at)].join(''));
const value = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(text, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, true, 0, -1, 1e300, 5.5) },
);
const members = (...names: string[]): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .array(
      fc.tuple(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: text }), value),
      { minLength: 1, maxLength: 3 },
    )
    .map((entries) => Object.fromEntries(entries));

const headers = members(
  'alg',
  'kid',
  'typ',
  'cty',
  'crit',
  'jku',
  'x5u',
  'x5c',
  'jwk',
  'b64',
  'iss',
  'enc',
  'zip',
  'p2c',
  '__proto__',
);
const claims = members(
  ...[
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'jti',
    'scope',
    'scp',
    'client_id',
    'azp',
    'org_id',
    'act',
    'cnf',
    'typ',
    'token_use',
  ],
  ...[
    'permissions',
    'roles',
    'nonce',
    'events',
    'at_hash',
    'gty',
    'idtyp',
    'preferred_username',
    '__proto__',
    'constructor',
    'then',
    'toJSON',
  ],
);

/** Reads the answer as the strictest client would. */
function expectReadable(answer: Answer): void {
  const { status, headers: all, text: body } = answer;
  expect([200, 400, 401, 403]).toContain(status);
  for (const [name, content] of all) {
    expect(headerNames).toContain(name);
    expect(content).not.toMatch(new RegExp(mark, 'i'));
    // All that a field can carry, RFC 9110 section 5.5.
    expect(content).toMatch(/^[\x20-\x7e]*$/);
  }
  const content: unknown = JSON.parse(body);
  const challenge = all.get('www-authenticate');
  if (status === 200) {
    expect(challenge).toBeNull();
    return;
  }
  expect(content).toMatchObject({ status, code: expect.stringMatching(/^[a-z_]+$/) });
  expect(all.get('content-type')).toBe('application/problem+json');
  expect(all.get('cache-control')).toBe('no-store');
  expect(api.refusals.length).toBeGreaterThan(0);
  const { code, detail } = content as { code: string; detail: string };
  if (code === 'insufficient_privilege') {
    expect(challenge).toBeNull();
    return;
  }
  const { error, description, scope: asked } = expectBearer(challengesIn(challenge ?? ''), { realm });
  expect(error).toBe(code === 'missing_token' ? undefined : code);
  if (description !== undefined) expect(descriptions).toContain(description);
  expect(description).toBe(code === 'missing_token' ? undefined : detail);
  if (asked !== undefined) expect(scopesAsked).toContain(asked);
}

/** E4: no seventeen characters in a row. */
function expectNothingOf(token: string, shown: string): void {
  for (let at = 0; at + 17 <= token.length; at += 1) {
    const part = token.slice(at, at + 17);
    if (shown.includes(part)) throw new Error(`${JSON.stringify(part)} is shown in ${JSON.stringify(shown)}`);
  }
}

function printed(): string {
  return api.refusals
    .splice(0)
    .map((error) =>
      [
        inspect(error, { depth: Infinity, showHidden: true, getters: true }),
        error.message,
        String(error.stack),
        JSON.stringify(error),
      ].join('\n'),
    )
    .join('\n');
}

async function expectHarmless(token: string, answer: Answer, { isPermitOk = true } = {}): Promise<void> {
  expectReadable(answer);
  const shown = printed();
  // Beneath the error a log may name what the token says, short and quoted: never as it was sent.
  expect(shown).toMatch(/^[\x20-\x7e\n]*$/);
  if (answer.status === 200) {
    expect(isPermitOk).toBe(true);
    return;
  }
  expectNothingOf(token, `${visible(answer)}\n${shown}`);
}

const bearer = (token: string): string[] => [`Authorization: Bearer ${token}`];
const good = (): string => signer.token(claimsOf(server.url));

describeOnEach('whatever stands in a token', () => {
  beforeAll(serveBoth);
  afterAll(expectGood);

  test('J11 E4 in its header', async () => {
    await fc.assert(
      fc.asyncProperty(headers, async (header) => {
        const token = signer.raw(
          JSON.stringify({ alg: 'ES256', kid: 'k1', ...header }),
          JSON.stringify(claimsOf(server.url)),
        );
        await expectHarmless(token, await askRaw(api.address, 'GET /', bearer(token)));
      }),
      { numRuns: 40 },
    );
  });

  test('J11 E4 in its claims, signed by the issuer', async () => {
    await fc.assert(
      fc.asyncProperty(claims, async (differing) => {
        const token = signer.token({ ...claimsOf(server.url), ...differing });
        await expectHarmless(token, await askRaw(api.address, 'GET /', bearer(token)));
        const onUsers = await askRaw(users.address, 'GET /users/7', bearer(token));
        await expectHarmless(token, onUsers);
      }),
      { numRuns: 40 },
    );
  });

  test('J11 E4 in its claims, signed by nobody', async () => {
    await fc.assert(
      fc.asyncProperty(claims, headers, async (differing, header) => {
        const token = forger.raw(
          JSON.stringify({ alg: 'ES256', kid: 'k1', ...header }),
          JSON.stringify({ ...claimsOf(server.url), ...differing }),
        );
        await expectHarmless(token, await askRaw(api.address, 'GET /', bearer(token)), { isPermitOk: false });
      }),
      { numRuns: 40 },
    );
  });

  test('J11 E4 in the bytes of its parts', async () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      text.map((one) => Buffer.from(one)),
    );
    await fc.assert(
      fc.asyncProperty(part, part, async (header, payload) => {
        const token = signer.raw(header, payload);
        await expectHarmless(token, await askRaw(api.address, 'GET /', bearer(token)), { isPermitOk: false });
      }),
      { numRuns: 40 },
    );
  });
});

describeOnEach('whatever stands in a request', () => {
  beforeAll(serveBoth);
  afterAll(expectGood);

  // A line break would end the field, and Node refuses what no field may hold: those are not seen by any code of ours.
  const field = text.map((one) => Buffer.from(one.replaceAll(/[\r\n\0]/g, ' ')).toString('latin1'));
  const scheme = fc.oneof(
    fc.constantFrom('Bearer', 'bearer', 'BEARER', 'Basic', 'DPoP', 'Bearer,', 'Bearer:', '"Bearer"'),
    field,
  );

  test('E2 E4 in the credentials', async () => {
    await fc.assert(
      fc.asyncProperty(scheme, fc.constantFrom(' ', '  ', '\t', '', ','), field, async (name, gap, rest) => {
        const answer = await askRaw(api.address, 'GET /', [`Authorization: ${name}${gap}${rest}`]);
        if (isNodesOwn(answer)) return;
        await expectHarmless(rest, answer, { isPermitOk: false });
      }),
      { numRuns: 40 },
    );
  });

  test('E2 E4 in credentials that begin with a good token', async () => {
    await fc.assert(
      fc.asyncProperty(field, fc.boolean(), async (more, isBefore) => {
        const token = good();
        const answer = await askRaw(api.address, 'GET /', [
          `Authorization: Bearer ${isBefore ? more + token : token + more}`,
        ]);
        if (isNodesOwn(answer)) return;
        await expectHarmless(token, answer);
      }),
      { numRuns: 40 },
    );
  });

  test('E2 E4 in the query, the path and its parameters, and in other fields', async () => {
    const segment = text.map((one) => encodeURIComponent(Buffer.from(one).toString()));
    await fc.assert(
      fc.asyncProperty(
        segment,
        segment,
        field,
        fc.constantFrom('none', 'bad', 'good'),
        async (path, query, other, which) => {
          const token = which === 'good' ? signer.token(claimsOf(server.url, { scope: 'users:read' })) : 'x'.repeat(30);
          const lines = [`X-Forwarded-Host: ${other}`, `Origin: ${other}`, `Cookie: access_token=${other}`];
          const all = which === 'none' ? lines : [...lines, ...bearer(token)];
          for (const target of [
            `/users/${path}`,
            `/${path}`,
            `/users/${path}?access_token=${query}`,
            `/users/7?${query}=${path}`,
          ]) {
            const answer = await askRaw(users.address, `GET ${target}`, all);
            if (isNodesOwn(answer)) continue;
            await expectHarmless(token, answer, { isPermitOk: which === 'good' });
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('E2 E4 in a query that is not encoded', async () => {
    await fc.assert(
      fc.asyncProperty(field, async (one) => {
        const target = `/users/7?access_token=${one.replaceAll(' ', '+')}`;
        const answer = await askRaw(users.address, `GET ${target}`, bearer('x'.repeat(30)));
        if (isNodesOwn(answer)) return;
        await expectHarmless('x'.repeat(30), answer, { isPermitOk: false });
      }),
      { numRuns: 40 },
    );
  });
});

/** Node's parser, or Express's router for a path that decodes to nothing, answers 400 before any guard runs. */
function isNodesOwn({ status, headers: all }: Answer): boolean {
  return status === 400 && all.get('content-type') !== 'application/problem+json';
}

/** After all of it a good token passes, and no error handler was called. */
async function expectGood(): Promise<void> {
  expectPermit(await api.send(good()));
  expect(api.failures).toEqual([]);
  api.refusals.splice(0);
}
