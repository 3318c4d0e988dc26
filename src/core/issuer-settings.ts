// What an application says of the issuers it trusts goes in, one checked setting for each comes out, by issuer identifier.

import {
  checkedBoolean,
  checkedDelayMs,
  checkedMembers,
  checkedNumber,
  checkedString,
  checkedStrings,
  expectation,
  isRecord,
  secretExpectation,
} from './options.ts';
import { next } from './next.ts';
import type { IssuerLookup, IssuerSettings, KeySettings, TrustedIssuers } from './token.ts';

interface IssuerBasics {
  /** The issuer identifier, compared with `iss` as it is (RFC 8414 section 2). */
  issuer: string;
  /** The identifiers of this API at this issuer. Default: the authorizer's `audience`. */
  audience?: string | readonly string[] | null;
  /** The signature algorithms accepted (RFC 7518 section 3.1). Default: RS, PS, ES and EdDSA; with a `secret`: HS. */
  algorithms?: readonly string[];
  /** The only clients whose tokens are accepted from this issuer. */
  clients?: readonly string[];
  /** Clients of the API's owner at this issuer, whose users delegate everything implicitly. */
  firstPartyClients?: readonly string[];
}

/** Keys by network: from `jwksUri`, or from where the issuer's metadata says (OpenID Connect Discovery, RFC 8414). */
export interface RemoteIssuerOptions extends IssuerBasics {
  jwksUri?: string;
  /** How long a fetch of metadata or keys may take, in milliseconds. Default: 5000. */
  timeoutMs?: number;
  /** Allow `http:` beyond loopback. Default: false. */
  allowHttp?: boolean;
  /**
   * From this age on keys are fetched anew, in milliseconds, while the old ones still serve; from twice this age on, requests
   * wait for the new ones. Where an issuer puts a new key under an old `kid`, or signs without `kid`, this is how long it may
   * take until its tokens are accepted. Default: 10 minutes.
   */
  maxAgeMs?: number;
  /** From this age on keys no longer serve, however long the outage, in milliseconds. Default: 1 hour. */
  maxStaleMs?: number;
}

/** Keys given once, as a JSON Web Key Set (RFC 7517 section 5). */
export interface KeySetIssuerOptions extends IssuerBasics {
  keys: { readonly keys: readonly object[] };
}

/** A secret shared with the issuer, of at least 32 bytes (RFC 7518 section 3.2). */
export interface SecretIssuerOptions extends IssuerBasics {
  secret: string | Uint8Array;
}

/** What is known of an issuer; where its keys come from is one of three ways. */
export type IssuerOptions = RemoteIssuerOptions | KeySetIssuerOptions | SecretIssuerOptions;

const known = [
  'issuer',
  'audience',
  'algorithms',
  'clients',
  'firstPartyClients',
  'jwksUri',
  'timeoutMs',
  'allowHttp',
  'maxAgeMs',
  'maxStaleMs',
  'keys',
  'secret',
] as const;

type Given = { [Key in (typeof known)[number]]?: unknown };
type Shared = { issuer?: unknown; audience?: unknown; clients?: unknown; firstPartyClients?: unknown };

/** @throws TypeError when an issuer is not described as it must be, or twice. */
export function trustedIssuers(shared: Shared, ownVerifier: boolean): TrustedIssuers {
  const { issuer, firstPartyClients } = shared;
  const list: unknown[] = Array.isArray(issuer) ? issuer : [issuer];
  if (list.length === 0) throw expectation('issuer', 'at least one issuer', issuer);
  if ((list.length > 1 || typeof issuer === 'function') && firstPartyClients !== undefined) {
    throw expectation('firstPartyClients', 'inside each issuer where there are several', firstPartyClients);
  }
  if (typeof issuer === 'function') return lookup(issuer as FindIssuer, shared, ownVerifier);
  const issuers = new Map<string, IssuerSettings>();
  for (const entry of list) {
    const settings = settingsOf(entry, shared, ownVerifier);
    if (issuers.has(settings.issuer)) throw expectation('issuer', 'named once', settings.issuer);
    issuers.set(settings.issuer, settings);
  }
  return issuers;
}

/** Finds what is known of an issuer by the `iss` of a token that nothing has verified yet; undefined: not trusted. */
export type FindIssuer = (
  issuer: string,
) => string | IssuerOptions | undefined | Promise<string | IssuerOptions | undefined>;

function lookup(find: FindIssuer, shared: Shared, ownVerifier: boolean): IssuerLookup {
  return (name) => next(find(name), (entry) => (entry === undefined ? undefined : found(name, entry)));

  function found(name: string, entry: unknown): IssuerSettings {
    const settings = settingsOf(entry, shared, ownVerifier);
    if (settings.issuer !== name) throw expectation('issuer', 'the one that was asked for', settings.issuer);
    return settings;
  }
}

function settingsOf(entry: unknown, shared: Shared, ownVerifier: boolean): IssuerSettings {
  const given: Given = typeof entry === 'string' ? { issuer: entry } : checkedMembers(entry, 'issuer', known);
  const issuer = checkedString(given.issuer, 'issuer');
  const clients = names(given.clients ?? shared.clients, 'clients');
  const audience = checkedAudience(given.audience === undefined ? shared.audience : given.audience, clients);
  const keys = ownVerifier ? noKeys(given) : keySettings(issuer, given);
  return Object.freeze({
    issuer,
    audience,
    clients: clients && new Set(clients),
    firstPartyClients: new Set(namesOrNone(given.firstPartyClients ?? shared.firstPartyClients, 'firstPartyClients')),
    algorithms: checkedAlgorithms(given.algorithms, keys),
    keys: Object.freeze(keys),
  });
}

function names(value: unknown, name: string): readonly string[] | undefined {
  return value === undefined ? undefined : checkedStrings(value, name);
}

// To name no client here gives nothing away, so an empty list is welcome.
function namesOrNone(value: unknown, name: string): readonly string[] {
  return value === undefined || (Array.isArray(value) && value.length === 0) ? [] : checkedStrings(value, name);
}

function checkedAudience(value: unknown, clients: readonly string[] | undefined): readonly string[] | null {
  if (value === null) {
    if (clients === undefined) throw expectation('audience', 'given, or null beside `clients`', value);
    return null;
  }
  return Array.isArray(value) ? checkedStrings(value, 'audience') : Object.freeze([checkedString(value, 'audience')]);
}

const keyOptions = ['jwksUri', 'keys', 'secret', 'algorithms'] as const;
const networkOptions = ['jwksUri', 'timeoutMs', 'allowHttp', 'maxAgeMs', 'maxStaleMs'] as const;

// An option that nobody would read is a mistake.
function refuseBeside(name: string, given: Given, idle: readonly (keyof Given)[]): void {
  const found = idle.find((one) => given[one] !== undefined);
  if (found !== undefined) throw new TypeError(`Expected \`${name}\` to stand without \`${found}\``);
}

function noKeys(given: Given): KeySettings {
  refuseBeside('verifier', given, [...keyOptions, ...networkOptions]);
  return { from: 'verifier' };
}

function keySettings(issuer: string, given: Given): KeySettings {
  const { jwksUri, timeoutMs, allowHttp, keys, secret } = given;
  if ([jwksUri, keys, secret].filter((way) => way !== undefined).length > 1) {
    throw new TypeError(
      `Expected one of \`jwksUri\`, \`keys\` and \`secret\` for the issuer ${JSON.stringify(issuer)}`,
    );
  }
  if (keys !== undefined) {
    refuseBeside('keys', given, networkOptions);
    return { from: 'set', jwks: checkedKeySet(keys) };
  }
  if (secret !== undefined) {
    refuseBeside('secret', given, networkOptions);
    return { from: 'secret', secret: checkedSecret(secret) };
  }
  const allowed = checkedBoolean(allowHttp, 'allowHttp', false);
  if (jwksUri === undefined) checkedAddress(issuer, 'issuer', allowed);
  return {
    from: 'remote',
    jwksUri: jwksUri === undefined ? undefined : checkedAddress(jwksUri, 'jwksUri', allowed),
    timeoutMs: checkedDelayMs(timeoutMs, 'timeoutMs', 5000),
    allowHttp: allowed,
    ...agesOf(given),
  };
}

function agesOf({ maxAgeMs, maxStaleMs }: Given): { maxAgeMs: number; maxStaleMs: number } {
  const fresh = checkedNumber(maxAgeMs, 'maxAgeMs', 10 * 60_000, { atLeast: 1000 });
  const stale = checkedNumber(maxStaleMs, 'maxStaleMs', Math.max(fresh, 60 * 60_000), { atLeast: fresh });
  return { maxAgeMs: fresh, maxStaleMs: stale };
}

// A SEQUENCE that begins with a SEQUENCE or an INTEGER and is as long as it says: SubjectPublicKeyInfo, or PKCS #1.
function isDerKey(bytes: Uint8Array): boolean {
  const [tag, length = 0, ...rest] = bytes.subarray(0, 5);
  if (tag !== 0x30) return false;
  const long = length === 0x82 ? 4 : length === 0x81 ? 3 : 2;
  const said = long === 4 ? (rest[0] ?? 0) * 256 + (rest[1] ?? 0) : long === 3 ? rest[0] : length;
  return said === bytes.length - long && [0x30, 0x02].includes(bytes[long] ?? 0);
}

// Copied, as every option: an application whose keys change names their address instead.
function checkedKeySet(value: unknown): { readonly keys: readonly unknown[] } {
  if (!isRecord(value) || !Array.isArray(value['keys'])) throw expectation('keys', 'a JSON Web Key Set', value);
  try {
    return Object.freeze({ keys: Object.freeze(structuredClone(value['keys']) as unknown[]) });
  } catch {
    throw expectation('keys', 'a JSON Web Key Set of plain data', value);
  }
}

function checkedSecret(value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  if (!(bytes instanceof Uint8Array) || bytes.length < minSecretBytes.HS256) {
    throw secretExpectation('secret', `at least ${minSecretBytes.HS256} bytes (RFC 7518 section 3.2)`);
  }
  // Whoever passes a public key here would let everybody who knows it sign tokens: RFC 8725 section 2.1
  const text = new TextDecoder().decode(bytes).replaceAll('\0', '');
  if (/-----BEGIN|"kty"|^\s*ssh-/.test(text)) {
    throw secretExpectation('secret', 'a secret, not a key in PEM, JWK or SSH form');
  }
  if (isDerKey(bytes)) throw secretExpectation('secret', 'a secret, not a key in DER form');
  return bytes.slice();
}

/** @throws TypeError when `value` is no https address, nor an http one that is allowed. */
function checkedAddress(value: unknown, name: string, allowHttp: boolean): string {
  const text = checkedString(value, name);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.username + url.password !== '')
    throw secretExpectation(name, 'an address without a password');
  const allowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && (allowHttp || isLoopback(url.hostname)));
  if (!allowed) throw expectation(name, 'an https address (http only for loopback, or with `allowHttp`)', value);
  return text;
}

/** Whether nothing but this machine answers under this host name. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

const minSecretBytes = { HS256: 32, HS384: 48, HS512: 64 };
const asymmetric = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' '); // RFC 7518 section 3.1, RFC 8037, RFC 9864

function checkedAlgorithms(value: unknown, keys: KeySettings): readonly string[] {
  const possible = keys.from === 'secret' ? symmetricFor(keys.secret) : asymmetric;
  if (value === undefined) return Object.freeze([...possible]);
  const chosen = checkedStrings(value, 'algorithms');
  const impossible = chosen.find((algorithm) => !possible.includes(algorithm));
  if (impossible !== undefined) throw expectation('algorithms', `some of ${possible.join(', ')}`, impossible);
  return chosen;
}

function symmetricFor({ length }: Uint8Array): string[] {
  return Object.entries(minSecretBytes).flatMap(([algorithm, bytes]) => (length >= bytes ? [algorithm] : []));
}
