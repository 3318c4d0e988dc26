// Nothing goes in; what is random, and what is derived from it, comes out (RFC 7636 section 4).

/** 43 characters of base64url. */
export function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** The code challenge of a verifier, by S256. @throws Error where the browser does not hash: an address without TLS. */
export async function challengeOf(verifier: string): Promise<string> {
  if (!isSecureContext) throw new Error('Signing in needs an https address here, or localhost.');
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
