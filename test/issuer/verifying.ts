// Settings that a test does not care about, and a verifier with clocks that can be set.

import { expect } from '@jest/globals';
import type { IssuerSettings, KeySettings, TokenVerifier, VerifiedToken } from '../../src/core/token.ts';
import { createTokenVerifier, type TokenVerifierOptions } from '../../src/issuer/verifier.ts';

export const audience = 'https://api.example';
export const startMs = Date.UTC(2026, 0, 1);

export function claimsFor(issuer: string, claims: object = {}): object {
  return { iss: issuer, aud: audience, sub: 'alice', exp: startMs / 1000 + 300, ...claims };
}

export function settingsOf(
  issuer: string,
  keys: KeySettings,
  algorithms: readonly string[] = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
): IssuerSettings {
  return { issuer, audience: [audience], clients: undefined, firstPartyClients: new Set(), algorithms, keys };
}

export function remote(changes: Partial<KeySettings & { from: 'remote' }> = {}): KeySettings {
  return { from: 'remote', jwksUri: undefined, timeoutMs: 20_000, allowHttp: false, ...changes };
}

export function setOf(...keys: readonly unknown[]): KeySettings {
  return { from: 'set', jwks: { keys } };
}

export interface SetClock {
  /** Moves both clocks, the one on the wall and the one nobody sets. */
  elapsedMs: number;
}

export interface TestVerifier extends TokenVerifier {
  readonly clock: SetClock;
  /** What went out over the network, in order. */
  readonly requests: string[];
  verify(token: string): Promise<VerifiedToken>;
}

export function verifierOf(
  settings: IssuerSettings | readonly IssuerSettings[],
  changes: Partial<TokenVerifierOptions> = {},
): TestVerifier {
  const clock = { elapsedMs: 0 };
  const requests: string[] = [];
  const verifier = createTokenVerifier({
    issuers: new Map([settings].flat().map((one) => [one.issuer, one])),
    rules: { profile: 'lenient', clockToleranceSeconds: 5 },
    maxTokenBytes: 8192,
    now: () => startMs + clock.elapsedMs,
    monotonicNow: () => clock.elapsedMs,
    fetch: (...given) => {
      requests.push(String(given[0]));
      return fetch(...given);
    },
    ...changes,
  });
  return {
    clock,
    requests,
    recall: (token, sent) => verifier.recall(token, sent),
    verify: async (token) => verifier.recall(token, token) ?? verifier.verify(token, { headers: {} }),
    ready: () => verifier.ready(),
    hydrate: (jwks, issuer) => verifier.hydrate(jwks, issuer),
    forget: (token) => verifier.forget(token),
    statistics: () => verifier.statistics(),
    close: () => verifier.close(),
  };
}

export async function expectInvalid(verified: Promise<unknown>): Promise<void> {
  await expect(verified).rejects.toMatchObject({ code: 'invalid_token', status: 401 });
}

export async function expectUnavailable(verified: Promise<unknown>): Promise<void> {
  await expect(verified).rejects.toMatchObject({ code: 'unavailable', status: 503 });
}

/** Everything that the operator is told, from the error down to the last cause. */
export async function reasonOf(rejected: Promise<unknown>): Promise<string> {
  const reasons: string[] = [];
  let error: unknown = await rejected.then(() => new Error('did not reject')).catch((thrown: unknown) => thrown);
  for (; error instanceof Object; error = (error as Error).cause) reasons.push((error as Error).message);
  if (typeof error === 'string') reasons.push(error);
  return reasons.join(' < ');
}
