// How a token is sent, and how it is not: the rows T1 to T19 (RFC 6750 section 2, RFC 9110 section 11).

import { describe, expect, test } from '@jest/globals';
import type { AuthorizerOptions } from 'rightful';
import { ask, askRaw, expectPermit, expectRefusal, invalidRequest, invalidToken, missingToken } from './answers.ts';
import type { Answer, Expected } from './answers.ts';
import { frameworks } from './frameworks.ts';
import type { Given } from './frameworks.ts';
import { besideOptions, differing } from '../rfc/beside.ts';
import { audience, issuer, options, tokenOf } from './scene.ts';

const token = await tokenOf({ scope: 'read:contacts' });
const other = await issuer.token({ sub: 'admin', scope: 'read:contacts' });
const everywhere: Partial<AuthorizerOptions> = { bearer: { query: true, form: true } };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };

interface Case {
  readonly rule: string;
  readonly authorizer?: Partial<AuthorizerOptions>;
  readonly send: (address: string) => Promise<Answer>;
  /** Absent: 200, and the handler sees Alice. */
  readonly answer?: Expected;
}

/** One value of `Authorization`, sent as it is. */
const header = (rule: string, value: string, answer?: Expected): Case => ({
  rule,
  send: (address) => askRaw(address, 'GET /', [`Authorization: ${value}`]),
  ...(answer !== undefined && { answer }),
});

const inQuery = (rule: string, query: string, answer?: Expected): Case => ({
  rule,
  authorizer: everywhere,
  send: (address) => ask(`${address}/?${query}`),
  ...(answer !== undefined && { answer }),
});

const inForm = (rule: string, body: string, answer?: Expected, headers: Record<string, string> = form): Case => ({
  rule,
  authorizer: everywhere,
  send: (address) => ask(address, { method: 'POST', headers, body }),
  ...(answer !== undefined && { answer }),
});

const long = 'a'.repeat(9000);

const cases: Case[] = [
  { rule: 'T1 no credentials', send: (address) => ask(address), answer: missingToken() },
  header('T1 an empty Authorization line', '', missingToken()),
  header('T2 Basic credentials', 'Basic YWxpY2U6c2VjcmV0', missingToken()),
  header('T2 DPoP credentials', `DPoP ${token}`, missingToken()),
  header('T2 a scheme that begins like ours', `Bearers ${token}`, missingToken()),
  header('T2 a scheme that ends like ours', `X-Bearer ${token}`, missingToken()),
  header('T2 a token without a scheme', token, missingToken()),
  header('T3 a scheme without a token', 'Bearer', invalidRequest()),
  header('T3 a scheme with a space and no token', 'Bearer ', invalidRequest()),
  header('T4 the scheme in lower case', `bearer ${token}`),
  header('T4 the scheme in capitals', `BEARER ${token}`),
  header('T4 the scheme in any case', `bEaReR ${token}`),
  header('T5 two spaces', `Bearer  ${token}`),
  header('T5 many spaces', `Bearer${' '.repeat(20)}${token}`),
  header('T5 spaces behind the value, which are not part of it', `Bearer ${token}   `),
  header('T6 a tabulator in place of the space', `Bearer\t${token}`, invalidRequest()),
  header('T6 a tabulator behind the space', `Bearer \t${token}`, invalidRequest()),
  header('T6 something behind the token', `Bearer ${token} x`, invalidRequest()),
  header('T6 two credentials in one line', `Bearer ${token}, Bearer ${token}`, invalidRequest()),
  header('T6 a comma behind the token', `Bearer ${token},`, invalidRequest()),
  header('T6 parameters', `Bearer token="${token}"`, invalidRequest()),
  header('T6 a token in quotation marks', `Bearer "${token}"`, invalidRequest()),
  header('T6 a colon behind the scheme', `Bearer: ${token}`, invalidRequest()),
  {
    rule: 'T7 two Authorization lines',
    send: (address) => askRaw(address, 'GET /', [`Authorization: Bearer ${token}`, `Authorization: Bearer ${other}`]),
    answer: invalidRequest(),
  },
  {
    rule: 'T7 the same Authorization line twice',
    send: (address) => askRaw(address, 'GET /', [`Authorization: Bearer ${token}`, `authorization: Bearer ${token}`]),
    answer: invalidRequest(),
  },
  {
    rule: 'T7 another scheme in the first of two Authorization lines',
    send: (address) => askRaw(address, 'GET /', ['AUTHORIZATION: Basic eDp5', `Authorization: Bearer ${token}`]),
    answer: invalidRequest(),
  },
  {
    rule: 'T7 another scheme in the second of two Authorization lines',
    send: (address) => askRaw(address, 'GET /', [`Authorization: Bearer ${token}`, 'Authorization: Basic eDp5']),
    answer: invalidRequest(),
  },
  {
    rule: 'T7 an empty second Authorization line',
    send: (address) => askRaw(address, 'GET /', [`Authorization: Bearer ${token}`, 'Authorization:']),
    answer: invalidRequest(),
  },
  {
    rule: 'T8 a token in the header and in the query',
    authorizer: everywhere,
    send: (address) => ask(`${address}/?access_token=${token}`, { token }),
    answer: invalidRequest(),
  },
  {
    rule: 'T8 a token in the header and an empty one in the query',
    authorizer: everywhere,
    send: (address) => ask(`${address}/?access_token=`, { token }),
    answer: invalidRequest(),
  },
  {
    rule: 'T8 a token in the header and in the form',
    authorizer: everywhere,
    send: (address) => ask(address, { method: 'POST', token, headers: form, body: `access_token=${token}` }),
    answer: invalidRequest(),
  },
  {
    rule: 'T8 a token in the query and in the form',
    authorizer: everywhere,
    send: (address) =>
      ask(`${address}/?access_token=${token}`, { method: 'POST', headers: form, body: `access_token=${token}` }),
    answer: invalidRequest(),
  },
  {
    rule: 'T8 a token in the header, beside an access_token that nobody asked for',
    send: (address) => ask(`${address}/?access_token=x`, { token }),
  },
  {
    rule: 'T8 a token in the header, beside a form that nobody asked for',
    send: (address) => ask(address, { method: 'POST', token, headers: form, body: 'access_token=x' }),
  },
  {
    rule: 'T8 other credentials in the header, and a token in the query',
    authorizer: everywhere,
    send: (address) => ask(`${address}/?access_token=${token}`, { headers: { authorization: 'Basic eDp5' } }),
  },
  {
    rule: 'T9 a token in the query by default',
    send: (address) => ask(`${address}/?access_token=${token}`),
    answer: missingToken(),
  },
  {
    rule: 'T9 a token in the query where only the form is read',
    authorizer: { bearer: { form: true } },
    send: (address) => ask(`${address}/?access_token=${token}`),
    answer: missingToken(),
  },
  inQuery('T9 a token in the query where it is read', `access_token=${token}`),
  inQuery('T9 a token in the query behind another parameter', `a=1&access_token=${token}&b=2`),
  inQuery('T10 the parameter twice', `access_token=${token}&access_token=${token}`, invalidRequest()),
  inQuery('T10 the parameter twice, once empty', `access_token=${token}&access_token=`, invalidRequest()),
  inQuery(
    'T10 the parameter twice, once in disguise',
    `access_token=${token}&access%5Ftoken=${token}`,
    invalidRequest(),
  ),
  inQuery('T10 an empty parameter', 'access_token=', invalidRequest()),
  inQuery('T10 a parameter of another name', `access_token[]=${token}`, missingToken()),
  inQuery('T10 a parameter of another case', `Access_Token=${token}`, missingToken()),
  {
    rule: 'T12 a form with GET',
    authorizer: everywhere,
    send: (address) => {
      const lines = ['Content-Type: application/x-www-form-urlencoded'];
      return askRaw(address, 'GET /', lines, `access_token=${token}`);
    },
    answer: missingToken(),
  },
  {
    rule: 'T12 a token in the form by default',
    send: (address) => ask(address, { method: 'POST', headers: form, body: `access_token=${token}` }),
    answer: missingToken(),
  },
  {
    rule: 'T12 a token in the form where only the query is read',
    authorizer: { bearer: { query: true } },
    send: (address) => ask(address, { method: 'POST', headers: form, body: `access_token=${token}` }),
    answer: missingToken(),
  },
  inForm('T12 a token in the form where it is read', `access_token=${token}`),
  inForm('T12 a token in a form with a character set', `a=1&access_token=${token}`, undefined, {
    'content-type': 'Application/X-WWW-Form-URLencoded; charset=utf-8',
  }),
  inForm('T10 the field twice', `access_token=${token}&access_token=${token}`, invalidRequest()),
  inForm('T10 a field with members', `access_token[a]=${token}`, invalidRequest()),
  inForm('T10 an empty field', 'access_token=', invalidRequest()),
  inForm('T13 a token in JSON', JSON.stringify({ access_token: token }), missingToken(), json),
  inForm(
    'T13 a token in multipart',
    `--x\r\ncontent-disposition: form-data; name="access_token"\r\n\r\n${token}\r\n--x--`,
    missingToken(),
    {
      'content-type': 'multipart/form-data; boundary=x',
    },
  ),
  inForm('T13 a token in a body of no type', `access_token=${token}`, missingToken(), { 'content-type': 'text/plain' }),
  inForm('T13 a token in a type that begins like a form', `access_token=${token}`, missingToken(), {
    'content-type': 'application/x-www-form-urlencoded-not',
  }),
  header('T15 a token with UTF-8', `Bearer ${Buffer.from('tökén').toString('latin1')}`, invalidRequest()),
  header('T15 a token with %00', `Bearer ${token}%00`, invalidRequest()),
  ...['!', '#', '*', ':', ';', '=', '@', '[', '\\', '{', '|', "'", '('].map((character) =>
    header(`T15 a token with ${character} in it`, `Bearer ${token}${character}x`, invalidRequest()),
  ),
  header('T15 a token with characters that no JWT has', `Bearer ${token}~+/`, invalidToken()),
  header('T15 a token that is padded', `Bearer ${token}==`, invalidToken()),
  inQuery('T15 a token with %00 in the query', `access_token=${token}%00`, invalidRequest()),
  inQuery('T15 a token with a line break in the query', `access_token=${token}%0D%0AX-Evil:%201`, invalidRequest()),
  inQuery('T15 a query that is no UTF-8', 'access_token=%E0%A4%A', invalidRequest()),
  header('T16 a token longer than 8 KiB', `Bearer ${long}`, invalidToken()),
  {
    ...header('T16 a token longer than the application allows', `Bearer ${token}`, invalidToken()),
    authorizer: { maxTokenBytes: token.length - 1 },
  },
  {
    ...header('T16 a token as long as the application allows', `Bearer ${token}`),
    authorizer: { maxTokenBytes: token.length },
  },
  inForm('T16 a long token in a form', `access_token=${long}`, invalidToken()),
  ...['Host: a/b', 'Host:', 'Host: a@b:99999', 'Host: [::1', 'Host: \u00FC'].map((line): Case => ({
    rule: `T17 ${line}`,
    send: (address) => askRaw(address, 'GET /', [line, `Authorization: Bearer ${token}`]),
  })),
  {
    rule: 'T17 a forwarded host and a forwarded scheme that are none',
    send: (address) => {
      const lines = ['X-Forwarded-Host: a/b, "', 'X-Forwarded-Proto: javascript', 'Forwarded: host="'];
      return askRaw(address, 'GET /', [...lines, `Authorization: Bearer ${token}`]);
    },
  },
  {
    rule: 'T17 a request line with a whole address',
    authorizer: everywhere,
    send: (address) => askRaw(address, `GET http://other.example/?access_token=${token}`, []),
  },
  {
    rule: 'T19 a preflight',
    send: (address) =>
      ask(address, {
        method: 'OPTIONS',
        headers: {
          'access-control-request-headers': 'authorization',
          'access-control-request-method': 'GET',
          origin: 'https://e.example',
        },
      }),
    answer: missingToken(),
  },
];

describe.each(frameworks)('bearer tokens on $name', (framework) => {
  test.each(cases)('$rule', async ({ authorizer, send, answer }) => {
    const { requirePermission, accessOf } = framework.createGuards(options(authorizer));
    const handle = (given: Given): string => accessOf(given).subject.id;
    const guards = [requirePermission('read:contacts')];
    const served = await framework.serve([{ method: 'all', path: '/', guards, handle }], { parsesBodies: true });
    const got = await send(served.address);
    if (answer === undefined) expectPermit(got, 'alice');
    else expectRefusal(got, answer);
    expect(served.failures).toEqual([]);
  });

  const beside = framework.name === 'Express 5' || framework.name === 'Koa 3' ? cases.map((row) => differing(row)) : [];
  for (const { rule, authorizer = {}, send, answer } of beside) {
    test(`beside express-oauth2-jwt-bearer: ${rule}`, async () => {
      const told = besideOptions(options({ ...authorizer, issuer: issuer.issuer })) as AuthorizerOptions;
      const { requirePermission, accessOf } = framework.createGuards(told);
      const guards = [requirePermission('read:contacts')];
      const handle = (given: Given): unknown => accessOf(given).subject.id;
      const served = await framework.serve([{ method: 'all', path: '/', guards, handle }], { parsesBodies: true });
      const got = await send(served.address);
      if (answer === undefined) expectPermit(got, 'alice');
      else expectRefusal(got, answer);
      expect(served.failures).toEqual([]);
    });
  }

  test('T11 an answer to a token in the URL is for nobody else’s cache', async () => {
    const { requirePermission } = framework.createGuards(options(everywhere));
    const served = await framework.serve([{ method: 'all', path: '/', guards: [requirePermission('read:contacts')] }], {
      parsesBodies: true,
    });
    const cacheOf = async (answer: Promise<Answer>): Promise<unknown> => (await answer).headers.get('cache-control');
    expect(await cacheOf(ask(`${served.address}/?access_token=${token}`))).toBe('private');
    expect(await cacheOf(ask(`${served.address}/?access_token=x`))).toBe('no-store');
    expect(await cacheOf(ask(served.address, { token }))).toBeNull();
    expect(
      await cacheOf(ask(served.address, { method: 'POST', headers: form, body: `access_token=${token}` })),
    ).toBeNull();
  });

  test.each([
    ['an object', '{"a":[1,{"access_token":"x"}]}'],
    ['a list', '["access_token"]'],
    ['a text', '"access_token"'],
    ['null', 'null'],
    ['a number', '5'],
  ])('T14 a body that is %s is left as it is, and the token in the header counts', async (_, body) => {
    const { requirePermission } = framework.createGuards(options(everywhere));
    const guards = [requirePermission('read:contacts')];
    const handle = (given: Given): unknown => framework.bodyOf(given);
    const served = await framework.serve([{ method: 'post', path: '/', guards, handle }], { parsesBodies: true });
    expect(await ask(served.address, { method: 'POST', token, headers: json, body })).toMatchObject({
      status: 200,
      text: body,
    });
  });

  test('T14 a form with other fields is left as it is', async () => {
    const { requirePermission } = framework.createGuards(options(everywhere));
    const guards = [requirePermission('read:contacts')];
    const handle = (given: Given): unknown => framework.bodyOf(given);
    const served = await framework.serve([{ method: 'post', path: '/', guards, handle }], { parsesBodies: true });
    const body = `name=Bob&access_token=${token}`;
    expectPermit(await ask(served.address, { method: 'POST', headers: form, body }), {
      name: 'Bob',
      access_token: token,
    });
  });

  test('T12 a form that nobody has parsed is not read', async () => {
    const { requirePermission } = framework.createGuards(options(everywhere));
    const guards = [requirePermission('read:contacts')];
    const served = await framework.serve([{ method: 'post', path: '/', guards }]);
    expectRefusal(
      await ask(served.address, { method: 'POST', headers: form, body: `access_token=${token}` }),
      missingToken(),
    );
  });

  test('T15 a NUL never reaches a handler, and the server stays', async () => {
    const { requirePermission } = framework.createGuards(options());
    const served = await framework.serve([{ path: '/', guards: [requirePermission('read:contacts')] }]);
    expect((await askRaw(served.address, 'GET /', [`Authorization: Bearer ${token}\0`])).status).toBe(400);
    expectPermit(await ask(served.address, { token }));
    expect(served.runs()).toBe(1);
  });

  test('T16 a long token is refused before its issuer is asked', async () => {
    const onRefused: unknown[] = [];
    const closed = { issuer: 'http://127.0.0.1:1', audience, onRefused: (error: Error) => onRefused.push(error.cause) };
    const { authenticate } = framework.createGuards({ ...closed, maxTokenBytes: 100 });
    const served = await framework.serve([{ path: '/', guards: [authenticate()] }]);
    expectRefusal(await ask(served.address, { token: await issuer.token({ iss: closed.issuer }) }), invalidToken());
    expect(onRefused).toHaveLength(1);
  });

  test('T18 where a token is optional, unreadable credentials are refused all the same', async () => {
    const { authenticate, optionalAccessOf } = framework.createGuards(options(everywhere));
    const handle = (given: Given): string => optionalAccessOf(given)?.subject.id ?? 'nobody';
    const served = await framework.serve([{ path: '/', guards: [authenticate({ required: false })], handle }]);
    expectPermit(await ask(served.address), 'nobody');
    expectRefusal(await ask(`${served.address}/?access_token=`), invalidRequest());
    expectRefusal(await ask(`${served.address}/?access_token=x`), invalidToken());
    expectRefusal(await ask(`${served.address}/?access_token=${token}`, { token }), invalidRequest());
    expectRefusal(
      await askRaw(served.address, 'GET /', ['Authorization: Basic x', 'Authorization: Basic x']),
      invalidRequest(),
    );
  });
});
