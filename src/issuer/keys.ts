// The settings of one issuer go in, the source of its own keys comes out, whether they come from the network, from a set
// given once, or are a shared secret (RFC 7517 section 5, RFC 7518 section 3.2).

import type { KeyEvent } from '../core/authorizer-options.ts';
import type { IssuerSettings, KeySettings } from '../core/token.ts';
import { quoted, unavailable } from './faults.ts';
import { asymmetricAlgorithms } from './jwk.ts';
import { createKeyLoader } from './key-loader.ts';
import { KeySet, type Wanted } from './key-set.ts';
import { RemoteKeys, refreshLimits, type RefreshLimits } from './remote-keys.ts';
import type { VerificationKey } from './signature.ts';

/** The keys of one issuer, and of no other. */
export interface KeySource {
  /** The few keys that can have signed a token; rejects or throws with an UnavailableError where nobody can know. */
  candidates(wanted: Wanted): readonly VerificationKey[] | Promise<readonly VerificationKey[]>;
  /** Newer keys for a token that names none, where `candidates` did not fit and there may be some; otherwise empty. */
  newerCandidates(wanted: Wanted): readonly VerificationKey[] | Promise<readonly VerificationKey[]>;
  /** An object that stays the same as long as the keys do; undefined where there are none that may serve. */
  generation(): object | undefined;
  /** Resolves when there is a key; rejects with an UnavailableError whose cause says what is wrong. */
  ready(): Promise<void>;
  /** Serves these keys until the network brings the first of its own. */
  hydrate(jwks: Record<string, unknown>): void;
  /** Aborts what is in flight. */
  close(): void;
}

/** What a source needs beside its settings. */
export interface KeyEnvironment {
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds on a clock that nobody sets. */
  readonly monotonicNow: () => number;
  readonly limits?: RefreshLimits | undefined;
  readonly onKeys?: ((event: KeyEvent) => void) | undefined;
}

/** @throws TypeError when the application's own verifier answers for the issuer. */
export function createKeySource({ issuer, keys }: IssuerSettings, environment: KeyEnvironment): KeySource {
  if (keys.from === 'remote') return remoteKeys(issuer, keys, environment);
  if (keys.from === 'set') return staticKeys(issuer, new KeySet(keys.jwks.keys));
  if (keys.from === 'secret') return sharedSecret(issuer, keys.secret);
  throw new TypeError(`The issuer ${quoted(issuer)} has no keys: the application verifies its tokens`);
}

// A secret verifies HMAC and nothing else does, or a public key would do as a secret: RFC 8725 section 3.1
const hmacAlgorithms: ReadonlySet<string> = new Set(['HS256', 'HS384', 'HS512']);

/** Whether a key of any kind verifies it. */
export function isKnownAlgorithm(algorithm: string): boolean {
  return hmacAlgorithms.has(algorithm) || asymmetricAlgorithms.has(algorithm);
}

/** What keys from there can verify at all, whatever else the settings may list. */
export function verifiableAlgorithms(from: KeySettings['from']): ReadonlySet<string> {
  return from === 'secret' ? hmacAlgorithms : asymmetricAlgorithms;
}

function remoteKeys(
  issuer: string,
  keys: Extract<KeySettings, { from: 'remote' }>,
  { fetch, monotonicNow, limits = refreshLimits, onKeys }: KeyEnvironment,
): KeySource {
  const { maxAgeMs = limits.maxAgeMs, maxStaleMs = limits.maxStaleMs, timeoutMs } = keys;
  return new RemoteKeys({
    issuer,
    load: createKeyLoader({ issuer, ...keys }, fetch),
    timeoutMs,
    monotonicNow,
    limits: { ...limits, maxAgeMs, maxStaleMs },
    onKeys,
  });
}

function staticKeys(issuer: string, keys: KeySet): KeySource {
  return {
    candidates: (wanted) => keys.candidates(wanted),
    newerCandidates: () => [],
    generation: () => keys,
    ready: async () => {
      if (keys.isEmpty) throw unavailable(`the key set of the issuer ${quoted(issuer)} has no key that can be used`);
    },
    hydrate: () => refuseHydration(issuer),
    close: () => undefined,
  };
}

function sharedSecret(issuer: string, secret: Uint8Array): KeySource {
  return {
    candidates: ({ algorithm }) => (hmacAlgorithms.has(algorithm) ? [secret] : []),
    newerCandidates: () => [],
    generation: () => secret,
    ready: async () => undefined,
    hydrate: () => refuseHydration(issuer),
    close: () => undefined,
  };
}

function refuseHydration(issuer: string): never {
  throw new TypeError(`The keys of the issuer ${quoted(issuer)} do not come from the network`);
}
