// The options of a tenant's store go in, checked copies come out, or a TypeError that names the option and never shows a secret.

import {
  checkedBoolean,
  checkedDelayMs,
  checkedFunction,
  checkedMembers,
  checkedNumber,
  checkedString,
  expectation,
  secretExpectation,
} from '../core/options.ts';

/** Which tenant is asked, as whom, and about which API. */
export interface Auth0StoreOptions {
  /** The host of the tenant, perhaps with a port: `your-tenant.eu.auth0.com`. Not a custom domain: the management API is here. */
  domain: string;
  /**
   * The id of a machine-to-machine application which may use the management API: with `read:users`, also `read:client_grants` for
   * machines, `read:user_effective_permissions` for `effectivePermissions`, and what the tenant asks for changes.
   */
  clientId: string;
  clientSecret: string;
  /** The identifier of the API at the tenant, which is the authorizer's `audience`. Permissions of other APIs do not count. */
  audience: string;
  /**
   * The `iss` of the tenant's tokens; whoever has another issuer holds nothing. Default: `https://{domain}/`. With a custom domain it
   * is that domain's.
   */
  issuer?: string;
  /** The identifier of the management API. Default: `https://{domain}/api/v2/`. */
  managementAudience?: string;
  /** Also what users have through groups, where the tenant has the endpoint for effective permissions. Default: false. */
  effectivePermissions?: boolean;
  /**
   * How long an answer or a change may take, in milliseconds, the token, all pages, waits and repeated attempts included. Default:
   * 1400, so that the reason comes before the time of `withCache` (1500) and of the authorizer (2000) is over.
   */
  timeoutMs?: number;
  /** How many times a request is sent again after a rate limit, a status of 500 or more, or no answer: 0 to 10. Default: 2. */
  maxRetries?: number;
  /** How the network is reached. Default: the global `fetch` at the time of each request. */
  fetch?: typeof globalThis.fetch;
}

export type Auth0Settings = Readonly<Required<Auth0StoreOptions>>;

const names = [
  'domain',
  'clientId',
  'clientSecret',
  'audience',
  'issuer',
  'managementAudience',
  'effectivePermissions',
  'timeoutMs',
  'maxRetries',
  'fetch',
] as const satisfies (keyof Auth0StoreOptions)[];

/** @throws TypeError when an option is unknown, missing, or not as it must be. */
export function readAuth0Options(options: unknown): Auth0Settings {
  const given = checkedMembers(options, 'options', names);
  const domain = checkedDomain(given.domain);
  return Object.freeze({
    domain,
    clientId: checkedString(given.clientId, 'clientId'),
    clientSecret: checkedSecret(given.clientSecret),
    audience: checkedString(given.audience, 'audience'),
    issuer: given.issuer === undefined ? `https://${domain}/` : checkedString(given.issuer, 'issuer'),
    managementAudience:
      given.managementAudience === undefined
        ? `https://${domain}/api/v2/`
        : checkedString(given.managementAudience, 'managementAudience'),
    effectivePermissions: checkedBoolean(given.effectivePermissions, 'effectivePermissions', false),
    timeoutMs: checkedDelayMs(given.timeoutMs, 'timeoutMs', 1400),
    maxRetries: checkedMaxRetries(given.maxRetries),
    fetch: checkedFunction<typeof globalThis.fetch>(given.fetch, 'fetch') ?? globalFetch,
  });
}

// Looked up each time, so that what observes or replaces it later is not passed by.
const globalFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);

const hostAndPort = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::\d{1,5})?$/;

function checkedDomain(value: unknown): string {
  const expected = 'a host, perhaps with a port, and nothing else: your-tenant.eu.auth0.com';
  const domain = typeof value === 'string' ? value.toLowerCase() : '';
  if (hostAndPort.test(domain) && URL.canParse(`https://${domain}/`)) return domain;
  // Before an `@` there may be a password.
  if (typeof value === 'string' && value.includes('@')) throw secretExpectation('domain', expected);
  throw expectation('domain', expected, value);
}

function checkedSecret(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw secretExpectation('clientSecret', 'a non-empty string');
}

function checkedMaxRetries(value: unknown): number {
  const checked = checkedNumber(value, 'maxRetries', 2, { atLeast: 0, atMost: 10 });
  if (!Number.isInteger(checked)) throw expectation('maxRetries', 'a whole number', value);
  return checked;
}
