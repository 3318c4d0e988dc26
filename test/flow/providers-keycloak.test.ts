// The tokens of Keycloak: what the page of recipes says the API makes of them, and what the nearest others come to.

import { describe, expect, test } from '@jest/globals';
import { storeOf } from '../../examples/providers/contacts-api.ts';
import * as keycloak from '../../examples/providers/keycloak.ts';
import {
  api,
  lacksPrivilege,
  lacksScope,
  noClaim,
  permitted,
  recipe,
  refused,
  seenAs,
  story,
  undelegated,
} from './providers-scene.ts';
import type { Claims, Row } from './providers-scene.ts';

describe('Keycloak', () => {
  const realm = 'https://sso.example/realms';
  const everywhere: readonly Row[] = [
    ['another realm is refused', { iss: `${realm}/other` }, refused],
    ['a token without the audience mapper is refused', { aud: 'account' }, refused],
    ['a token without an audience is refused', { aud: noClaim }, refused],
    ['an ID token is refused, also with the API in `aud`', { typ: 'ID', nonce: 'n' }, refused],
    ['a refresh token is refused, also with the API in `aud`', { typ: 'Refresh' }, refused],
  ];
  const apiRoles = (...names: string[]) => ({ 'contacts-api': { roles: names } });

  story("Keycloak, roles of the API's client", keycloak.clientRoles, { read: permitted, write: lacksScope }, [
    ...everywhere,
    ['a user’s token without the client scope `basic` is refused', { sub: noClaim }, refused],
    ['what was not asked for is not delegated', { scope: 'openid profile' }, undelegated],
    [
      'a role of the realm gives nothing, whatever its name',
      { resource_access: {}, realm_access: { roles: ['read:contacts'] } },
      { read: lacksPrivilege },
    ],
    [
      'a role of another client gives nothing',
      { resource_access: { account: { roles: ['read:contacts'] } } },
      { read: lacksPrivilege },
    ],
    ['no roles at all give nothing', { resource_access: noClaim, realm_access: noClaim }, { read: lacksPrivilege }],
    [
      'roles of an unknown shape give nothing',
      { resource_access: { 'contacts-api': { roles: { 'read:contacts': true } } } },
      { read: lacksPrivilege },
    ],
    [
      'a group that is called like a permission gives nothing',
      { resource_access: {}, groups: ['read:contacts'] },
      { read: lacksPrivilege },
    ],
    [
      'a user called like a service account is none',
      {
        resource_access: apiRoles('read:contacts'),
        azp: 'nightly-export',
        preferred_username: 'service-account-nightly-export',
      },
      { sees: seenAs('user', '3f1d2c4b') },
    ],
  ]);

  story(
    'Keycloak, roles of the realm',
    (issuer) => keycloak.realmRoles(issuer, storeOf(issuer)),
    { read: permitted, write: lacksScope },
    [
      ...everywhere,
      [
        'a reader who asks for everything may read',
        { scope: 'read:contacts write:contacts', realm_access: { roles: ['contact-readers'] } },
        { read: permitted, write: lacksPrivilege },
      ],
      [
        'a role that is called like a permission gives nothing',
        { realm_access: { roles: ['read:contacts'] } },
        { read: lacksPrivilege },
      ],
      [
        'a role that is called like the store’s gives nothing',
        { realm_access: { roles: ['editor'] } },
        { read: lacksPrivilege },
      ],
      [
        'the name of a role counts with its case',
        { realm_access: { roles: ['Contact-Editors'] } },
        { read: lacksPrivilege },
      ],
      [
        'a role of a client is none of the realm',
        { realm_access: {}, resource_access: apiRoles('contact-editors') },
        { read: lacksPrivilege },
      ],
    ],
  );

  story('Keycloak, service accounts', keycloak.clientRoles, { read: permitted, write: lacksScope }, [
    ...everywhere,
    ['its roles cut its scopes', { scope: 'read:contacts write:contacts' }, { read: permitted, write: lacksPrivilege }],
    ['its roles alone are not enough', { scope: 'profile email' }, undelegated],
    ['without `client_id` it is a user', { client_id: noClaim }, { sees: seenAs('user', 'c0ffee00') }],
    [
      'without `preferred_username` it is a user',
      { preferred_username: noClaim },
      { sees: seenAs('user', 'c0ffee00') },
    ],
    [
      'with capital letters in its client id it is a user by the default signs',
      { azp: 'Export', client_id: 'Export', preferred_username: 'service-account-export' },
      { sees: seenAs('user', 'c0ffee00') },
    ],
    ['a client and an authorized party that differ are refused', { client_id: 'other' }, refused],
  ]);

  describe('service accounts by another sign', () => {
    const { token, issuer } = recipe('Keycloak, service accounts');
    const outcomeOf = api(keycloak.serviceAccounts(issuer));

    test.each<[string, Claims, string]>([
      ['the sign of today', {}, seenAs('client', 'nightly-export')],
      [
        'the claim of older releases',
        { client_id: noClaim, clientId: 'nightly-export' },
        seenAs('client', 'nightly-export'),
      ],
      [
        'capital letters',
        { azp: 'Export', client_id: 'Export', preferred_username: 'service-account-export' },
        seenAs('client', 'Export'),
      ],
      ['no sign', { client_id: noClaim }, seenAs('user', 'c0ffee00')],
      ['another client’s name', { preferred_username: 'service-account-other' }, seenAs('user', 'c0ffee00')],
      ['the name alone', { client_id: noClaim, clientId: 'other' }, seenAs('user', 'c0ffee00')],
      [
        'the client alone, as a mapper may write it into every token',
        { preferred_username: 'alice' },
        seenAs('user', 'c0ffee00'),
      ],
    ])('%s', async (_, differing, sees) => {
      expect(await outcomeOf({ ...token, ...differing })).toMatchObject({ sees });
    });
  });
});
