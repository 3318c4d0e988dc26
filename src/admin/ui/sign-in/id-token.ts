// An ID token goes in, straight from the token endpoint, so that its signature need not be looked at (OpenID Connect Core 1.0,
// section 3.1.3.7); an error comes out where it was not made for this sign-in.

/** Whose it has to be. */
export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: none was sent. */
  readonly nonce: string | undefined;
}

// How far the clock of the browser may be off.
const toleranceSeconds = 300;

/** @throws Error when it was made by another issuer, for another client or another sign-in, or has expired. */
export function checkIdToken(token: string, { issuer, clientId, nonce }: Expected): void {
  const { iss, aud, azp, exp, nonce: made } = claimsOf(token);
  const audience = [aud].flat();
  const isForUs = audience.includes(clientId) && (azp === undefined ? audience.length === 1 : azp === clientId);
  if (iss !== issuer || !isForUs || made !== nonce) throw new Error('The ID token was made for another sign-in.');
  if (typeof exp !== 'number' || exp + toleranceSeconds <= Date.now() / 1000) {
    throw new Error('The ID token has expired, or the clock of this device is wrong.');
  }
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(part), (character) => character.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
