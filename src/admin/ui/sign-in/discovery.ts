// An issuer goes in, the addresses at which it signs people in come out (OpenID Connect Discovery 1.0, RFC 8414).

/** What of the metadata is used here. */
export interface Endpoints {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly end_session_endpoint?: string;
  /** Whether its answers name it (RFC 9207 section 3). */
  readonly authorization_response_iss_parameter_supported: boolean;
}

/** @throws Error with words for whoever wants to sign in. */
export async function discover(issuer: string): Promise<Endpoints> {
  let reason = 'it could not be reached, or does not allow this page to read its metadata (CORS)';
  for (const address of addressesOf(issuer)) {
    const response = await askIssuer(address).catch(() => undefined);
    if (response === undefined) continue;
    if (!response.ok) {
      reason = `its metadata was answered with ${response.status}`;
      continue;
    }
    const metadata = (await response.json().catch(() => null)) as Record<string, unknown> | null;
    // RFC 8414 section 3.3: whoever answers in another name is another one.
    if (metadata?.['issuer'] !== issuer) {
      reason = 'its metadata names another issuer';
      continue;
    }
    const isWhole = ['authorization_endpoint', 'token_endpoint'].every((name) => isAddress(metadata[name], issuer));
    if (isWhole) return endpointsIn(metadata, issuer);
    reason = 'its metadata lacks an authorization_endpoint or a token_endpoint that is as safe as itself';
  }
  throw new Error(`The issuer ${issuer} cannot be asked: ${reason}.`);
}

const longestWaitMs = 30_000;

/** No cookie goes along, and nothing is waited for without end. Rejects as `fetch` does. */
export function askIssuer(address: string, init: RequestInit = {}): Promise<Response> {
  return fetch(address, { ...init, credentials: 'omit', signal: AbortSignal.timeout(longestWaitMs) });
}

function addressesOf(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

function endpointsIn(metadata: Record<string, unknown>, issuer: string): Endpoints {
  const { authorization_endpoint, token_endpoint, end_session_endpoint } = metadata as unknown as Endpoints;
  const isNamed = 'authorization_response_iss_parameter_supported';
  return {
    authorization_endpoint,
    token_endpoint,
    ...(isAddress(end_session_endpoint, issuer) && { end_session_endpoint }),
    [isNamed]: metadata[isNamed] === true,
  };
}

// No code and no token leaves for an address without TLS, but where the issuer itself has none: on one's own machine.
function isAddress(value: unknown, issuer: string): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && new URL(issuer).protocol === 'http:');
}
