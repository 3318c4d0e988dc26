// Who a token speaks of: the subject, the application, the organization, and whether it is a machine
// (effective-permissions.md, sections 2 and 3).

import { describe, expect, it } from '@jest/globals';
import type { Claims } from 'rightful';
import { issuer, session } from './authorizing.ts';

const one = session();

/** The kind and id of the subject, or the code of the refusal. */
async function subjectOf(claims: Claims): Promise<string> {
  try {
    const { subject } = await one.access(claims);
    return `${subject.kind} ${subject.id}`;
  } catch {
    return one.outcome(claims);
  }
}

describe('a token is of', () => {
  const auth0 = { client_id: undefined, azp: 'abc', sub: 'abc@clients', gty: 'client-credentials', scope: 'a' };
  const entra = { client_id: undefined, appid: '6e74', sub: 'f9c2', idtyp: 'app', roles: ['a'] };
  const okta = { client_id: undefined, cid: '0oa1', sub: '0oa1', scp: ['a'] };
  const keycloak = {
    client_id: 'export',
    azp: 'export',
    sub: 'b1c2',
    preferred_username: 'service-account-export',
    scope: 'a',
  };
  const rfc9068 = { client_id: 'export', sub: 'export', scope: 'a' };

  it.each<[string, Claims, string]>([
    ['a machine: Auth0', auth0, 'client abc'],
    ['a machine: Auth0, by gty alone', { ...auth0, sub: 'other' }, 'client abc'],
    ['a machine: Auth0, by sub alone', { ...auth0, gty: undefined }, 'client abc'],
    ['a machine: Auth0, without a client claim', { ...auth0, azp: undefined }, 'client abc'],
    [
      'a user: sub ends in @clients, and is another client’s',
      { ...auth0, gty: undefined, azp: 'xyz' },
      'user abc@clients',
    ],
    [
      'a user: sub ends in @clients, and nobody says which client',
      { ...auth0, gty: undefined, azp: undefined },
      'user abc@clients',
    ],
    ['a user: gty is another', { client_id: 'abc', sub: 'auth0|1', gty: 'password' }, 'user auth0|1'],
    ['a user: gty in capitals', { client_id: 'abc', sub: 'auth0|1', gty: 'CLIENT-CREDENTIALS' }, 'user auth0|1'],
    ['a user: gty is a list', { client_id: 'abc', sub: 'auth0|1', gty: ['client-credentials'] }, 'user auth0|1'],
    ['a machine: Okta', okta, 'client 0oa1'],
    ['a user: Okta', { ...okta, sub: 'alice@example.com' }, 'user alice@example.com'],
    ['a machine: Entra', entra, 'client 6e74'],
    ['a machine: Entra, without a client claim', { ...entra, appid: undefined }, 'client f9c2'],
    ['a user: Entra', { ...entra, idtyp: 'user' }, 'user f9c2'],
    ['a machine: Keycloak', keycloak, 'client export'],
    [
      'a user: Keycloak’s name of another client',
      { ...keycloak, preferred_username: 'service-account-other' },
      'user b1c2',
    ],
    ['a user: Keycloak’s name without client_id', { ...keycloak, client_id: undefined }, 'user b1c2'],
    ['a machine: RFC 9068, sub is the client id', rfc9068, 'client export'],
    ['a user: sub is nearly the client id', { ...rfc9068, sub: 'Export' }, 'user Export'],
    ['a user: sub is the client id, with auth_time', { ...rfc9068, auth_time: 1 }, 'user export'],
    ['a user: sub is the client id, with sid', { ...rfc9068, sid: 's' }, 'user export'],
    ['a user: sub is the client id, with amr', { ...rfc9068, amr: [] }, 'user export'],
    ['a user: sub is the client id, with acr', { ...rfc9068, acr: '0' }, 'user export'],
    ['a user: sub is the client id, with nonce', { ...rfc9068, nonce: 'n' }, 'user export'],
    ['a user: sub is the client id, with an empty sid', { ...rfc9068, sid: null }, 'user export'],
    ['a user: sub is the client id, with openid', { ...rfc9068, scope: 'a openid' }, 'user export'],
    [
      'a user: sub is the client id, with profile in scp',
      { ...rfc9068, scope: undefined, scp: ['a', 'profile'] },
      'user export',
    ],
    ['a user: sub is the client id, with offline_access', { ...rfc9068, scope: 'offline_access' }, 'user export'],
    ['a machine: no scopes at all', { ...rfc9068, scope: undefined }, 'client export'],
    ['a machine: a scope that only looks like openid', { ...rfc9068, scope: 'OpenID openid2' }, 'client export'],
    [
      'a machine: what speaks of a person does not outweigh gty',
      { ...auth0, auth_time: 1, scope: 'openid' },
      'client abc',
    ],
    ['a machine: nor idtyp', { ...entra, sid: 's' }, 'client 6e74'],
    ['a user: somebody acts for gty', { ...auth0, act: { sub: 'x' } }, 'user abc@clients'],
    ['a user: somebody acts for idtyp', { ...entra, act: {} }, 'user f9c2'],
    ['a user: somebody acts for sub', { ...rfc9068, act: { sub: 'x' } }, 'user export'],
    ['a user: somebody acts for a service account', { ...keycloak, act: { sub: 'x' } }, 'user b1c2'],
    ['a machine without sub', { ...entra, sub: undefined }, 'client 6e74'],
    ['nobody: no sub', { sub: undefined }, 'invalid_token'],
    ['nobody: an empty sub (C11)', { sub: '' }, 'invalid_token'],
    ['nobody: a number for sub (C11)', { sub: 5 }, 'invalid_token'],
    ['nobody: null for sub (C11)', { sub: null }, 'invalid_token'],
    [
      'nobody: a machine with nothing before @clients',
      { client_id: undefined, sub: '@clients', gty: 'client-credentials' },
      'invalid_token',
    ],
    [
      'nobody: a machine without sub and client',
      { client_id: undefined, sub: undefined, idtyp: 'app' },
      'invalid_token',
    ],
    ['a user who is called anything', { sub: 'anon@__proto__' }, 'user anon@__proto__'],
  ])('%s (S18)', async (_, claims, expected) => {
    expect(await subjectOf(claims)).toBe(expected);
  });

  it.each<[string, Claims]>([
    ['true', true as unknown as Claims],
    ['null', null as unknown as Claims],
    ['a string', 'x' as unknown as Claims],
    ['a list', [] as unknown as Claims],
  ])('nobody where `act` is %s (C16)', async (_, act) => {
    expect(await subjectOf({ act })).toBe('invalid_token');
  });
});

describe('the application', () => {
  it.each<[string, Claims, string | undefined]>([
    ['is client_id', { client_id: 'a' }, 'a'],
    ['is azp where there is no client_id', { azp: 'b', cid: 'c', appid: 'd' }, 'b'],
    ['is cid where there is neither', { cid: 'c', appid: 'd' }, 'c'],
    ['is appid where there is nothing else', { appid: 'd' }, 'd'],
    ['is nobody where the token does not say', {}, undefined],
    ['is client_id beside an equal azp', { client_id: 'a', azp: 'a' }, 'a'],
    ['is client_id beside another cid', { client_id: 'a', cid: 'c' }, 'a'],
  ])('%s', async (_, claims, expected) => {
    expect((await one.access({ client_id: undefined, ...claims })).client).toBe(expected);
  });

  it.each<[string, Claims]>([
    ['azp is another than client_id', { client_id: 'a', azp: 'b' }],
    ['azp differs by case', { client_id: 'a', azp: 'A' }],
    ['client_id is a number', { client_id: 5 }],
    ['client_id is empty', { client_id: '' }],
    ['client_id is null', { client_id: null }],
    ['client_id is a list', { client_id: ['a'] }],
    ['azp is an object beside a good client_id', { client_id: 'a', azp: {} }],
    ['cid is no string', { client_id: undefined, cid: 7 }],
    ['appid is no string', { client_id: undefined, appid: true }],
  ])('makes the token invalid where %s', async (_, claims) => {
    expect(await one.outcome(claims)).toBe('invalid_token');
  });

  it('must be one of `clients` where they are given', async () => {
    const only = session({ clients: ['app', 'web'] });
    expect(await only.outcome({ client_id: 'web' })).toBe('access');
    for (const client_id of ['evil', 'App', undefined]) expect(await only.outcome({ client_id })).toBe('invalid_token');
  });
});

describe('the organization', () => {
  it('is org_id', async () => {
    expect((await one.access({ org_id: 'org_1' })).subject).toEqual({
      issuer,
      id: 'alice',
      kind: 'user',
      organization: 'org_1',
    });
    expect((await one.access()).subject).not.toHaveProperty('organization');
  });

  it.each([null, '', 0, 5, true, [], ['org_1'], {}])('makes the token invalid where it is %j', async (org_id) => {
    expect(await one.outcome({ org_id })).toBe('invalid_token');
  });

  it('is the claim that was configured, and then that one alone', async () => {
    const configured = session({ claims: { organization: ['https://example.com/', 'tenant'] } });
    const { subject } = await configured.access({ 'https://example.com/': { tenant: 't1' }, org_id: 'org_1' });
    expect(subject.organization).toBe('t1');
    expect((await configured.access({ org_id: 5 })).subject).not.toHaveProperty('organization');
    expect(await configured.outcome({ 'https://example.com/': { tenant: '' } })).toBe('invalid_token');
  });
});

describe('the readers of claims', () => {
  it('take a name as it is, dots and slashes included', async () => {
    const configured = session({ claims: { permissions: 'https://example.com/a.b', scope: 'x.y' } });
    const access = await configured.access({
      'https://example.com/a.b': ['a'],
      'x.y': 'a',
      x: { y: 'b' },
      scope: 'c',
      permissions: ['c'],
    });
    expect(['a', 'b', 'c'].filter((name) => access.can(name))).toEqual(['a']);
  });

  it('walk own members only', async () => {
    const configured = session({
      claims: { client: ['toString', 'name'], scope: ['a', 'constructor'], permissions: '__proto__' },
    });
    const access = await configured.access({ a: {} });
    expect([access.client, [...access.scopes], access.permissions.list()]).toEqual([undefined, [], []]);
  });

  it('that are functions get the frozen claims', async () => {
    const seen: boolean[] = [];
    const configured = session({
      claims: {
        scope: (claims) => {
          seen.push(Object.isFrozen(claims));
          return claims['realm'];
        },
      },
    });
    expect([...(await configured.access({ realm: ['a', 'b'] })).scopes]).toEqual(['a', 'b']);
    expect(seen).toEqual([true]);
  });

  it.each(['scope', 'permissions', 'client', 'organization', 'machine'] as const)(
    '%s that throws makes the token invalid',
    async (name) => {
      const configured = session({
        claims: {
          [name]: () => {
            throw new Error('no such claim');
          },
        },
      });
      expect(await configured.outcome()).toBe('invalid_token');
    },
  );

  it.each<[string, unknown, string]>([
    ['true', true, 'client'],
    ['false', false, 'user'],
    ["'true'", 'true', 'user'],
    ['1', 1, 'user'],
    ['undefined', undefined, 'user'],
  ])('of machines count only as true or false: %s', async (_, answer, kind) => {
    const configured = session({ claims: { machine: () => answer } });
    expect((await configured.access({ act: { sub: 'x' } })).subject.kind).toBe(kind);
  });

  it('of machines override everything else', async () => {
    const configured = session({ claims: { machine: 'is_machine' } });
    expect((await configured.access({ is_machine: true })).subject).toMatchObject({ kind: 'client', id: 'app' });
    expect((await configured.access({ is_machine: false, gty: 'client-credentials' })).subject).toMatchObject({
      kind: 'user',
      id: 'alice',
    });
  });
});
