// The address book demo as a user meets it, on each framework: driven over HTTP, with tokens of its own authorization server.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { claimsOf, slowStartMs, startScene } from './address-book-scene.ts';
import type { Scene } from './address-book-scene.ts';
import { Cookies } from './browser-cookies.ts';

describe.each(['express', 'koa'] as const)('the address book on %s', (framework) => {
  let scene: Scene & { close(): Promise<void> };
  beforeAll(async () => void (scene = await startScene({ framework })), slowStartMs);
  afterAll(() => scene?.close());

  describe('a third-party application', () => {
    const asked = ['openid', 'profile', 'read:contacts', 'write:contacts'];

    test('is delegated what stays ticked, and acts within it', async () => {
      const { token } = await scene.authorize('edgar', 'mail-merge', asked);
      expect(claimsOf(token)).toMatchObject({
        iss: scene.facts.issuer,
        aud: scene.facts.audience,
        sub: 'edgar',
        client_id: 'mail-merge',
        scope: 'read:contacts write:contacts',
      });
      expect(await scene.answerOf('GET /contacts', token)).toMatchObject({ status: 200 });
      const contact = { name: 'Barbara Liskov', email: 'barbara@example.org' };
      expect(await scene.answerOf('POST /contacts', token, contact)).toMatchObject({
        status: 201,
        body: { ...contact, owner: 'edgar' },
      });
      expect(await scene.answerOf('PUT /contacts/2', token, contact)).toMatchObject({
        status: 403,
        body: { code: 'policy_refused', missing: [{ policy: 'owns the contact or was given it' }] },
      });
      expect(await scene.answerOf('DELETE /contacts/1', token)).toMatchObject({
        status: 403,
        body: { code: 'insufficient_scope', scope: 'delete:contacts' },
      });
    });

    test('is refused for want of a scope that was unticked', async () => {
      const { token } = await scene.authorize('edgar', 'mail-merge', asked, { untick: ['write:contacts', 'profile'] });
      expect(claimsOf(token)).toMatchObject({ scope: 'read:contacts' });
      const { status, body, challenge } = await scene.answerOf('POST /contacts', token, {});
      expect({ status, body }).toMatchObject({
        status: 403,
        body: { code: 'insufficient_scope', scope: 'write:contacts' },
      });
      expect(challenge).toContain('error="insufficient_scope"');
    });

    test('gets a token without scope where nothing is ticked, which is no way around the privileges', async () => {
      const { token } = await scene.authorize('ada', 'mail-merge', asked, { untick: asked });
      expect(claimsOf(token)).not.toHaveProperty('scope');
      expect(await scene.answerOf('GET /contacts', token)).toMatchObject({
        status: 403,
        body: { code: 'insufficient_scope' },
      });
    });

    test('gives the user no more than the user holds', async () => {
      const { token } = await scene.authorize('rita', 'mail-merge', asked);
      expect(claimsOf(token)).toMatchObject({ scope: 'read:contacts write:contacts' });
      const { status, body, challenge } = await scene.answerOf('POST /contacts', token, {});
      expect({ status, body, challenge }).toMatchObject({
        status: 403,
        body: { code: 'insufficient_privilege', missing: [{ permission: 'write:contacts' }] },
        challenge: null,
      });
    });

    test('asks again for all of it, whatever was unticked earlier', async () => {
      const cookies = new Cookies();
      const first = await scene.authorize('edgar', 'mail-merge', asked, { untick: ['write:contacts'], cookies });
      expect(first.offered).toEqual(asked);
      const again = await scene.authorize('edgar', 'mail-merge', asked, { cookies, prompt: 'consent' });
      expect(again.offered).toEqual(asked);
      expect(claimsOf(again.token)).toMatchObject({ scope: 'read:contacts write:contacts' });
    });

    test('is told when the user denies', async () => {
      await expect(scene.authorize('edgar', 'mail-merge', asked, { decision: 'deny' })).rejects.toThrow(
        'access_denied',
      );
    });

    test('gets the same token when it names the API', async () => {
      const { token } = await scene.authorize('edgar', 'mail-merge', asked, { resource: scene.facts.audience });
      expect(claimsOf(token)).toMatchObject({ aud: scene.facts.audience, scope: 'read:contacts write:contacts' });
    });

    test('gets no token for another API', async () => {
      await expect(
        scene.authorize('edgar', 'mail-merge', asked, { resource: 'https://elsewhere.example' }),
      ).rejects.toThrow('invalid_target');
    });
  });

  describe('a first-party application', () => {
    test('is delegated everything without a consent page', async () => {
      const { token, offered } = await scene.authorize('ada', 'address-book-web', ['openid']);
      expect(offered).toBeUndefined();
      expect(claimsOf(token)).not.toHaveProperty('scope');
      const { body } = await scene.answerOf('POST /contacts', token, { name: 'Brian', email: 'brian@example.org' });
      expect(await scene.answerOf(`DELETE /contacts/${(body as { id: string }).id}`, token)).toMatchObject({
        status: 204,
      });
    });

    test('is cut by denials, also on a single contact', async () => {
      const { token } = await scene.authorize('dora', 'address-book-web', ['openid', 'delete:contacts']);
      expect(await scene.answerOf('DELETE /contacts/2', token)).toMatchObject({
        body: { code: 'insufficient_privilege' },
      });
      expect(await scene.answerOf('GET /contacts/4', token)).toMatchObject({
        body: { code: 'insufficient_privilege' },
      });
      const { body } = await scene.answerOf('GET /contacts', token);
      expect((body as { id: string }[]).map(({ id }) => id)).toEqual(expect.arrayContaining(['1', '2', '3']));
      expect((body as { id: string }[]).map(({ id }) => id)).not.toContain('4');
    });

    test('is told what a caller may do', async () => {
      const { token } = await scene.authorize('erin', 'address-book-web', ['openid', 'read:contacts']);
      const { status, body } = await scene.answerOf('GET /me', token);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        subject: { issuer: scene.facts.issuer, id: 'erin', kind: 'user' },
        client: 'address-book-web',
        scopes: ['read:contacts'],
      });
      const { privileges } = body as { privileges: { permission: string; expiresAt?: number }[] };
      expect(privileges.map(({ permission }) => permission).toSorted()).toEqual(['read:contacts', 'write:contacts']);
      expect(privileges.find(({ permission }) => permission === 'write:contacts')?.expiresAt).toBeGreaterThan(
        Date.now(),
      );
    });
  });

  describe('what is no access question', () => {
    test.each([
      ['a contact that is not there', 'GET /contacts/99', undefined, 404],
      ['a contact that is not there, changed', 'PUT /contacts/99', { name: 'A', email: 'a@b' }, 404],
      ['a body without an e-mail address', 'POST /contacts', { name: 'A' }, 400],
      ['a body that is a list', 'POST /contacts', [], 400],
      ['a name of spaces', 'POST /contacts', { name: '  ', email: 'a@b' }, 400],
      ['a body too large', 'POST /contacts', { name: 'A'.repeat(20_000), email: 'a@b' }, 413],
      ['nobody to share with', 'POST /contacts/1/share', {}, 400],
      ['an unknown route', 'GET /nothing', undefined, 404],
    ])('%s is a problem document', async (_name, call, body, status) => {
      const { token } = await scene.authorize('ada', 'address-book-web', ['openid']);
      const answer = await scene.answerOf(call, token, body);
      expect(answer).toMatchObject({
        status,
        type: expect.stringContaining('application/problem+json'),
        body: { status },
      });
      expect(JSON.stringify(answer.body)).not.toContain('.js');
    });

    test('a body that is no JSON is a problem document', async () => {
      const { token } = await scene.authorize('ada', 'address-book-web', ['openid']);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(`${scene.facts.api}/contacts`, { method: 'POST', headers, body: '{' });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ title: 'Unreadable request' });
    });
  });
});
