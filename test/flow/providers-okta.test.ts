// The tokens of Okta: what the page of recipes says the API makes of them, and what the nearest others come to.

import { describe } from '@jest/globals';
import { storeOf } from '../../examples/providers/contacts-api.ts';
import * as okta from '../../examples/providers/okta.ts';
import { lacksPrivilege, lacksScope, noClaim, permitted, refused, story, undelegated } from './providers-scene.ts';
import type { Row } from './providers-scene.ts';

describe('Okta', () => {
  const everywhere: readonly Row[] = [
    [
      'the org authorization server is another issuer',
      { iss: 'https://your-org.okta.com', aud: 'https://your-org.okta.com' },
      refused,
    ],
    ['another authorization server is refused', { iss: 'https://your-org.okta.com/oauth2/default' }, refused],
    ['a token for another API is refused', { aud: 'api://other' }, refused],
    [
      'an ID token is refused',
      { aud: '0oa1web2contacts3X5d7', jti: 'ID.x', scp: noClaim, cid: noClaim, nonce: 'n', amr: ['pwd'], at_hash: 'h' },
      refused,
    ],
    ['a list of scopes with something else in it delegates nothing', { scp: ['read:contacts', 7] }, undelegated],
  ];

  story(
    'Okta, custom authorization server',
    (issuer) => okta.customServer(issuer, storeOf(issuer)),
    { read: permitted, write: lacksScope },
    [
      ...everywhere,
      [
        'a reader who asks for everything may read',
        { scp: ['read:contacts', 'write:contacts'], groups: ['Contact readers'] },
        { read: permitted, write: lacksPrivilege },
      ],
      [
        'a group that is called like a permission gives nothing',
        { groups: ['read:contacts'] },
        { read: lacksPrivilege },
      ],
      ['the group Everyone gives nothing', { groups: ['Everyone'] }, { read: lacksPrivilege }],
      ['no groups give nothing', { groups: noClaim }, { read: lacksPrivilege }],
      ['groups without scopes may do nothing', { scp: ['openid'] }, undelegated],
      [
        'a user whose login is the client id is no machine',
        { sub: '0oa1web2contacts3X5d7', auth_time: noClaim, scp: ['read:contacts'], groups: noClaim },
        { read: lacksPrivilege },
      ],
    ],
  );

  story('Okta, scopes by access policy', okta.accessPolicies, { read: permitted, write: lacksScope }, [
    ...everywhere,
    ['groups count for nothing', { scp: ['openid'], groups: ['Contact editors', 'read:contacts'] }, undelegated],
  ]);

  story(
    'Okta, client credentials',
    (issuer) =>
      okta.customServer(issuer, storeOf(issuer, { users: { '0oa9nightly8export7Y6': { roles: ['editor'] } } })),
    { read: permitted, write: lacksScope },
    [
      ...everywhere,
      ['groups in the token of a machine give nothing', { scp: ['openid'], groups: ['Contact editors'] }, undelegated],
      [
        'a user by the same application is no machine',
        { sub: 'mallory@example.com', uid: '00u1' },
        { read: lacksPrivilege },
      ],
    ],
  );
});
