// The scopes that an application asks and those that were ticked go in, a grant of the authorization server comes out.

import type { Grant, Provider } from 'oidc-provider';

/** What an OpenID scope tells the application, in words for the consent page. */
export const openidScopes: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name',
  email: 'See your e-mail address',
};

/** An API that tokens can be for. */
export interface Api {
  /** Its identifier: the `aud` of its access tokens. */
  readonly audience: string;
  /** Its permissions and what they mean to a person: each is a scope here. */
  readonly descriptions: Readonly<Record<string, string>>;
}

type Params = Readonly<Record<string, unknown>> | undefined;

/** The API that an authorization request is about; the server has written the default there where none was named. */
export function apiAskedIn(params: Params, apis: readonly [Api, ...Api[]]): Api {
  const [resource] = [params?.['resource']].flat();
  return apis.find(({ audience }) => audience === resource) ?? apis[0];
}

/** The scopes of an authorization request (RFC 6749 section 3.3) that this server knows, by whom they concern. */
export interface AskedScopes {
  openid: string[];
  api: string[];
}

export function askedScopesOf(params: Params, { descriptions }: Api): AskedScopes {
  const asked = new Set(String(params?.['scope'] ?? '').split(' '));
  return {
    openid: [...asked].filter((scope) => Object.hasOwn(openidScopes, scope)),
    api: [...asked].filter((scope) => Object.hasOwn(descriptions, scope)),
  };
}

/** The grant is new each time: one that exists would still remember what was unticked earlier. */
export function createGrant(
  provider: Provider,
  options: { clientId: string; accountId: string; audience: string; asked: AskedScopes; ticked: readonly string[] },
): Grant {
  const { clientId, accountId, audience, asked, ticked } = options;
  const grant = new provider.Grant({ clientId, accountId });
  for (const scope of asked.openid) {
    if (isFixed(scope) || ticked.includes(scope)) grant.addOIDCScope(scope);
    else grant.rejectOIDCScope(scope);
  }
  // What is neither granted nor rejected would be asked for ever.
  for (const scope of asked.api) {
    if (ticked.includes(scope)) grant.addResourceScope(audience, scope);
    else grant.rejectResourceScope(audience, scope);
  }
  return grant;
}

/** Signing in to an application tells it who one is: that alone cannot be unticked, only denied. */
export function isFixed(scope: string): boolean {
  return scope === 'openid';
}
