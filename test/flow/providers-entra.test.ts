// The tokens of Microsoft Entra ID: what the page of recipes says the API makes of them, and what the nearest others come to.

import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { contactsApi, storeOf } from '../../examples/providers/contacts-api.ts';
import * as entra from '../../examples/providers/entra.ts';
import { ask } from './answers.ts';
import { listen } from './frameworks.ts';
import {
  api,
  lacksPrivilege,
  lacksScope,
  noClaim,
  permitted,
  recipe,
  refused,
  signed,
  signer,
  story,
  undelegated,
} from './providers-scene.ts';
import type { Row } from './providers-scene.ts';

describe('Entra', () => {
  const tenant = '8f3b7c52-0d1e-4a6b-9c2d-5e4f3a2b1c0d';
  const otherTenant = '11111111-2222-4333-8444-555555555555';
  const everywhere: readonly Row[] = [
    [
      'another tenant is refused, though its keys are the same',
      { iss: `https://login.microsoftonline.com/${otherTenant}/v2.0`, tid: otherTenant },
      refused,
    ],
    ['a token of version 1 is refused', { iss: `https://sts.windows.net/${tenant}/`, ver: '1.0' }, refused],
    ['a token for another API is refused', { aud: '00000003-0000-0000-c000-000000000000' }, refused],
    ['an App ID URI is not the client id', { aud: 'api://c0a7ac75-4b1d-4c8e-9f00-2a6b7c8d9e01' }, refused],
    ['an unknown client is refused', { azp: otherTenant }, refused],
  ];
  const idTokens: readonly Row[] = [
    [
      'an ID token is refused, also with roles and the API in `aud`',
      { azp: noClaim, scp: noClaim, nonce: 'n' },
      refused,
    ],
    ['an ID token without a nonce is refused too', { azp: noClaim, scp: noClaim }, refused],
  ];

  story('Entra, a user', (issuer) => entra.oneTenant(issuer, storeOf(issuer)), { read: permitted, write: lacksScope }, [
    ...everywhere,
    ...idTokens,
    [
      'an editor by an application that may write may write',
      { scp: 'Contacts.ReadWrite' },
      { read: permitted, write: permitted },
    ],
    [
      'a reader by an application that may write may read',
      { scp: 'Contacts.ReadWrite', roles: ['Contacts.Reader'] },
      { read: permitted, write: lacksPrivilege },
    ],
    ['who has no app role may do nothing', { roles: noClaim }, { read: lacksPrivilege }],
    ['an app role for applications gives a user nothing', { roles: ['Contacts.Read.All'] }, { read: lacksPrivilege }],
    ['nor does it delegate anything', { roles: ['Contacts.Read.All', 'Contacts.Editor'], scp: noClaim }, undelegated],
    [
      'an app role that is called like a permission gives nothing',
      { roles: ['read:contacts'] },
      { read: lacksPrivilege },
    ],
    ['a scope is called by its name alone', { scp: 'api://contacts/Contacts.Read' }, undelegated],
    ['`idtyp` may say that it is a user', { idtyp: 'user' }, { read: permitted, write: lacksScope }],
  ]);

  story(
    'Entra, an application',
    (issuer) => entra.oneTenant(issuer, storeOf(issuer)),
    { read: permitted, write: lacksScope },
    [
      ...everywhere,
      ['without `idtyp` it is a user without scopes', { idtyp: noClaim }, undelegated],
      ['without an app role it may do nothing', { roles: noClaim }, undelegated],
      ['an app role for users gives it nothing', { roles: ['Contacts.Editor'] }, undelegated],
    ],
  );

  test('a refusal asks for the scope by its name in `scp`', async () => {
    const { token, issuer } = recipe('Entra, a user');
    const address = await listen(createServer(contactsApi(entra.oneTenant(issuer, storeOf(issuer)))));
    const answer = await ask(`${address}/contacts`, { token: await signed({ ...token, scp: 'other' }) });
    expect(answer.headers.get('www-authenticate')).toContain('scope="Contacts.Read"');
  });

  describe('many tenants', () => {
    const requested: string[] = [];
    const asked: string[] = [];
    // Each tenant's metadata as Entra serves it; one set of keys for all.
    const authority = listen(
      createServer((request, response) => {
        const { url = '' } = request;
        requested.push(url);
        void authority.then((origin) => {
          const [, tenantId = ''] = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/.exec(url) ?? [];
          const metadata = {
            issuer: `${origin}/${tenantId}/v2.0`,
            jwks_uri: `${origin}/${tenantId}/discovery/v2.0/keys`,
          };
          response.end(JSON.stringify(url.endsWith('/keys') ? signer.keys : metadata));
        });
      }),
    );
    const start = async (): Promise<{ origin: string; outcomeOf: ReturnType<typeof api> }> => {
      const origin = await authority;
      const store = storeOf(`${origin}/${tenant}/v2.0`, { users: { alice: { roles: ['editor'] } } });
      const isCustomer = async (name: string): Promise<boolean> => {
        asked.push(name);
        return [tenant, otherTenant].includes(name);
      };
      return { origin, outcomeOf: api(entra.manyTenants(origin, isCustomer, store)) };
    };
    const { token } = recipe('Entra, a user');

    test('each customer’s token is accepted, by the keys of its tenant', async () => {
      const { origin, outcomeOf } = await start();
      for (const id of [tenant, otherTenant]) {
        const iss = `${origin}/${id}/v2.0`;
        expect(await outcomeOf({ ...token, iss, tid: id })).toMatchObject({ read: permitted, write: lacksScope });
      }
      expect(requested).toContain(`/${otherTenant}/discovery/v2.0/keys`);
    });

    test('the same `sub` in two tenants is two users', async () => {
      const { origin, outcomeOf } = await start();
      const alice = { ...token, sub: 'alice', roles: noClaim };
      expect(await outcomeOf({ ...alice, iss: `${origin}/${tenant}/v2.0` })).toMatchObject({ read: permitted });
      expect(await outcomeOf({ ...alice, iss: `${origin}/${otherTenant}/v2.0` })).toMatchObject({
        read: lacksPrivilege,
      });
    });

    test('nobody else’s is, and nothing is requested for them', async () => {
      const { origin, outcomeOf } = await start();
      requested.length = 0;
      asked.length = 0;
      for (const iss of [
        `${origin}/99999999-2222-4333-8444-555555555555/v2.0`,
        `${origin}/common/v2.0`,
        `${origin}/${tenant}/v2.0/`,
        `${origin}/${tenant}/v1.0`,
        `${origin}/${tenant}`,
        `https://login.evil.example/${tenant}/v2.0`,
        `https://sts.windows.net/${tenant}/`,
      ]) {
        expect(await outcomeOf({ ...token, iss })).toEqual(refused);
      }
      expect(requested).toEqual([]);
      expect(new Set(asked)).toEqual(new Set(['99999999-2222-4333-8444-555555555555', 'common']));
    });
  });
});
