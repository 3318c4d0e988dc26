// The issuer, the API and the people of the stories in this folder; each file of tests has its own.

import { afterAll } from '@jest/globals';
import type { AuthorizerOptions, PrivilegeStore, Subject } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import { stopServers } from './frameworks.ts';

export const audience = 'https://contacts.example';

/** By elliptic curves, which cost the least; RSA, and keys by discovery, are in `testing.test.ts` and elsewhere. */
export const issuer = await createTestIssuer({ audience, algorithm: 'ES256' });

/** Alice reads and writes contacts and reads user 7; the admin holds everything; nobody else holds anything. */
export const people = memoryStore({
  users: {
    alice: { permissions: ['read:contacts', 'write:contacts', { permission: 'users:read', on: 'users:id:7' }] },
    admin: { permissions: ['*'] },
  },
});

/** The options of an authorizer, with those that a case is about. */
export function options(differing: Partial<AuthorizerOptions> = {}): AuthorizerOptions {
  return { issuer: { issuer: issuer.issuer, keys: issuer.keys }, audience, store: people, ...differing };
}

/** The options without a store. */
export function storeless(differing: Partial<AuthorizerOptions> = {}): AuthorizerOptions {
  return { issuer: { issuer: issuer.issuer, keys: issuer.keys }, audience, ...differing };
}

export type Claims = Record<string, unknown>;

/** Alice's token. */
export function tokenOf(claims: Claims = {}): Promise<string> {
  return issuer.token({ sub: 'alice', ...claims });
}

export interface CountingStore extends PrivilegeStore {
  /** Who was asked about, in order. */
  readonly asked: Subject[];
}

/** A store that answers like another one, and remembers. */
export function counting(answer: PrivilegeStore['privilegesOf'] = people.privilegesOf): CountingStore {
  const asked: Subject[] = [];
  return {
    asked,
    privilegesOf(subject, settings) {
      asked.push(subject);
      return answer(subject, settings);
    },
  };
}

/** A store that answers whatever a broken one might. */
export function answering(answer: () => unknown): PrivilegeStore {
  return { privilegesOf: answer as PrivilegeStore['privilegesOf'] };
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** Waits for what happens on the other side; the limit is for what never comes. */
export async function until(condition: () => boolean): Promise<void> {
  for (let times = 0; times < 10_000 && !condition(); times += 1) await sleep(1);
  if (!condition()) throw new Error('It did not happen within ten seconds');
}

afterAll(async () => {
  await stopServers();
  await issuer.close();
});
