// An issuer's settings go in, a function comes out that fetches its present keys (RFC 7517 section 5) and learns of a new
// `jwks_uri` on the way (RFC 8414 section 3.2).

import { isLoopback } from '../core/issuer-settings.ts';
import { withDeadline } from './deadline.ts';
import { fetchJsonObject } from './fetch-json.ts';
import { fetchedKeySet, type KeySet } from './key-set.ts';
import {
  discover,
  metadataLocations,
  readMetadata,
  requireSecureUrl,
  type IssuerMetadata,
  type MetadataOptions,
} from './metadata.ts';

/** Where the keys of one issuer are. */
export interface KeyLocation {
  readonly issuer: string;
  /** Absent: where the issuer's metadata says. */
  readonly jwksUri: string | undefined;
  readonly timeoutMs: number;
  readonly allowHttp: boolean;
}

/** What a fetch brings. */
export interface LoadedKeys {
  readonly keys: KeySet;
  /** What is wrong with the metadata, where they were not needed to find the keys. */
  readonly metadataError?: unknown;
}

/** Rejects with an Error that says what could not be fetched; the signal ends it early. */
export type LoadKeys = (signal: AbortSignal) => Promise<LoadedKeys>;

export function createKeyLoader(location: KeyLocation, fetch: typeof globalThis.fetch): LoadKeys {
  const { issuer, jwksUri, allowHttp } = location;
  let known: IssuerMetadata | undefined;
  return async (signal) => {
    if (jwksUri !== undefined) {
      requireSecureUrl(jwksUri, { name: 'jwksUri', httpAllowed: (url) => allowHttp || isLoopback(url.hostname) });
      return { keys: fetchedKeySet(await fetchJsonObject(jwksUri, { fetch, signal })) };
    }
    const options = { fetch, signal, allowHttp };
    const { timeoutMs } = location;
    const read: ReadAgain =
      known === undefined
        ? { metadata: await discover(issuer, { ...options, timeoutMs }) }
        : await readAgain(location, known, options);
    known = read.metadata;
    const keys = fetchedKeySet(await fetchJsonObject(known.jwksUri, { fetch, signal }));
    return { keys, metadataError: read.error };
  };
}

interface ReadAgain {
  readonly metadata: IssuerMetadata;
  readonly error?: unknown;
}

/**
 * One request at most, and half of the time at most: metadata that cannot be read leaves the last `jwks_uri` in place, and
 * the other location is asked next time.
 */
async function readAgain(
  { issuer, timeoutMs }: KeyLocation,
  known: IssuerMetadata,
  options: MetadataOptions,
): Promise<ReadAgain> {
  try {
    const metadata = await withDeadline(timeoutMs / 2, options.signal, (signal) =>
      readMetadata(issuer, known.location, { ...options, signal }),
    );
    return { metadata };
  } catch (error) {
    const [openid, oauth] = metadataLocations(issuer);
    return { metadata: { ...known, location: known.location === openid ? oauth : openid }, error };
  }
}
