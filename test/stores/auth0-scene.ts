// A tenant by nock: the answers of its token endpoint and its management API, as they were recorded, and a store that asks it.

import { afterAll, afterEach, beforeEach, expect } from '@jest/globals';
import nock from 'nock';
import { UnavailableError } from 'rightful';
import type { Privilege, Subject } from 'rightful';
import { auth0Store } from 'rightful/stores';
import type { Auth0Store, Auth0StoreOptions } from 'rightful/stores';
import { createAuth0Store } from '../../src/stores/auth0-store.ts';

export const domain = 'tenant.eu.auth0.example';
export const origin = `https://${domain}`;
export const audience = 'https://api.example.com/';
export const secret = 's3cr3t/+ of the ünit=test';
export const alice: Subject = { issuer: `${origin}/`, id: 'auth0|alice', kind: 'user' };
export const machine: Subject = { issuer: `${origin}/`, id: 'nightly-export', kind: 'client' };
export const alicePath = '/api/v2/users/auth0%7Calice/permissions';
export const asked = { audience: [audience] };

/** From here on nothing but loopback can be reached, until the tests of the file are over. */
export function isolated(): void {
  beforeEach(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
    nock.enableNetConnect('127.0.0.1');
  });
  afterEach(async () => {
    const pending = nock.pendingMocks();
    nock.abortPendingRequests();
    nock.cleanAll();
    await Promise.all(stores.splice(0).map((store) => store.close?.()));
    expect(pending).toEqual([]);
  });
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
}

const stores: Auth0Store[] = [];

export const options: Auth0StoreOptions = { domain, clientId: 'the-client', clientSecret: secret, audience };

export function store(differing: Partial<Auth0StoreOptions> = {}): Auth0Store {
  const made = auth0Store({ ...options, ...differing });
  stores.push(made);
  return made;
}

/** A store whose time goes `speed` times as fast, from this very second on. */
export function fastStore(speed: number, differing: Partial<Auth0StoreOptions> = {}): Auth0Store {
  const start = performance.now();
  const startDateMs = 1000 * Math.floor(Date.now() / 1000);
  const elapsedMs = (): number => (performance.now() - start) * speed;
  const made = createAuth0Store(
    { ...options, ...differing },
    {
      now: elapsedMs,
      after: (milliseconds, run) => {
        const timer = setTimeout(run, milliseconds / speed);
        return () => clearTimeout(timer);
      },
      dateMs: () => startDateMs + elapsedMs(),
    },
  );
  stores.push(made);
  return made;
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** The token endpoint, for so many requests. */
export function tokens(...texts: string[]): void {
  for (const access_token of texts.length === 0 ? ['token-1'] : texts) {
    nock(origin).post('/oauth/token').reply(200, { access_token, expires_in: 86_400, token_type: 'Bearer' });
  }
}

export const direct = { source_id: '', source_name: '', source_type: 'DIRECT' };
export const editor = { source_id: 'rol_editor', source_name: 'Editor', source_type: 'ROLE' };

/** An item of a user's permissions. */
export function item(permission_name: string, sources: unknown = [direct], api = audience): Record<string, unknown> {
  return {
    permission_name,
    description: `Can ${permission_name}`,
    resource_server_name: 'Demo',
    resource_server_identifier: api,
    sources,
  };
}

/** A page of them with totals. */
export function page(permissions: readonly unknown[], start = 0, total = permissions.length): Record<string, unknown> {
  return { permissions, start, limit: 100, total };
}

export function query(number = 0): Record<string, string> {
  return { per_page: '100', page: String(number), include_totals: 'true' };
}

/** One answer about Alice's permissions. */
export function answer(status: number, body?: nock.Body, headers: Record<string, string> = {}, number = 0): void {
  nock(origin).get(alicePath).query(query(number)).reply(status, body, headers);
}

export function held(permission: string, role?: string): Privilege {
  const source = role === undefined ? ({ kind: 'direct' } as const) : ({ kind: 'role', role } as const);
  return { permission, audience, source };
}

/** The error that the promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected a rejection');
}

/** The UnavailableError that the promise rejects with, whose cause says `text`. */
export async function unavailable(promise: Promise<unknown>, text: string | RegExp): Promise<UnavailableError> {
  const error = await errorOf(promise);
  expect(error).toBeInstanceOf(UnavailableError);
  expect((error.cause as Error).message).toMatch(text);
  return error as UnavailableError;
}
