// Every row that reads a body says of each member that is wrong, missing or unknown that it is that member; and no body at all is
// more than a 400.

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Answered, Scene, Sent } from './admin-scene.ts';
import { examples, peopled } from './examples-of-rows.ts';

type Path = readonly (string | number)[];
type Json = null | boolean | number | string | readonly Json[] | { readonly [Name in string]: Json };

const reading = examples.filter(({ body }) => body !== undefined);

let scene: Scene;
let authorization: string;

/** As `root`, with the same token each time. */
function call(method: string, path: string, { headers, ...sent }: Sent = {}): Promise<Answered> {
  return scene.call(method, path, { as: null, headers: { authorization, ...headers }, ...sent });
}

beforeAll(async () => {
  scene = await adminScene({ store: peopled });
  authorization = `Bearer ${await scene.token('root')}`;
  await scene.store.grant({ issuer: scene.issuer, id: 'robot', kind: 'client' }, 'read:contacts', { system: 'test' });
});
afterAll(async () => {
  await scene.close();
  await stopServers();
});
afterEach(() => expect(scene.faults.splice(0)).toEqual([]));

describe.each(reading.map((one) => [one.name, one] as const))('%s', (_, { method, path, template, body }) => {
  const send = (changed: unknown): Promise<Answered> => call(method, path, { body: changed });
  const members = pathsIn(body as Json).filter((at) => at.length > 0);
  // AuthZEN 1.0 section 6: members that are not known are passed over; null is there as little as what is left out, where clients send it.
  const passesOverUnknown = template.startsWith('/access/v1/');
  const takesNull = /^\/api\/v2\/(?:resource-servers|client-grants)|^\/access\/v1\/evaluations$/.test(template);

  it('names the member that is of another type', async () => {
    const wrong: [Path, Json][] = members.flatMap((at) =>
      otherTypes(valueAt(body as Json, at)).map((value): [Path, Json] => [at, value]),
    );
    for (const [at, value] of wrong) {
      if (value === null && takesNull) continue;
      const answer = await send(withValue(body as Json, at, value));
      // A list of privileges may be one, and a role one or several.
      if (answer.status < 300 && isEitherWay(at)) continue;
      expectNamed(answer, at, { at, value });
    }
  });

  it('names the member that is missing', async () => {
    for (const at of members) {
      const answer = await send(withValue(body as Json, at, undefined));
      // It may be left out, or there is nothing any more that it was about.
      if (answer.status < 300 || answer.status === 404 || answer.status === 409) continue;
      expectNamed(answer, at, { missing: at });
    }
  });

  it('names the member that is unknown', async () => {
    const objects = pathsIn(body as Json).filter((at) => isObject(valueAt(body as Json, at)));
    for (const at of objects) {
      for (const name of ['unexpected', '__proto__', 'constructor', 'toString']) {
        const json = JSON.stringify(withValue(body as Json, [...at, 'unexpected'], true));
        const answer = await send(json.replace('"unexpected"', JSON.stringify(name)));
        if (passesOverUnknown) expect(answer.status).toBeLessThan(500);
        else expectNamed(answer, [...at, name], { at, name });
      }
    }
  });

  it.each([
    ['nothing', undefined],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['a text', '"text"'],
    ['no JSON', '{"a":'],
    ['nothing but depth', '['.repeat(100_000)],
    ['depth that closes', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ])('is a 400 with %s for a body', async (_what, sent) => {
    const revision = await scene.store.revision();
    const answer = await send(sent);
    expect(answer.status).toBe(400);
    expect(textOf(answer).length).toBeGreaterThan(10);
    expect(await scene.store.revision()).toBe(revision);
  });

  it('is a 400 with depth for a member', async () => {
    for (const at of members) {
      const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
      const json = JSON.stringify(withValue(body as Json, at, '@deep')).replace('"@deep"', deep);
      const { status } = await send(json);
      expect([at, status]).toEqual([at, expect.any(Number)]);
      expect(status).toBeLessThan(500);
    }
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'is read as JSON alone: not as %j',
    async (type) => {
      const revision = await scene.store.revision();
      const { status } = await call(method, path, {
        body: JSON.stringify(body),
        headers: { 'content-type': type },
      });
      expect([400, 415]).toContain(status);
      expect(await scene.store.revision()).toBe(revision);
    },
  );
});

// What is wrong is named by the member, or by the one around it where a list is meant as a whole.
function expectNamed(answer: Answered, at: Path, sent: object): void {
  // Of several questions each is answered for itself (AuthZEN 1.0 section 7.2): what is wrong with one is no fault of the request.
  if (answer.status === 200 && Object.hasOwn(answer.body as object, 'evaluations')) return;
  const text = textOf(answer);
  const name = at.findLast((part) => typeof part === 'string') as string;
  expect({ ...sent, status: answer.status, text }).toEqual({
    ...sent,
    status: 400,
    text: expect.stringContaining(name),
  });
}

function textOf({ body }: Answered): string {
  const { message, detail } = (typeof body === 'object' ? body : { message: body }) as {
    message?: string;
    detail?: string;
  };
  return message ?? detail ?? '';
}

function isEitherWay(at: Path): boolean {
  return ['privilege', 'role', 'inherits'].some((name) => at.includes(name));
}

function isObject(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathsIn(value: Json, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inside = Array.isArray(value)
    ? value.flatMap((one: Json, index) => pathsIn(one, [...at, index]))
    : Object.entries(value).flatMap(([name, one]) => pathsIn(one, [...at, name]));
  return [at, ...inside];
}

function valueAt(value: Json, [first, ...rest]: Path): Json {
  return first === undefined ? value : valueAt((value as { [Name in string]: Json })[first]!, rest);
}

/** `put` undefined: without the member. */
function withValue(value: Json, [first, ...rest]: Path, put: Json | undefined): Json {
  if (first === undefined) return put as Json;
  if (Array.isArray(value)) {
    const after = value.map((one: Json, at) => (at === first ? withValue(one, rest, put) : one));
    return put === undefined && rest.length === 0 ? after.filter((_, at) => at !== first) : after;
  }
  const members = value as { [Name in string]: Json };
  return { ...members, [first]: withValue(members[first] as Json, rest, put) };
}

function otherTypes(value: Json): Json[] {
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const all: [string, Json][] = [
    ['null', null],
    ['boolean', true],
    ['number', 7.5],
    ['array', [[]]],
    ['object', { a: 1 }],
    ['string', ''],
  ];
  return all.filter(([one]) => one !== kind).map(([, one]) => one);
}
