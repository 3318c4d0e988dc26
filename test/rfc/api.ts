// What a row of the tables is held against: an issuer that publishes real keys and an API behind real guards, both over HTTP
// on loopback, with clocks that can be moved.

import { afterAll, afterEach, beforeAll, describe, jest, test } from '@jest/globals';
import { createAuthorizer } from 'rightful';
import type { AccessError, Authorizer, AuthorizerOptions, KeyEvent, Requirement } from 'rightful';
import { ask, expectPermit, expectRefusal } from '../flow/answers.ts';
import type { Answer, Asking, Expected } from '../flow/answers.ts';
import { frameworks, stopServers } from '../flow/frameworks.ts';
import type { FlowGuardOptions, Framework, Given, Served } from '../flow/frameworks.ts';
import { besideOptions, differences, differing } from './beside.ts';
import { startIssuer, startServer, type LoopbackServer } from '../issuer/loopback-server.ts';
import { createSigner, encoded, type Signer } from '../issuer/signer.ts';

export const audience = 'https://contacts.example';
export const scope = 'read:contacts';

export type Claims = Record<string, unknown>;
export type Options = Partial<AuthorizerOptions>;

const express5 = frameworks.find(({ name }) => name === 'Express 5') as Framework;
let running = express5;

/** The framework that `describeOnEach` and `testOnEach` are at; outside of them Express 5. */
export const framework = (): Framework => running;

/** As `describe`, once on each framework. */
export function describeOnEach(what: string, define: () => void): void {
  describe.each(frameworks)(`${what} on $name`, (one) => {
    beforeAll(() => {
      running = one;
    });
    running = one;
    define();
    running = express5;
  });
}

/** As `test`, once on each framework. */
export function testOnEach(rule: string, run: () => unknown): void {
  describeOnEach('the table', () => {
    test(rule, async () => {
      await run();
    });
  });
}

export interface Api extends Served {
  readonly authorizer: Authorizer;
  /** What `onRefused` was told, in order. */
  readonly refusals: AccessError[];
  /** What `onKeys` was told, in order. */
  readonly keyEvents: KeyEvent[];
  /** Asks for the contacts. */
  send(token: string | undefined, asking?: Asking): Promise<Answer>;
  /** The token in a form (RFC 6750 section 2.2), which takes more than Node takes in a header. */
  post(token: string): Promise<Answer>;
}

export interface ApiOptions {
  readonly framework?: Framework;
  readonly guards?: FlowGuardOptions;
  readonly asks?: Requirement;
}

/** An API whose scopes are its privileges unless `options` say otherwise; `/` answers with who is served. */
export async function startApi(
  options: Options,
  { framework: on = running, guards, asks = scope }: ApiOptions = {},
): Promise<Api> {
  const refusals: AccessError[] = [];
  const keyEvents: KeyEvent[] = [];
  const authorizer = createAuthorizer({
    audience,
    trustScopes: options.store === undefined,
    bearer: { form: true },
    onRefused: (error) => refusals.push(error),
    onKeys: (event) => keyEvents.push(event),
    ...options,
  } as AuthorizerOptions);
  const { requirePermission, accessOf } = on.createGuards(authorizer, guards);
  const handle = (given: Given): unknown => {
    const { subject, client, scopes, claims } = accessOf(given);
    return { subject, client, scopes: [...scopes], claims };
  };
  const served = await on.serve([{ method: 'all', path: '/', guards: [requirePermission(asks)], handle }], {
    parsesBodies: true,
  });
  authorizers.push(authorizer);
  return {
    ...served,
    authorizer,
    refusals,
    keyEvents,
    send: (token, asking) => ask(served.address, { token, ...asking }),
    post: (token) => ask(served.address, { method: 'POST', body: new URLSearchParams({ access_token: token }) }),
  };
}

const authorizers: Authorizer[] = [];
const servers: LoopbackServer[] = [];

/** Publishes these keys under metadata of its own; the list may change. */
export async function publish(...keys: object[]): Promise<LoopbackServer> {
  const server = await startIssuer(keys);
  servers.push(server);
  return server;
}

/** A server that nobody has any business with, unless told otherwise. */
export async function bystander(answers: Record<string, object> = {}): Promise<LoopbackServer> {
  const server = await startServer(answers);
  servers.push(server);
  return server;
}

afterEach(() => {
  jest.restoreAllMocks();
});

afterAll(async () => {
  await stopServers();
  await Promise.all(authorizers.map((authorizer) => authorizer.close()));
  await Promise.all(servers.map((server) => server.close()));
});

/** The claims of an access token that no profile finds anything wrong with; undefined leaves one out. */
export function claimsOf(issuer: string, differing: Claims = {}): Claims {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    aud: audience,
    sub: 'alice',
    client_id: 'app',
    jti: 'id-1',
    iat: nowSeconds,
    exp: nowSeconds + 300,
    scope,
    ...differing,
  };
}

/** The claims as text, with more members at the end, also such as JSON would not repeat. */
export function textOf(claims: Claims, more = ''): string {
  const text = JSON.stringify(claims);
  return more === '' ? text : `${text.slice(0, -1)},${more}}`;
}

export interface Row {
  /** The row's id, and the rule. */
  readonly rule: string;
  readonly token: () => string | Promise<string>;
  /** Absent: 200. */
  readonly answer?: Expected;
  /** What the authorizer is told beside the issuer; rows with the same object share an API. */
  readonly options?: Options;
  /** The token stands in a form, not in the header. */
  readonly inForm?: boolean;
}

/**
 * Each row on each framework: the answer to the letter, nothing at the error handler, no handler run where it is refused. And
 * once more with the middleware of express-oauth2-jwt-bearer as the verifier, which answers the same but for what is listed.
 */
export function testRows(rows: readonly Row[], issuer: Options, on: readonly Framework[] = frameworks): void {
  describe.each(on)('on $name', (framework) => {
    runRows(rows, framework, (options) => ({ ...issuer, ...options }));
  });
  const beside = on.filter(({ name }) => name === 'Express 5' || name === 'Koa 3');
  describe.each(beside)('beside express-oauth2-jwt-bearer on $name', (framework) => {
    const expected = rows.map((row) => differing(row));
    runRows(expected, framework, (options) => besideOptions({ audience, ...issuer, ...options }));
  });
  test('what is listed as answered differently beside express-oauth2-jwt-bearer is in the table', () => {
    const ids = new Set(rows.map(({ rule }) => idOf(rule)));
    for (const listed of differences.flatMap(({ rules }) => rules)) {
      const row = rows.find(({ rule }) => listed.test(rule));
      if (row === undefined && ids.has(idOf(listed.source.slice(1))))
        throw new Error(`No row is called ${listed.source}`);
    }
  });
}

const idOf = (rule: string): string => rule.split(' ', 1).join();

function runRows(rows: readonly Row[], framework: Framework, optionsOf: (options: Options) => Options): void {
  const plain: Options = {};
  const apis = new Map<Options, Promise<Api>>();
  const apiOf = (options: Options): Promise<Api> => {
    const api = apis.get(options) ?? startApi(optionsOf(options), { framework });
    apis.set(options, api);
    return api;
  };
  test.each(rows)('$rule', async ({ token, answer, options = plain, inForm = false }) => {
    const api = await apiOf(options);
    const runs = api.runs();
    const sent = await token();
    const got = await (inForm ? api.post(sent) : api.send(sent));
    if (answer === undefined) expectPermit(got);
    else expectRefusal(got, answer);
    expectRuns(api, runs + (answer === undefined ? 1 : 0));
  });
}

function expectRuns({ runs, failures }: Api, wanted: number): void {
  if (runs() !== wanted) throw new Error(`The handler ran ${runs()} times, and not ${wanted}`);
  if (failures.length > 0) throw new Error('The error handler was called', { cause: failures[0] });
}

/** Clocks that stand still until they are moved: `Date.now` of the API, and the one that nobody sets. */
export interface Clock {
  /** Both. */
  advance(milliseconds: number): void;
  /** The one on the wall alone, as who sets it does. */
  setWall(milliseconds: number): void;
  readonly nowSeconds: number;
}

export function stopClocks(): Clock {
  let wallMs = Math.floor(Date.now() / 1000) * 1000;
  let monotonicMs = Math.floor(performance.now()); // whole, so that sums are exact
  jest.spyOn(Date, 'now').mockImplementation(() => wallMs);
  jest.spyOn(performance, 'now').mockImplementation(() => monotonicMs);
  return {
    advance: (milliseconds) => {
      wallMs += milliseconds;
      monotonicMs += milliseconds;
    },
    setWall: (milliseconds) => (wallMs = milliseconds),
    get nowSeconds() {
      return wallMs / 1000;
    },
  };
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** All answers are the same one. */
export function expectRefusals(answers: readonly Answer[], wanted: Expected): void {
  for (const answer of answers) expectRefusal(answer, wanted);
}

export { createSigner, encoded, type Signer };
