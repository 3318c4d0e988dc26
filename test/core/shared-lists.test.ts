// A store may give the same frozen list to many: what it says depends on who asks, and where, all the same.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthorizer } from 'rightful';
import type { Authorizer, Privilege } from 'rightful';
import { createGuards } from 'rightful/express';
import { createTestIssuer } from 'rightful/testing';
import type { TestIssuer } from 'rightful/testing';

const everywhere = Object.freeze([Object.freeze<Privilege>({ permission: 'read:plans' })]);
const bound = Object.freeze([
  Object.freeze<Privilege>({ permission: 'read:plans', organization: 'acme' }),
  Object.freeze<Privilege>({ permission: 'write:plans', audience: 'https://one.example' }),
  Object.freeze<Privilege>({ permission: 'delete:plans' }),
]);

const names = ['read:plans', 'write:plans', 'delete:plans'];

describe('one list for all', () => {
  let one: TestIssuer;
  let other: TestIssuer;
  const opened: Authorizer[] = [];
  beforeAll(async () => {
    one = await createTestIssuer({ audience: 'https://one.example' });
    other = await createTestIssuer({ audience: 'https://other.example' });
  });
  afterAll(() => Promise.all([...opened, one, other].map((each) => each.close())));

  function held(list: readonly Privilege[]): (issuer: TestIssuer, claims: object) => Promise<string[]> {
    const authorizer = createAuthorizer({
      issuer: [
        { issuer: one.issuer, audience: 'https://one.example', allowHttp: true },
        { issuer: other.issuer, audience: 'https://other.example', allowHttp: true },
      ],
      store: { privilegesOf: () => list },
    });
    opened.push(authorizer);
    return async (issuer, claims) => {
      const token = await issuer.token({ sub: 'ann', scope: names.join(' '), ...claims });
      const access = await authorizer.authenticate({ headers: { authorization: `Bearer ${token}` } });
      return names.filter((name) => access.can(name));
    };
  }

  it('says the same to everybody where it names no organization and no API', async () => {
    const ask = held(everywhere);
    for (const issuer of [one, other, one]) {
      for (const claims of [{}, { org_id: 'acme' }, { org_id: 'other' }]) {
        expect(await ask(issuer, claims)).toEqual(['read:plans']);
      }
    }
  });

  it('says to each what is meant for them where it does, in whatever order they come', async () => {
    const ask = held(bound);
    const asked = [
      [one, { org_id: 'acme' }, names],
      [other, { org_id: 'acme' }, ['read:plans', 'delete:plans']],
      [one, {}, ['write:plans', 'delete:plans']],
      [other, { org_id: 'rival' }, ['delete:plans']],
      [one, { org_id: 'acme' }, names],
      [other, {}, ['delete:plans']],
    ] as const;
    for (const [issuer, claims, expected] of [...asked, ...asked.toReversed()]) {
      expect(await ask(issuer, claims)).toEqual(expected);
    }
  });
});

describe('a request that cannot be written to', () => {
  it('is guarded like any other, and two authorizers never share what they found', async () => {
    const issuer = await createTestIssuer({ audience: 'https://one.example' });
    const options = { issuer: { issuer: issuer.issuer, allowHttp: true }, audience: 'https://one.example' };
    const readers = createGuards({ ...options, store: { privilegesOf: () => everywhere } });
    const nobody = createGuards({ ...options, store: { privilegesOf: () => [] } });
    const authorization = `Bearer ${await issuer.token({ sub: 'ann', scope: 'read:plans' })}`;
    for (const close of [Object.freeze, Object.seal, Object.preventExtensions, (one: object) => one]) {
      const request = close({ headers: { authorization }, rawHeaders: [], auth: undefined, url: '/', method: 'GET' });
      const access = await new Promise((resolve) => {
        readers.requirePermission('read:plans')(request as never, { setHeader() {}, end() {} } as never, (error) =>
          resolve(error ?? readers.accessOf(request as never)),
        );
      });
      // A frozen request cannot be given `auth`: that is the application's to know.
      if (!Object.isFrozen(request)) expect(access).toMatchObject({ subject: { id: 'ann' } });
      expect(nobody.optionalAccessOf(request as never)).toBeUndefined();
    }
    await readers.authorizer.close();
    await nobody.authorizer.close();
    await issuer.close();
  });
});
