// Options go in, an authorizer comes out: the core is given the verifier of tokens, the clock and the network.

import { Way } from '../core/authorizer.ts';
import { Authorizer } from '../core/public-authorizer.ts';
import { ownVerifier } from '../core/own-verifier.ts';
import { readSettings } from '../core/settings.ts';
import type { AuthorizerOptions } from '../core/authorizer-options.ts';
import type { Settings } from '../core/settings.ts';
import type { TrustedIssuers } from '../core/token.ts';
import { inTime } from '../core/in-time.ts';
import type { Clock } from '../core/in-time.ts';
import { keyedDigest } from './keyed-digest.ts';
import { isPromise } from '../core/next.ts';
import { createTokenVerifier } from './verifier.ts';

const machineClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Decides what each request may do: verifies its token, loads its privileges, and compares what is asked with what is both
 * delegated and held. Everything in `options` is checked and copied.
 *
 * @throws TypeError when an option is unknown, missing or not as it must be; it names the option.
 */
export function createAuthorizer<Name extends string = string>(options: AuthorizerOptions<Name>): Authorizer<Name> {
  const settings = readSettings(options);
  const { tokenRules: rules, maxTokenBytes, verifier, tokenCache: cache, onKeys } = settings;
  const issuers = inTimeIssuers(settings);
  const tokens =
    verifier === undefined
      ? createTokenVerifier({ issuers, rules, maxTokenBytes, now: machineClock.now, cache, onKeys })
      : ownVerifier(verifier, { ...settings, issuers }, machineClock);
  return Authorizer.of<Name>(
    new Way(settings, { tokens, clock: machineClock, elapsedMs: () => performance.now(), digest: keyedDigest }),
  );
}

// Who is asked about an issuer may take as long as a store.
function inTimeIssuers({ issuers, storeTimeoutMs: timeoutMs }: Settings): TrustedIssuers {
  if (typeof issuers !== 'function') return issuers;
  return (name) => {
    const found = issuers(name);
    return isPromise(found) ? inTime(found, { what: '`issuer`', timeoutMs, clock: machineClock }) : found;
  };
}
