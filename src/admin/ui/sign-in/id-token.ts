// An ID token goes in, straight from the token endpoint, so that its signature need not be looked at (OpenID Connect Core 1.0,
// section 3.1.3.7); an error comes out where it was not made for this sign-in.

import type { Settings } from '../answers.ts';

/** @throws Error when it was made by another issuer, for another client, or for another sign-in. */
export function checkIdToken(token: string, { nonce, settings }: { nonce: string; settings: Settings }): void {
  const { iss, aud, nonce: made } = claimsOf(token);
  const isOurs = iss === settings.issuer && [aud].flat().includes(settings.clientId) && made === nonce;
  if (!isOurs) throw new Error('The ID token was made for another sign-in.');
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
