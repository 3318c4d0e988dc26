// Decisions are those of the guards: from the same store, by the same rules.

import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { createAuthorizer, on } from 'rightful';
import type { Requirement } from 'rightful';
import { createGuards } from 'rightful/express';
import { createTestIssuer } from 'rightful/testing';
import { listen, stopServers } from '../flow/frameworks.ts';
import { contactsApi } from './admin-scene.ts';
import type { Answered, Scene } from './admin-scene.ts';
import { api, ask, contact, decisionScene, permissions, question } from './decision-scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await decisionScene();
});

afterAll(async () => {
  await scene.close();
  await stopServers();
});

function post(path: string, body: unknown): Promise<Answered> {
  return ask(scene, path, body);
}

type Case = [rule: string, question: Record<string, unknown>, decision: boolean, code?: string];

const cases: Case[] = [
  ['a pattern in the store covers the resource', question('alice', 'read:contacts', contact('7')), true],
  ['a denial refuses', question('alice', 'read:contacts', contact('13')), false, 'insufficient_privilege'],
  [
    'another resource is not covered',
    question('alice', 'write:contacts', contact('8')),
    false,
    'insufficient_privilege',
  ],
  ['the one resource is', question('alice', 'write:contacts', contact('7')), true],
  ['a denial anywhere refuses the whole', question('alice', 'read:contacts', api), false],
  ['what is held everywhere holds on the whole', question('auth0|carol', 'write:contacts', api), true],
  ['what takes no resource is asked of the whole', question('alice', 'create:contacts', api), true],
  ['what takes no resource is held on none', question('alice', 'create:contacts', contact('7')), false],
  [
    'a type with a colon is all that stands before the id',
    question('alice', 'read:folders', { type: 'folders:uid', id: 'a1' }),
    true,
  ],
  ['a type without one is not', question('alice', 'read:folders', { type: 'folders', id: 'a1' }), false],
  ['a role gives', question('bob', 'write:contacts', contact('7')), true],
  ['the other names of a permission mean it', question('alice', 'contacts.read', contact('7')), true],
  ['an administrator may do all that there is', question('root', 'write:contacts', api), true],
  ['and nothing that there is not', question('root', 'fly:contacts', api), false, 'unknown_action'],
  ['who has expired holds nothing', question('expired', 'write:contacts', api), false],
  ['what is meant for another API is none here', question('auth0|carol', 'read:contacts', api), false],
  ['nobody holds nothing', question('nobody', 'read:contacts', contact('7')), false],
  ['a client is no user', question('export', 'read:contacts', api), false],
  ['a client holds what the store says', question('client export', 'read:contacts', api), true],
  ['what is held in an organization does not hold outside', question('bob', 'read:contacts', api), false],
  ['and holds in it', question('bob', 'read:contacts', api, { context: { organization: 'org_1' } }), true],
  ['not in another one', question('bob', 'read:contacts', api, { context: { organization: 'org_2' } }), false],
  [
    'scopes that delegate it leave it',
    question('alice', 'read:contacts', contact('7'), { context: { scopes: 'openid read:contacts' } }),
    true,
  ],
  [
    'by whichever of its names, in a list as in a string',
    question('alice', 'read:contacts', contact('7'), { context: { scopes: ['contacts.read'] } }),
    true,
  ],
  [
    'a space too many between them is none',
    question('alice', 'read:contacts', contact('7'), { context: { scopes: ' openid  read:contacts ' } }),
    true,
  ],
  [
    'no scope in a list delegates nothing',
    question('alice', 'read:contacts', contact('7'), { context: { scopes: [] } }),
    false,
    'insufficient_scope',
  ],
  [
    'scopes that do not delegate it cut it',
    question('alice', 'read:contacts', contact('7'), { context: { scopes: 'write:contacts' } }),
    false,
    'insufficient_scope',
  ],
  [
    'no scope at all delegates nothing',
    question('alice', 'read:contacts', contact('7'), { context: { scopes: '' } }),
    false,
    'insufficient_scope',
  ],
  [
    'a scope never gives',
    question('nobody', 'read:contacts', contact('7'), { context: { scopes: 'read:contacts' } }),
    false,
    'insufficient_privilege',
  ],
  [
    'a star among the scopes is a character',
    question('alice', 'read:contacts', contact('7'), { context: { scopes: '*' } }),
    false,
    'insufficient_scope',
  ],
  [
    'a subject of another type is nobody',
    { ...question('', 'read:contacts', contact('7')), subject: { type: 'team', id: 'a' } },
    false,
    'unknown_subject',
  ],
  [
    'a subject of an issuer that is not trusted is nobody',
    {
      ...question('', 'read:contacts', contact('7')),
      subject: { type: 'user', id: 'alice', properties: { issuer: 'https://other.example/' } },
    },
    false,
    'unknown_subject',
  ],
];

describe('a decision', () => {
  it.each(cases.map((one) => [...one, ''] as const))('%s', async (_rule, asked, decision, code) => {
    const { status, body } = await post('evaluation', asked);
    expect(status).toBe(200);
    expect(body).toMatchObject({ decision, ...(code !== '' && { context: { code } }) });
  });

  it.each(['*', '?', '7:*', '7/..', 'a:b', 'a/b', '**', '7*'])('the id %j widens nothing', async (id) => {
    for (const who of ['alice', 'root']) {
      const { body } = await post('evaluation', question(who, 'read:contacts', contact(id)));
      expect(body).toMatchObject({ decision: false, context: { code: 'unknown_resource' } });
    }
  });

  it.each(['*', 'contacts:*', 'contacts:', ':', 'contacts/x', '?'])('the type %j widens nothing', async (type) => {
    const { body } = await post('evaluation', question('alice', 'read:contacts', { type, id: '7' }));
    expect(body).toMatchObject({ decision: false, context: { code: 'unknown_resource' } });
  });

  it('says why to administrators, and to users what may be done', async () => {
    const granted = await post('evaluation', question('bob', 'write:contacts', contact('7')));
    expect(granted.body).toEqual({
      decision: true,
      context: { reason_admin: { 200: 'write:contacts on contacts:id:7 is held everywhere, by the role editor' } },
    });
    const denied = await post('evaluation', question('alice', 'read:contacts', contact('13')));
    expect(denied.body).toEqual({
      decision: false,
      context: {
        code: 'insufficient_privilege',
        missing: [{ permission: 'read:contacts', on: 'contacts:id:13' }],
        reason_admin: { 403: 'read:contacts on contacts:id:13 is denied on contacts:id:13, directly' },
        reason_user: { 403: expect.stringContaining('an administrator can grant it') },
      },
    });
    const cut = question('alice', 'read:contacts', contact('7'), { context: { scopes: 'openid' } });
    expect((await post('evaluation', cut)).body).toMatchObject({
      context: { scope: 'read:contacts', reason_user: { 403: expect.stringContaining('delegates too little') } },
    });
  });

  it('changes with the store at once', async () => {
    const asked = question('dave', 'write:contacts', contact('1'));
    expect((await post('evaluation', asked)).body).toMatchObject({ decision: false });
    await scene.store.grant(scene.user('dave'), 'write:contacts', { system: 'test' });
    expect((await post('evaluation', asked)).body).toMatchObject({ decision: true });
    await scene.store.revoke(scene.user('dave'), 'write:contacts', { system: 'test' });
    expect((await post('evaluation', asked)).body).toMatchObject({ decision: false });
  });
});

describe('a guard', () => {
  /** The requirement that a question of the standard stands for. */
  const requirements: Requirement[] = permissions.names.flatMap((name) => [
    name,
    ...['7', '8', '13'].map((id) => on(name, 'contacts:id:{id}', { id })),
    on(name, 'folders:uid:a1'),
  ]);

  function asAsked(requirement: Requirement): { name: string; resource: object } {
    if (typeof requirement === 'string') return { name: requirement, resource: api };
    const { permission: name, on: template, parameters } = requirement as ReturnType<typeof on>;
    const isContact = template.startsWith('contacts');
    return { name, resource: isContact ? contact(String(parameters?.['id'])) : { type: 'folders:uid', id: 'a1' } };
  }

  it('of the API answers as the decision does, with and without the scope', async () => {
    const issuer = await createTestIssuer({ audience: contactsApi });
    // The same people, of whichever issuer the tokens come from.
    const store = {
      privilegesOf: (...[subject, options]: Parameters<typeof scene.store.privilegesOf>) =>
        scene.store.privilegesOf({ ...subject, issuer: scene.issuer }, options),
    };
    const authorizer = createAuthorizer({
      issuer: { issuer: issuer.issuer, allowHttp: true },
      audience: contactsApi,
      permissions,
      store,
    });
    const { requirePermission } = createGuards(authorizer);
    const app = express();
    for (const [at, requirement] of requirements.entries()) {
      app.get(`/${at}`, requirePermission(requirement as never), (_req, res) => void res.json('there'));
    }
    const address = await listen(createServer(app));
    let permits = 0;
    for (const who of ['alice', 'bob', 'auth0|carol', 'root', 'nobody']) {
      for (const scopes of [permissions.names.join(' '), 'read:contacts']) {
        const evaluations = requirements.map((one) => {
          const { name, resource } = asAsked(one);
          return { action: { name }, resource };
        });
        const shared = { subject: { type: 'user', id: who }, context: { scopes } };
        const { body } = await post('evaluations', { ...shared, evaluations });
        const { evaluations: decisions } = body as { evaluations: { decision: boolean }[] };
        const headers = { authorization: `Bearer ${await issuer.token({ sub: who, scope: scopes })}` };
        const statuses = await Promise.all(
          requirements.map(async (_, at) => (await fetch(`${address}/${at}`, { headers })).status),
        );
        expect({ who, scopes, statuses }).toEqual({
          who,
          scopes,
          statuses: decisions.map(({ decision }) => (decision ? 200 : 403)),
        });
        permits += statuses.filter((status) => status === 200).length;
      }
    }
    expect(permits).toBeGreaterThan(20);
    await authorizer.close();
    await issuer.close();
  });
});
