// Issuers and sizes go in, an authorizer of ours comes out, with a store that answers later, as databases do.

import { createAuthorizer } from '../../../dist/index.js';
import { withCache } from '../../../dist/stores.js';
import { audience } from '../tokens/tokens.mjs';
import { privilegesHeld } from './contract.mjs';

/**
 * `isCached: false`: the store is asked, and what it says is read, on every request. Bounds of caches are the defaults.
 *
 * @param {{ issuers: { issuer: string, jwksUri?: string, secret?: Uint8Array }[], privileges?: number, isCached?: boolean }} given
 */
export async function ownAuthorizer({ issuers, privileges = 20, isCached = true }) {
  const store = { privilegesOf: async () => privilegesHeld(privileges) };
  // Several issuers with secrets each take an identifier of their own; the store knows nobody by name.
  const authorizer = createAuthorizer({ issuer: issuers, audience, store: isCached ? withCache(store) : store });
  await authorizer.ready();
  return authorizer;
}
