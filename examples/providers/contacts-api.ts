// An authorizer goes in, the API of contacts comes out that every recipe is tried on: the same catalogue, the same roles and the
// same routes, whoever issues the tokens. What the guide shows stands between the marks.

import express from 'express';
import type { Express, RequestHandler } from 'express';
import { definePermissions } from 'rightful';
import type { Access, Authorizer, IssuerOptions, PermissionOf } from 'rightful';
import { createGuards } from 'rightful/express';
import { memoryStore } from 'rightful/stores';
import type { MemorySubject, RoleStore } from 'rightful/stores';

// --- what the recipes share
export const permissions = definePermissions({
  'read:contacts': 'See contacts',
  'write:contacts': 'Change contacts',
});

export const roles = { reader: ['read:contacts'], editor: ['read:contacts', 'write:contacts'] };
// ---

/** What an API knows of one issuer: its identifier, as in `iss`, and whatever else. */
export type Issuer = string | IssuerOptions;

export type ContactsAuthorizer = Authorizer<PermissionOf<typeof permissions>>;

/** The subjects of one issuer, by `sub` and by client id. */
export interface Holders {
  readonly users?: Readonly<Record<string, MemorySubject>>;
  readonly clients?: Readonly<Record<string, MemorySubject>>;
}

/** A store that knows the roles, and who has them. */
export function storeOf(issuer: Issuer, { users, clients }: Holders = {}): RoleStore {
  return memoryStore({
    issuer: typeof issuer === 'string' ? issuer : issuer.issuer,
    permissions,
    roles,
    ...(users && { users }),
    ...(clients && { clients }),
  });
}

export function contactsApi(authorizer: ContactsAuthorizer): Express {
  const { authenticate, requirePermission, accessOf } = createGuards(authorizer);
  const permitted: RequestHandler = (_req, res) => void res.json({ permitted: true });
  return express()
    .get('/seen', authenticate(), (req, res) => void res.type('text/plain').send(seen(accessOf(req))))
    .get('/contacts', requirePermission('read:contacts'), permitted)
    .post('/contacts', requirePermission('write:contacts'), permitted);
}

/** What an API sees of a token, in four lines. */
export function seen({ subject, client, scopes, privileges, permissions: effective }: Access): string {
  const { kind, id, organization } = subject;
  const lines = {
    subject: [`${kind} ${id}`, organization && `in ${organization}`, client && `by ${client}`],
    scopes: [...scopes],
    privileges: privileges.list().map(({ permission }) => permission),
    permissions: effective.list().map(({ permission }) => permission),
  };
  return Object.entries(lines)
    .map(([name, words]) => `${name.padEnd(13)}${words.filter(Boolean).join(' ') || '-'}`)
    .join('\n');
}
