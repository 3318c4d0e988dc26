// People and one public client go in, an authorization server on loopback comes out (OpenID Connect, PKCE, RFC 8707, RFC 9068):
// whoever types a name into its form is that person, and an application gets all that it asks.

import '../../examples/address-book/quiet-oidc-provider.ts';

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import express from 'express';
import { SignJWT } from 'jose';
import { errors, Provider } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { listen } from '../flow/frameworks.ts';

export interface AuthorizationServerOptions {
  /** The client's id, and where it is returned to. */
  clientId: string;
  redirectUri: string;
  /** The API that the client asks for, and all its scopes. */
  audience: string;
  scopes: readonly string[];
  people: readonly string[];
  /** Of access tokens, from now on. */
  tokenSeconds: () => number;
}

export interface AuthorizationServer {
  readonly issuer: string;
  /** The authorization requests that came, in order. */
  readonly asked: URLSearchParams[];
  /** An access token for any API, as another application would have it. */
  token(sub: string, audience: string, scope: string): Promise<string>;
}

export async function authorizationServer(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
  let answer: RequestListener = (_, response) => response.writeHead(503).end();
  const issuer = await listen(createServer((request, response) => answer(request, response)));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const provider = new Provider(issuer, configurationOf(options, privateKey));
  const asked: URLSearchParams[] = [];
  const app = express();
  app.get('/auth', (request, _, next) => {
    asked.push(new URL(request.url, issuer).searchParams);
    next();
  });
  app.use(interactionsOf(provider, options));
  app.use(provider.callback());
  answer = app;
  return { issuer, asked, token: (...given) => signed(privateKey, issuer, given) };
}

function configurationOf(options: AuthorizationServerOptions, privateKey: KeyObject): Record<string, unknown> {
  const { clientId, redirectUri, audience, scopes, people, tokenSeconds } = options;
  const hour = 3600;
  return {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [redirectUri],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'key' }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    responseTypes: ['code'],
    scopes: ['openid'],
    pkce: { required: () => true },
    ttl: { AccessToken: tokenSeconds, IdToken: hour, Interaction: hour, Session: hour, Grant: hour },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo(_: unknown, resource: string) {
          if (resource !== audience) throw new errors.InvalidTarget();
          return { audience, scope: scopes.join(' '), accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
        },
      },
    },
    findAccount: (_: unknown, id: string) =>
      people.includes(id) ? { accountId: id, claims: () => ({ sub: id }) } : undefined,
    async loadExistingGrant({ oidc: { provider, client, params, session } }: KoaContextWithOIDC) {
      if (client === undefined || session?.accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid');
      const scope = String(params?.['scope'])
        .split(' ')
        .filter((one) => scopes.includes(one));
      grant.addResourceScope(audience, scope.join(' '));
      await grant.save();
      return grant;
    },
  };
}

function interactionsOf(provider: Provider, { people }: AuthorizationServerOptions): express.Router {
  const router = express.Router();
  router.get('/interaction/:uid', async (request, response) => {
    const { uid } = await provider.interactionDetails(request, response);
    response.send(`<!doctype html><html lang="en"><title>Sign in</title><link rel="icon" href="data:," /><h1>Sign in</h1>
      <form method="post" action="/interaction/${uid}"><label>Name <input name="login" /></label>
      <button>Continue</button></form></html>`);
  });
  router.post('/interaction/:uid', express.urlencoded({ extended: false }), async (request, response) => {
    const { login } = request.body as { login: string };
    const result = people.includes(login) ? { login: { accountId: login } } : { error: 'access_denied' };
    await provider.interactionFinished(request, response, result);
  });
  return router;
}

async function signed(
  key: KeyObject,
  issuer: string,
  [sub, audience, scope]: readonly [string, string, string],
): Promise<string> {
  return new SignJWT({ client_id: 'contacts-app', scope })
    .setProtectedHeader({ alg: 'ES256', kid: 'key', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setSubject(sub)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .setJti(randomBytes(8).toString('hex'))
    .sign(key);
}
