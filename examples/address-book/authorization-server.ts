// Who may sign in and which applications there are go in, an OAuth 2.0 / OpenID authorization server comes out: access
// tokens are JWTs (RFC 9068) for one API, chosen by its resource indicator (RFC 8707), by `audience`, or by default.

import './quiet-oidc-provider.ts';

import { generateKeyPairSync, randomBytes } from 'node:crypto';

import express from 'express';
import { errors, Provider } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { apiAskedIn, askedScopesOf, createGrant } from './consent.ts';
import type { Api } from './consent.ts';
import { emailOf } from './directory.ts';
import { createInteractions } from './interactions.ts';
import type { Client, Person } from './people.ts';
import { pageHeaders } from './page.ts';
import { errorPage } from './sign-in-pages.ts';
import { signInPolicy } from './sign-in-policy.ts';

export interface AuthorizationServerOptions {
  issuer: string;
  /** Whom tokens are for; the first one, where none is named. */
  apis: readonly [Api, ...Api[]];
  people: readonly Person[];
  clients: readonly Client[];
}

export function createAuthorizationServer(options: AuthorizationServerOptions): express.Express {
  const provider = new Provider(options.issuer, configurationOf(options));
  const app = express();
  app.disable('x-powered-by');
  app.use(createInteractions(provider, options));
  app.use(provider.callback());
  return app;
}

const hour = 3600;

function configurationOf({ apis, people, clients }: AuthorizationServerOptions) {
  return {
    clients: clients.map(metadataOf),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [createSigningKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    responseTypes: ['code'],
    scopes: ['openid'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    pkce: { required: () => true },
    ttl: { AccessToken: hour, ClientCredentials: hour, IdToken: hour, Interaction: hour, Session: hour, Grant: hour },
    // As tenants call them.
    routes: { authorization: '/authorize', token: '/oauth/token' },
    extraParams: ['audience'],
    interactions: {
      policy: signInPolicy(),
      url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}`,
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      // An access token is for the API alone: what there is to know about the user is in the ID token.
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (context: KoaContextWithOIDC) => audienceNamed(context) ?? apis[0].audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (context: KoaContextWithOIDC, resource: string, client: { clientId: string }) => {
          const api = apis.find(({ audience }) => audience === resource);
          // A grant is for one API: what is ticked for one says nothing about another.
          const isOne = [context.oidc.params?.['resource'] ?? []].flat().length <= 1;
          if (api === undefined || !isOne) throw new errors.InvalidTarget();
          return resourceServerOf(api, clients.find(({ id }) => id === client.clientId)?.assignedScopes);
        },
      },
    },
    findAccount: (_context: unknown, id: string) => accountOf(people, id),
    loadExistingGrant: (context: KoaContextWithOIDC) => grantOf(context),
    renderError,
  };

  // A first-party application is granted what it asks. Any other is granted what was ticked on the consent page of this
  // very request: nothing earlier is remembered, so that it can ask again for what was unticked.
  async function grantOf({ oidc: { provider, client, params, result, session } }: KoaContextWithOIDC) {
    if (result?.consent?.grantId !== undefined) return provider.Grant.find(result.consent.grantId);
    const isFirstParty = clients.some(({ id, firstParty }) => firstParty && id === client?.clientId);
    if (!isFirstParty || client === undefined || session?.accountId === undefined) return undefined;
    const api = apiAskedIn(params, apis);
    const asked = askedScopesOf(params, api);
    const grant = createGrant(provider, {
      clientId: client.clientId,
      accountId: session.accountId,
      audience: api.audience,
      asked,
      ticked: [...asked.openid, ...asked.api],
    });
    await grant.save();
    return grant;
  }
}

// RFC 8707 calls it `resource`; tenants and their SDKs call it `audience`.
function audienceNamed({ oidc: { params, body } }: KoaContextWithOIDC): string | undefined {
  const named = params?.['audience'] ?? body?.['audience'];
  return typeof named === 'string' ? named : undefined;
}

/** `assigned`: the only scopes that the client may have of it. */
function resourceServerOf({ audience, descriptions }: Api, assigned: readonly string[] | undefined) {
  const scopes = Object.keys(descriptions).filter((scope) => assigned?.includes(scope) !== false);
  return { audience, scope: scopes.join(' '), accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
}

function metadataOf({ id, secret, redirectUris }: Client) {
  const credentials = secret === undefined ? { token_endpoint_auth_method: 'none' } : { client_secret: secret };
  const grants =
    redirectUris === undefined
      ? { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }
      : { grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: redirectUris };
  return { client_id: id, ...credentials, ...grants };
}

function createSigningKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' };
}

function accountOf(people: readonly Person[], id: string) {
  const person = people.find((one) => one.id === id);
  if (person === undefined) return undefined;
  return { accountId: id, claims: () => ({ sub: id, name: person.name, email: emailOf(id) }) };
}

function renderError(context: KoaContextWithOIDC, { error, error_description }: Record<string, string>): void {
  context.type = 'html';
  context.set(pageHeaders());
  context.body = errorPage(error ?? 'server_error', error_description ?? '');
}
