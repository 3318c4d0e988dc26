// The tokens of Auth0: what the page of recipes says the API makes of them, and what the nearest others come to.

import { describe, expect, test } from '@jest/globals';
import * as auth0 from '../../examples/providers/auth0.ts';
import { storeOf } from '../../examples/providers/contacts-api.ts';
import type { Holders } from '../../examples/providers/contacts-api.ts';
import {
  api,
  lacksPrivilege,
  lacksScope,
  noClaim,
  nobody,
  permitted,
  recipe,
  refused,
  story,
  undelegated,
} from './providers-scene.ts';
import type { Row } from './providers-scene.ts';

describe('Auth0', () => {
  const tenant = 'https://your-tenant.eu.auth0.com';
  const reader = { roles: ['reader'] };
  const everywhere: readonly Row[] = [
    ['the issuer without its slash is another', { iss: tenant }, refused],
    ['another tenant is refused', { iss: 'https://other-tenant.eu.auth0.com/' }, refused],
    ['a token for another API is refused', { aud: ['https://other.example/', `${tenant}/userinfo`] }, refused],
    ['a token without an audience is refused', { aud: noClaim }, refused],
  ];
  const idToken = { aud: 'web7Qm2x', azp: noClaim, scope: noClaim, nonce: 'n-0S6', sid: 's1' };

  story(
    'Auth0, RBAC off',
    (issuer) => auth0.rbacOff(issuer, storeOf(issuer, { users: { 'auth0|alice': reader } })),
    { read: permitted, write: lacksPrivilege },
    [
      ...everywhere,
      ['an ID token is refused', idToken, refused],
      [
        'an ID token is refused where `aud` names the API too',
        { ...idToken, aud: recipe('Auth0, RBAC off').token['aud'] },
        refused,
      ],
      ['who asked for everything and holds nothing may do nothing', { sub: 'auth0|mallory' }, nobody],
      ['who holds it and was not asked may not', { scope: 'openid profile' }, { read: lacksScope }],
      [
        'the RFC 9068 profile names the client otherwise',
        { azp: noClaim, client_id: 'web7Qm2x', jti: 'j' },
        { read: permitted },
      ],
      ['two clients in one token are a contradiction', { client_id: 'another' }, refused],
    ],
  );

  story('Auth0, RBAC on', auth0.rbacOn, { read: permitted, write: lacksScope }, [
    ...everywhere,
    ['an ID token is refused', idToken, refused],
    ['whose scope RBAC has cut to nothing may do nothing', { scope: 'openid profile' }, undelegated],
    ['without any scope nothing is delegated', { scope: noClaim }, undelegated],
    ['a claim of permissions, once it is there, cuts', { permissions: [] }, { read: lacksPrivilege }],
  ]);

  const { token: rich, issuer: tenantIssuer } = recipe('Auth0, permissions in the token');

  story('Auth0, permissions in the token', auth0.permissionsInToken, { read: permitted, write: lacksScope }, [
    ...everywhere,
    ['an ID token is refused', { ...idToken, permissions: noClaim }, refused],
    [
      'a scope that is not assigned is not enough',
      { scope: 'read:contacts write:contacts', permissions: ['read:contacts'] },
      { read: permitted, write: lacksPrivilege },
    ],
    ['permissions without a scope are not enough', { scope: noClaim }, undelegated],
    ['permissions that are no list are none', { permissions: 'read:contacts' }, { read: lacksPrivilege }],
    ['a pattern in the token is a name', { permissions: ['*'], scope: 'read:contacts *' }, { read: lacksPrivilege }],
  ]);

  describe('an application of the API’s owner', () => {
    const outcomeOf = api(auth0.ownApplication(tenantIssuer));

    test('has all that is assigned to its user, without a scope', async () => {
      expect(await outcomeOf({ ...rich, scope: noClaim })).toMatchObject({ read: permitted, write: permitted });
    });

    test('has nothing that is not assigned', async () => {
      expect(await outcomeOf({ ...rich, permissions: ['read:contacts'] })).toMatchObject({ write: lacksPrivilege });
    });

    test('is not any other application', async () => {
      expect(await outcomeOf({ ...rich, scope: noClaim, azp: 'thirdParty' })).toMatchObject(undelegated);
    });
  });

  const both: Holders = {
    users: { 'auth0|alice': reader, jobs3Kp9: { roles: ['editor'] }, 'jobs3Kp9@clients': { roles: ['editor'] } },
  };
  story(
    'Auth0, machine to machine',
    (issuer) => auth0.rbacOff(issuer, storeOf(issuer, both)),
    { read: permitted, write: lacksScope },
    [
      ...everywhere,
      [
        'with the RFC 9068 profile it is one by `sub`',
        { gty: noClaim, azp: noClaim, client_id: 'jobs3Kp9', jti: 'j' },
        { sees: recipe('Auth0, machine to machine').sees ?? '' },
      ],
      ['a scope that was not granted to it is lacking', { scope: noClaim }, undelegated],
      [
        'a user by the same application is no machine',
        { sub: 'auth0|mallory', gty: 'authorization_code' },
        { read: lacksPrivilege },
      ],
      [
        'a user whose `sub` is another client’s is no machine',
        { sub: 'other@clients', gty: noClaim },
        { read: lacksPrivilege },
      ],
      ['for whom somebody acts is no machine', { act: { sub: 'x' }, sub: 'auth0|mallory' }, { read: lacksPrivilege }],
    ],
  );

  describe('machines in the store', () => {
    const { token, issuer } = recipe('Auth0, machine to machine');
    const outcomeOf = api(
      auth0.machinesInStore(issuer, storeOf(issuer, { clients: { jobs3Kp9: reader }, users: { 'auth0|alice': {} } })),
    );

    test('hold what it assigns, and not what their scopes say', async () => {
      expect(await outcomeOf({ ...token, scope: 'read:contacts write:contacts' })).toMatchObject({
        read: permitted,
        write: lacksPrivilege,
      });
    });

    test('are cut by a scope that is there, and by none that is not', async () => {
      expect(await outcomeOf({ ...token, scope: 'other' })).toMatchObject({ read: lacksScope });
      expect(await outcomeOf({ ...token, scope: noClaim })).toMatchObject({ read: permitted, write: lacksPrivilege });
    });

    test('share nothing with users of the same name', async () => {
      expect(await outcomeOf({ ...token, sub: 'jobs3Kp9', gty: noClaim, scope: 'openid read:contacts' })).toMatchObject(
        {
          read: lacksPrivilege,
        },
      );
      expect(await outcomeOf({ ...token, sub: 'unknown@clients', azp: 'unknown' })).toMatchObject({
        read: lacksPrivilege,
      });
    });
  });

  const inOrganization = (organization: string, ...names: string[]) =>
    names.map((permission) => ({ permission, organization }));
  const members: Holders = {
    users: {
      'auth0|alice': {
        permissions: [
          ...inOrganization('org_acme', 'read:contacts', 'write:contacts'),
          ...inOrganization('org_globex', 'read:contacts'),
        ],
      },
    },
  };
  story(
    'Auth0, organizations',
    (issuer) => auth0.rbacOff(issuer, storeOf(issuer, members)),
    { read: permitted, write: permitted },
    [
      ...everywhere,
      [
        'in another organization other privileges are held',
        { org_id: 'org_globex' },
        { read: permitted, write: lacksPrivilege },
      ],
      ['in an unknown organization nothing is held', { org_id: 'org_other' }, nobody],
      ['the name of an organization is not its id', { org_id: 'acme' }, nobody],
      ['in no organization nothing is held', { org_id: noClaim }, nobody],
      ['an organization that is no text is refused', { org_id: ['org_acme'] }, refused],
      ['an empty organization is refused', { org_id: '' }, refused],
    ],
  );
});
