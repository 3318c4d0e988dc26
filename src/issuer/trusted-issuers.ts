// The `iss` of a token that nothing has verified yet goes in, the trusted issuer of that name comes out with its own keys, or
// nothing. Only a trusted issuer is ever asked for anything: RFC 8725 sections 3.8 and 3.10.

import { LRUCache } from 'lru-cache';
import { isPromise, next } from '../core/next.ts';
import type { IssuerLookup, IssuerSettings, TrustedIssuers } from '../core/token.ts';
import { quoted, unavailable, withOwnError } from './faults.ts';
import { createKeySource, verifiableAlgorithms, type KeyEnvironment, type KeySource } from './keys.ts';

/** An issuer with what its tokens are verified by. */
export interface TrustedIssuer {
  readonly settings: IssuerSettings;
  readonly algorithms: ReadonlySet<string>;
  readonly keys: KeySource;
}

/** The trusted issuers. */
export interface IssuerDirectory {
  /** The issuer of that name where it is known without asking anybody. */
  known(name: string): TrustedIssuer | undefined;
  /** The issuer of that name; rejects or throws with an UnavailableError where who knows cannot say. */
  find(name: string): TrustedIssuer | undefined | Promise<TrustedIssuer | undefined>;
  /** Told that a token of this issuer has been verified. */
  prove(name: string): void;
  /** Every issuer known by now. */
  all(): TrustedIssuer[];
}

/** @throws TypeError when an issuer's settings name no source of keys. */
export function issuerDirectory(issuers: TrustedIssuers, environment: KeyEnvironment): IssuerDirectory {
  return typeof issuers === 'function' ? foundIssuers(issuers, environment) : listedIssuers(issuers, environment);
}

function trusted(settings: IssuerSettings, environment: KeyEnvironment): TrustedIssuer {
  const verifiable = verifiableAlgorithms(settings.keys.from);
  const algorithms = new Set(settings.algorithms.filter((name) => verifiable.has(name)));
  return { settings, algorithms, keys: createKeySource(settings, environment) };
}

function listedIssuers(list: ReadonlyMap<string, IssuerSettings>, environment: KeyEnvironment): IssuerDirectory {
  const issuers = new Map([...list].map(([name, settings]) => [name, trusted(settings, environment)]));
  const known = (name: string): TrustedIssuer | undefined => issuers.get(name);
  return { known, find: known, prove: () => undefined, all: () => [...issuers.values()] };
}

// So many issuers are kept, and for so long, before who knows them is asked again.
const maxIssuers = 1000;
const maxAnswerAgeMs = 5 * 60_000;
// Until a signature has shown that an issuer wrote a token, anybody may have written its name: such names push no tenant out.
const maxUnproven = 100;
// Apart from them: who is not trusted is not asked about again for a while.
const maxStrangers = 1000;
const maxStrangerAgeMs = 10_000;
// Who knows issuers is not to be flooded with the names that strangers make up.
const maxLookups = 100;
// No issuer identifier comes near it.
const maxNameLength = 512;

interface KnownIssuer {
  readonly issuer: TrustedIssuer;
  readonly atMs: number;
}

function foundIssuers(lookup: IssuerLookup, environment: KeyEnvironment): IssuerDirectory {
  const { monotonicNow } = environment;
  // What is pushed out may still be waited for, and ends by itself: no timer and no socket of it stays.
  const proven = new LRUCache<string, KnownIssuer>({ max: maxIssuers });
  const unproven = new LRUCache<string, KnownIssuer>({ max: maxUnproven });
  const strangers = new LRUCache<string, { atMs: number }>({ max: maxStrangers });
  const flights = new Map<string, Promise<TrustedIssuer | undefined>>();

  function known(name: string): TrustedIssuer | undefined {
    const entry = proven.get(name) ?? unproven.get(name);
    return entry !== undefined && monotonicNow() - entry.atMs < maxAnswerAgeMs ? entry.issuer : undefined;
  }

  function find(name: string): TrustedIssuer | undefined | Promise<TrustedIssuer | undefined> {
    if (name.length > maxNameLength || isStranger(name)) return undefined;
    const flight = flights.get(name);
    return known(name) ?? (flight === undefined ? ask(name) : withOwnError(flight));
  }

  function isStranger(name: string): boolean {
    const entry = strangers.get(name);
    return entry !== undefined && monotonicNow() - entry.atMs < maxStrangerAgeMs;
  }

  function ask(name: string): TrustedIssuer | undefined | Promise<TrustedIssuer | undefined> {
    if (flights.size >= maxLookups) throw unavailable('too many issuers are being asked about');
    const fail = (cause: unknown): never => {
      throw unavailable(`nobody can say whether the issuer ${quoted(name)} is trusted`, cause);
    };
    try {
      const found = next(lookup(name), (settings) => keep(name, settings));
      if (!isPromise(found)) return found;
      const flight = found.catch(fail).finally(() => flights.delete(name));
      flights.set(name, flight);
      return withOwnError(flight);
    } catch (cause) {
      return fail(cause);
    }
  }

  function keep(name: string, settings: IssuerSettings | undefined): TrustedIssuer | undefined {
    const isProven = proven.has(name);
    const before = (proven.peek(name) ?? unproven.peek(name))?.issuer;
    if (settings === undefined) {
      proven.delete(name);
      unproven.delete(name);
      strangers.set(name, { atMs: monotonicNow() });
      return undefined;
    }
    const same = before !== undefined && textOf(before.settings) === textOf(settings);
    const issuer = same ? before : trusted(settings, environment);
    (isProven ? proven : unproven).set(name, { issuer, atMs: monotonicNow() });
    return issuer;
  }

  function prove(name: string): void {
    const entry = unproven.peek(name);
    if (entry === undefined) return;
    unproven.delete(name);
    proven.set(name, entry);
  }

  return { known, find, prove, all: () => [...proven.values(), ...unproven.values()].map(({ issuer }) => issuer) };
}

// Settings are plain data but for their sets and the bytes of a secret.
function textOf(settings: IssuerSettings): string {
  return JSON.stringify(settings, (_name, value: unknown) => (value instanceof Set ? [...value] : value));
}
