// The page of recipes for providers goes in, stories come out: each token on it is signed and sent over HTTP to the API that it sets
// up, and beside it the nearest ones that must not do as much. The file of each provider has its tables.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createTestIssuer } from 'rightful/testing';
import { contactsApi } from '../../examples/providers/contacts-api.ts';
import type { ContactsAuthorizer, Issuer } from '../../examples/providers/contacts-api.ts';
import { ask } from './answers.ts';
import { listen, stopServers } from './frameworks.ts';

export type Claims = Record<string, unknown>;

export const signer = await createTestIssuer();
export const page = await readFile(new URL('../../docs/providers.md', import.meta.url), 'utf8');

afterAll(async () => {
  await stopServers();
  await signer.close();
});

/** What stands on the page under a heading. */
export function recipe(heading: string): { token: Claims; sees: string | undefined; issuer: Issuer } {
  const [, text = ''] = new RegExp(`\n### ${heading}\n([^]*?)(?=\n##)`).exec(page) ?? [];
  const block = (language: string): string | undefined =>
    new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``).exec(text)?.[1];
  const token = JSON.parse(block('json') ?? '') as Claims & { iss: string };
  return { token, sees: block('text'), issuer: { issuer: token.iss, keys: signer.keys } };
}

/** As the provider signs it, and as of now. `typ`: of the header; null: none. */
export function signed(claims: Claims, typ: string | null = 'JWT'): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, exp: now + 300, ...('nbf' in claims && { nbf: now }) };
  const none = { client_id: undefined, jti: undefined };
  return signer.token({ ...none, ...claims, ...times }, { header: { typ: typ ?? undefined } });
}

export interface Outcome {
  /** The four lines, or the code of the refusal. */
  readonly sees: string;
  readonly read: string;
  readonly write: string;
}

/** Runs the API that an authorizer is for; the outcome of a token there is asked by three requests. */
export function api(authorizer: ContactsAuthorizer): (claims: Claims, typ?: string | null) => Promise<Outcome> {
  const address = listen(createServer(contactsApi(authorizer)));
  return async (claims, typ) => {
    const token = await signed(claims, typ);
    const outcome = async (method: string, path: string): Promise<string> => {
      const { status, text } = await ask(`${await address}${path}`, { method, token });
      if (status !== 200) return (JSON.parse(text) as { code: string }).code;
      return path === '/seen' ? text : 'permitted';
    };
    return {
      sees: await outcome('GET', '/seen'),
      read: await outcome('GET', '/contacts'),
      write: await outcome('POST', '/contacts'),
    };
  };
}

export type Row = readonly [rule: string, differing: Claims, expected: Partial<Outcome>];

export const permitted = 'permitted';
export const lacksScope = 'insufficient_scope';
export const lacksPrivilege = 'insufficient_privilege';
export const refused: Outcome = { sees: 'invalid_token', read: 'invalid_token', write: 'invalid_token' };
export const nobody = { read: lacksPrivilege, write: lacksPrivilege };
export const undelegated = { read: lacksScope, write: lacksScope };

/** The recipe under that heading: its token as the page says, and other tokens beside it. */
export function story(
  heading: string,
  create: (issuer: Issuer) => ContactsAuthorizer,
  expected: Partial<Outcome>,
  rows: readonly Row[],
  typ: string | null = 'JWT',
): void {
  describe(heading, () => {
    const { token, sees, issuer } = recipe(heading);
    const outcomeOf = api(create(issuer));

    test('the token is seen as the page says', async () => {
      expect(sees).toBeDefined();
      expect(await outcomeOf(token, typ)).toEqual({ sees, ...expected });
    });

    test.each(rows)('%s', async (_, differing, otherwise) => {
      expect(await outcomeOf({ ...token, ...differing }, typ)).toMatchObject(otherwise);
    });

    test('a token that somebody else has signed is refused', async () => {
      const other = await createTestIssuer();
      const address = await listen(createServer(contactsApi(create(issuer))));
      const forged = await other.token({ client_id: undefined, ...token, exp: Math.floor(Date.now() / 1000) + 300 });
      expect((await ask(`${address}/seen`, { token: forged })).status).toBe(401);
      await other.close();
    });
  });
}

/** A subject of that kind, whatever else is seen. */
export const seenAs = (kind: 'user' | 'client', id = ''): string =>
  expect.stringContaining(`${kind} ${id}`) as unknown as string;

export const noClaim = undefined; // JSON leaves it out
