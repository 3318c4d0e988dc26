// The tokens of Amazon Cognito: what the page of recipes says the API makes of them, and what the nearest others come to.

import { describe } from '@jest/globals';
import * as cognito from '../../examples/providers/cognito.ts';
import { storeOf } from '../../examples/providers/contacts-api.ts';
import {
  lacksPrivilege,
  lacksScope,
  noClaim,
  nobody,
  permitted,
  recipe,
  refused,
  seenAs,
  story,
  undelegated,
} from './providers-scene.ts';
import type { Row } from './providers-scene.ts';

describe('Cognito', () => {
  const pool = 'https://cognito-idp.eu-west-1.amazonaws.com';
  const idToken = {
    token_use: 'id',
    aud: '4web1exampleclientid000000',
    client_id: noClaim,
    scope: noClaim,
    'cognito:username': 'alice',
  };
  const everywhere: readonly Row[] = [
    ['another user pool is refused', { iss: `${pool}/eu-west-1_other` }, refused],
    ['an ID token is refused', idToken, refused],
    ['an ID token is refused for what it says it is', { token_use: 'id' }, refused],
    ['a token without a client is refused', { client_id: noClaim, aud: noClaim }, refused],
  ];
  const byClient: readonly Row[] = [
    ...everywhere,
    ['another app client is refused', { client_id: '0other' }, refused],
    ['a token bound to a resource is refused', { aud: 'https://contacts.example/' }, refused],
  ];

  story(
    'Cognito, custom scopes',
    (issuer) => cognito.customScopes(issuer, storeOf(issuer)),
    { read: permitted, write: lacksScope },
    [
      ...byClient,
      [
        'a reader who asks for everything may read',
        { scope: 'contacts/read contacts/write', 'cognito:groups': ['contact-readers'] },
        { read: permitted, write: lacksPrivilege },
      ],
      ['who is in no group may do nothing', { 'cognito:groups': noClaim }, { read: lacksPrivilege }],
      [
        'a group that is called like a permission gives nothing',
        { 'cognito:groups': ['read:contacts', 'contacts/read', 'editor'] },
        { read: lacksPrivilege },
      ],
      ['a scope of another resource server delegates nothing', { scope: 'calendar/read' }, undelegated],
      ['a scope without its prefix delegates nothing', { scope: 'read' }, undelegated],
      ['the scope for Cognito itself delegates nothing', { scope: 'aws.cognito.signin.user.admin' }, undelegated],
    ],
    null,
  );

  const jobs = '6jobs2exampleclientid00000';
  story(
    'Cognito, client credentials',
    (issuer) => cognito.customScopes(issuer, storeOf(issuer, { users: { [jobs]: { roles: ['editor'] } } })),
    { read: permitted, write: lacksScope },
    [
      ...byClient,
      [
        'without `auth_time` it is a machine as well',
        { auth_time: noClaim },
        { sees: recipe('Cognito, client credentials').sees ?? '' },
      ],
      [
        'groups in the token of a machine give nothing',
        { scope: 'other/read', 'cognito:groups': ['contact-editors'] },
        undelegated,
      ],
      ['a user by the same client is no machine', { sub: 'd2f5a0b4', username: 'mallory' }, { read: lacksPrivilege }],
      ['who has a name is no machine', { username: 'mallory', sub: jobs }, { sees: seenAs('user') }],
    ],
    null,
  );

  story(
    'Cognito, signed in by the SDK',
    (issuer) => cognito.signedInBySdk(issuer, storeOf(issuer)),
    { read: permitted, write: lacksPrivilege },
    [
      ...byClient,
      ['an editor may write', { 'cognito:groups': ['contact-editors'] }, { read: permitted, write: permitted }],
      ['who is in no group may do nothing', { 'cognito:groups': noClaim }, nobody],
      ['somebody acting for the user has what is delegated, which is nothing', { act: { sub: 'x' } }, undelegated],
    ],
    null,
  );

  story(
    'Cognito, bound to a resource',
    (issuer) => cognito.boundToResource(issuer, storeOf(issuer)),
    { read: lacksScope, write: permitted },
    [
      ...everywhere,
      ['another resource is refused', { aud: 'https://other.example/' }, refused],
      ['no resource is refused', { aud: noClaim }, refused],
    ],
    null,
  );
});
