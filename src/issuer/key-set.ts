// A JSON Web Key Set goes in (RFC 7517 section 5), the few keys come out that can have signed a given token.

import type { CryptoKey } from 'jose';
import { publicKey, type PublicKey } from './jwk.ts';

/** What a token says of the key that signed it (RFC 7515 sections 4.1.1 and 4.1.4). */
export interface Wanted {
  readonly algorithm: string;
  readonly keyId: string | undefined;
}

// The keys of one name, or of a token that names none, are tried in turn; each costs a signature check.
const maxCandidates = 4;
const maxMembers = 200;

/** One generation of an issuer's keys; imported keys live and die with it. */
export class KeySet {
  readonly #keys: readonly PublicKey[];
  /** By algorithm and key id: what has been imported once is there at once. */
  readonly #candidates = new Map<string, Map<string | undefined, readonly CryptoKey[]>>();
  /** Two sets with the same usable keys have the same text here. */
  readonly fingerprint: string;

  constructor(members: readonly unknown[]) {
    this.#keys = members.map(publicKey).filter((key) => key !== undefined);
    this.fingerprint = JSON.stringify(this.#keys.map(({ fingerprint }) => fingerprint).toSorted());
  }

  get isEmpty(): boolean {
    return this.#keys.length === 0;
  }

  /** The names of its usable keys, for logs. */
  get keyIds(): readonly (string | undefined)[] {
    return this.#keys.map(({ keyId }) => keyId);
  }

  /** Whether newer keys cannot matter: the named key is here, or one that fits where none is named. */
  answers({ algorithm, keyId }: Wanted): boolean {
    if (this.#candidates.get(algorithm)?.has(keyId)) return true;
    return this.#keys.some((key) => (keyId === undefined ? key.fits(algorithm) : key.keyId === keyId));
  }

  /** Names are compared byte for byte. A token that names no key is tried with those of its algorithm (RFC 7515 section 4.1.4). */
  candidates(wanted: Wanted): readonly CryptoKey[] | Promise<readonly CryptoKey[]> {
    const { algorithm, keyId } = wanted;
    return this.#candidates.get(algorithm)?.get(keyId) ?? this.#newCandidates(wanted);
  }

  #newCandidates(wanted: Wanted): readonly CryptoKey[] | Promise<readonly CryptoKey[]> {
    const { algorithm, keyId } = wanted;
    const fitting = this.#keys.filter((key) => key.fits(algorithm) && (keyId === undefined || key.keyId === keyId));
    return fitting.length === 0 ? [] : this.#imported(wanted, fitting);
  }

  async #imported({ algorithm, keyId }: Wanted, keys: readonly PublicKey[]): Promise<readonly CryptoKey[]> {
    const imported = await Promise.all(keys.map((key) => key.import(algorithm)));
    const usable = imported.filter((key) => key !== undefined).slice(0, maxCandidates);
    // Bounded by the members of the set: what strangers make up does not fit and comes to nothing before.
    const known = this.#candidates.get(algorithm) ?? new Map<string | undefined, readonly CryptoKey[]>();
    this.#candidates.set(algorithm, known.set(keyId, usable));
    return usable;
  }
}

/** @throws Error when what an issuer serves is no key set, or an unreasonable one. */
export function fetchedKeySet(jwks: Record<string, unknown>): KeySet {
  const members = Object.hasOwn(jwks, 'keys') ? jwks['keys'] : undefined;
  if (!Array.isArray(members)) throw new Error('the key set has no list of `keys`');
  if (members.length > maxMembers) throw new Error(`the key set has ${members.length} keys, more than ${maxMembers}`);
  return new KeySet(members);
}
