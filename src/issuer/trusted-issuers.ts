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
  return { known, find: known, all: () => [...issuers.values()] };
}

// So many issuers are kept, and for so long, before who knows them is asked again.
const maxIssuers = 1000;
const maxAnswerAgeMs = 5 * 60_000;
// Apart from them, so that strangers push no tenant out: who is not trusted is not asked about again for a while.
const maxStrangers = 1000;
const maxStrangerAgeMs = 10_000;
// No issuer identifier comes near it.
const maxNameLength = 512;

function foundIssuers(lookup: IssuerLookup, environment: KeyEnvironment): IssuerDirectory {
  const { monotonicNow } = environment;
  const kept = new LRUCache<string, { issuer: TrustedIssuer; atMs: number }>({
    max: maxIssuers,
    dispose: ({ issuer }, _name, reason) => reason === 'set' || issuer.keys.close(),
  });
  const strangers = new LRUCache<string, { atMs: number }>({ max: maxStrangers });
  const flights = new Map<string, Promise<TrustedIssuer | undefined>>();

  function known(name: string): TrustedIssuer | undefined {
    const entry = kept.get(name);
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
    const before = kept.peek(name)?.issuer;
    if (settings === undefined) {
      kept.delete(name);
      strangers.set(name, { atMs: monotonicNow() });
      return undefined;
    }
    const same = before !== undefined && textOf(before.settings) === textOf(settings);
    const issuer = same ? before : trusted(settings, environment);
    kept.set(name, { issuer, atMs: monotonicNow() });
    if (!same) before?.keys.close();
    return issuer;
  }

  return { known, find, all: () => [...kept.values()].map(({ issuer }) => issuer) };
}

// Settings are plain data but for their sets and the bytes of a secret.
function textOf(settings: IssuerSettings): string {
  return JSON.stringify(settings, (_name, value: unknown) => (value instanceof Set ? [...value] : value));
}
