// An issuer goes in, the addresses at which it signs people in come out (OpenID Connect Discovery 1.0, RFC 8414).

/** What of the metadata is used here. */
export interface Endpoints {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly end_session_endpoint?: string;
}

/** @throws Error with words for whoever wants to sign in. */
export async function discover(issuer: string): Promise<Endpoints> {
  let reason = 'it could not be reached, or does not allow this page to read its metadata (CORS)';
  for (const address of addressesOf(issuer)) {
    const response = await fetch(address, { credentials: 'omit' }).catch(() => undefined);
    if (response === undefined) continue;
    if (!response.ok) {
      reason = `its metadata was answered with ${response.status}`;
      continue;
    }
    const metadata = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    // RFC 8414 section 3.3: whoever answers in another name is another one.
    if (metadata['issuer'] !== issuer) {
      reason = 'its metadata names another issuer';
      continue;
    }
    const isWhole = ['authorization_endpoint', 'token_endpoint'].every((name) => isAddress(metadata[name]));
    if (isWhole) return endpointsIn(metadata);
    reason = 'its metadata lacks an authorization_endpoint or a token_endpoint';
  }
  throw new Error(`The issuer ${issuer} cannot be asked: ${reason}.`);
}

function addressesOf(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

function endpointsIn(metadata: Record<string, unknown>): Endpoints {
  const { authorization_endpoint, token_endpoint, end_session_endpoint } = metadata as unknown as Endpoints;
  return {
    authorization_endpoint,
    token_endpoint,
    ...(isAddress(end_session_endpoint) && { end_session_endpoint }),
  };
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
