// An issuer goes in, the address of its keys comes out, as its own metadata gives it (OpenID Connect Discovery 1.0 section 4,
// RFC 8414 section 3).

import { isLoopback } from '../core/issuer-settings.ts';
import { withDeadline } from './deadline.ts';
import { quoted } from './faults.ts';
import { fetchJsonObject, type FetchOptions } from './fetch-json.ts';

/** What is used of an issuer's metadata. */
export interface IssuerMetadata {
  /** Where the document was found. */
  readonly location: string;
  readonly jwksUri: string;
}

/** How metadata is read. */
export interface MetadataOptions extends FetchOptions {
  /** Also accept addresses that are neither https nor loopback. */
  readonly allowHttp: boolean;
}

/**
 * Each place is asked in its turn, the first with half of the time at most. Rejects with an AggregateError whose message tells
 * what was wrong at each.
 */
export async function discover(
  issuer: string,
  options: MetadataOptions & { timeoutMs: number },
): Promise<IssuerMetadata> {
  const [openid, oauth] = metadataLocations(issuer);
  const { timeoutMs, ...reading } = options;
  try {
    return await withDeadline(timeoutMs / 2, reading.signal, (signal) =>
      readMetadata(issuer, openid, { ...reading, signal }),
    );
  } catch (first) {
    try {
      return await readMetadata(issuer, oauth, reading);
    } catch (second) {
      const reasons = [first, second].map((failure) => (failure as Error).message).join('; ');
      throw new AggregateError([first, second], `no metadata of the issuer ${quoted(issuer)} can be used: ${reasons}`, {
        cause: second,
      });
    }
  }
}

/** OpenID appends its path to the issuer; RFC 8414 section 3.1 inserts its own between host and path. */
export function metadataLocations(issuer: string): readonly [openid: string, oauth: string] {
  const { origin, pathname } = parsedUrl(issuer, 'issuer');
  const path = pathname.replace(/\/$/, '');
  return [
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/** Rejects unless the document is the issuer's own: RFC 8414 section 3.3. */
export async function readMetadata(
  issuer: string,
  location: string,
  { allowHttp, ...options }: MetadataOptions,
): Promise<IssuerMetadata> {
  const issuerUrl = requireSecureUrl(issuer, {
    name: 'issuer',
    httpAllowed: (url) => allowHttp || isLoopback(url.hostname),
  });
  const metadata = await fetchJsonObject(location, options);
  const { issuer: named, jwks_uri: jwksUri } = metadata;
  if (named !== issuer) {
    const other = typeof named === 'string' ? quoted(named) : 'none';
    throw new Error(`the metadata at ${quoted(location)} names another issuer: ${other}`);
  }
  if (typeof jwksUri !== 'string') throw new Error(`the metadata at ${quoted(location)} has no \`jwks_uri\``);
  // An issuer on the network has no keys on this machine.
  const httpAllowed = (url: URL): boolean => allowHttp || (isLoopback(url.hostname) && isLoopback(issuerUrl.hostname));
  requireSecureUrl(jwksUri, { name: 'jwks_uri', httpAllowed });
  return { location, jwksUri };
}

/** @throws Error when the address is none, or would be read in the clear where that is not allowed. */
export function requireSecureUrl(
  text: string,
  { name, httpAllowed }: { name: string; httpAllowed: (url: URL) => boolean },
): URL {
  const url = parsedUrl(text, name);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && httpAllowed(url))) return url;
  throw new Error(`\`${name}\` is ${quoted(text)}, and only https is accepted`);
}

function parsedUrl(text: string, name: string): URL {
  if (!URL.canParse(text)) throw new Error(`\`${name}\` is ${quoted(text)}, which is no absolute URL`);
  return new URL(text);
}
