// What an application writes in its own tests: real tokens in three lines, and an access without any.

import { afterAll, describe, expect, test } from '@jest/globals';
import { createAuthorizer, definePermissions, effectivePermissions } from 'rightful';
import type { Access } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { createTestAccess, createTestIssuer } from 'rightful/testing';
import { frameworks, stopServers } from './frameworks.ts';
import type { Framework, Served } from './frameworks.ts';

/** The application, as it would stand in a file of its own: who issues its tokens is configuration. */
function contactsApi({ createGuards, serve }: Framework, issuer: string): Promise<Served> {
  const store = memoryStore({ users: { alice: { permissions: ['read:contacts'] } } });
  const { requirePermission, accessOf } = createGuards({ issuer, audience: 'https://contacts.example', store });
  const guards = [requirePermission('read:contacts')];
  return serve([{ path: '/contacts', guards, handle: (given) => visibleTo(accessOf(given)) }]);
}

/** A function of the application that is worth a unit test. */
function visibleTo(access: Access): string[] {
  return ['bob', 'carol'].filter((id) => access.can('read:contacts', `contacts:id:${id}`));
}

afterAll(stopServers);

test.each(frameworks)('an application on $name is tested with a real token in three lines', async (framework) => {
  const issuer = await createTestIssuer({ audience: 'https://contacts.example' });
  const { address } = await contactsApi(framework, issuer.issuer);
  const authorization = `Bearer ${await issuer.token({ sub: 'alice', scope: 'read:contacts' })}`;

  const answer = await fetch(`${address}/contacts`, { headers: { authorization } });
  expect([answer.status, await answer.json()]).toEqual([200, ['bob', 'carol']]);
  await issuer.close();
});

test('a key that is rotated is found, and the tokens of both keys are told apart', async () => {
  const issuer = await createTestIssuer({ audience: 'a' });
  const authorizer = createAuthorizer({ issuer: issuer.issuer, audience: 'a' });
  const sign = async (): Promise<unknown> => {
    const authorization = `Bearer ${await issuer.token({ sub: 'alice' })}`;
    return (await authorizer.authenticate({ headers: { authorization } })).subject.id;
  };
  expect(await sign()).toBe('alice');
  await issuer.rotate();
  expect(await sign()).toBe('alice');
  await authorizer.close();
  await issuer.close();
});

test('a token is refused by an API that it is not for, as in production', async () => {
  const issuer = await createTestIssuer({ audience: 'https://other.example' });
  const authorizer = createAuthorizer({ issuer: issuer.issuer, audience: 'https://contacts.example' });
  const authorization = `Bearer ${await issuer.token({ sub: 'alice' })}`;
  const authenticating = async (): Promise<Access> => authorizer.authenticate({ headers: { authorization } });
  await expect(authenticating()).rejects.toMatchObject({ code: 'invalid_token', status: 401 });
  await authorizer.close();
  await issuer.close();
});

describe('an access for the unit test of a handler', () => {
  test('may do what is both delegated and held', () => {
    const onBob = { permission: 'read:contacts', on: 'contacts:id:bob' };
    expect(visibleTo(createTestAccess({ scopes: 'read:contacts', privileges: ['read:contacts'] }))).toEqual([
      'bob',
      'carol',
    ]);
    expect(visibleTo(createTestAccess({ scopes: ['read:contacts'], privileges: [onBob] }))).toEqual(['bob']);
    expect(visibleTo(createTestAccess({ scopes: 'read:contacts' }))).toEqual([]);
    expect(visibleTo(createTestAccess({ privileges: ['read:contacts'] }))).toEqual([]);
    expect(visibleTo(createTestAccess())).toEqual([]);
    expect(
      visibleTo(
        createTestAccess({ scopes: 'read:contacts', privileges: ['read:contacts', { ...onBob, effect: 'deny' }] }),
      ),
    ).toEqual(['carol']);
  });

  test('follows the options that the authorizer has too', () => {
    const privileges = ['read:contacts'];
    const coarse = { scopes: 'contacts', scopePermissions: { contacts: privileges }, privileges };
    expect(createTestAccess(coarse).can('read:contacts')).toBe(true);
    expect(createTestAccess({ privileges, firstParty: true }).can('read:contacts')).toBe(true);
    const permissions = definePermissions({ 'read:contacts': '…', 'write:contacts': '…' });
    const pattern = createTestAccess({ scopes: 'read:contacts', privileges: ['read:*'], permissions });
    expect([pattern.can('read:contacts'), pattern.can('write:contacts')]).toEqual([true, false]);
    const expiring = { permission: 'read:contacts', expiresAt: 1000 };
    const at = (now: number): boolean =>
      createTestAccess({ scopes: 'read:contacts', privileges: [expiring], now }).can('read:contacts');
    expect([at(999), at(1000)]).toEqual([true, false]);
  });

  test('says what the pure rule says', () => {
    const given = { scopes: 'a b c', privileges: ['b', 'c', 'd', { permission: 'c', effect: 'deny' as const }] };
    const names = (list: { permission: string }[]): string[] => list.map(({ permission }) => permission);
    expect(names(createTestAccess(given).permissions.list())).toEqual(names(effectivePermissions(given).list()));
    expect(names(createTestAccess(given).permissions.list())).toEqual(['b']);
  });

  test('has the members that a handler reads, and takes others in their place', () => {
    const usual = createTestAccess({ scopes: 'a openid' });
    expect(usual.subject).toEqual({ issuer: 'https://issuer.example/', id: 'test-user', kind: 'user' });
    expect([usual.client, [...usual.scopes], usual.claims['sub']]).toEqual([
      'test-client',
      ['a', 'openid'],
      'test-user',
    ]);
    const other = createTestAccess({
      subject: { id: 'export', kind: 'client', organization: 'acme' },
      client: 'export',
      claims: { name: 'Export' },
    });
    expect(other.subject).toEqual({
      ...{ issuer: 'https://issuer.example/', id: 'export', kind: 'client', organization: 'acme' },
    });
    expect([other.client, other.claims['sub'], other.claims['name']]).toEqual(['export', 'export', 'Export']);
  });

  test('is frozen as a guard’s is', () => {
    const access = createTestAccess({ claims: { deep: { list: [1] } } });
    expect(() => ((access.claims['deep'] as { list: number[] }).list[0] = 2)).toThrow(TypeError);
    expect(() => ((access as { client: string }).client = 'other')).toThrow(TypeError);
    expect(() => (access.scopes as Set<string>).add('read:contacts')).toThrow(TypeError);
  });

  test.each([{ scope: 'a' }, { privileges: 5 }, { scopes: 5 }, { subject: 'alice' }, { permissions: [] }])(
    'made with %j is a mistake',
    (given) => {
      expect(() => createTestAccess(given as object)).toThrow(TypeError);
    },
  );

  test('belongs to no authorizer, which refuses to decide on it', () => {
    const authorizer = createAuthorizer({ issuer: 'https://issuer.example/', audience: 'a' });
    const access = createTestAccess({ scopes: 'a', privileges: ['a'] });
    expect(() => authorizer.decide(access, 'a')).toThrow(TypeError);
  });
});
