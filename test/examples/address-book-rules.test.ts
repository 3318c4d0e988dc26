// What the address book decides beside scopes and privileges: sharing, rules, why a call would be refused; on each framework.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { slowStartMs, startScene } from './address-book-scene.ts';
import type { Scene } from './address-book-scene.ts';

// A Wednesday, and a Saturday.
const weekday = Date.UTC(2026, 0, 7, 12);
const weekend = Date.UTC(2026, 0, 10, 12);

const contact = { name: 'Barbara Liskov', email: 'barbara@example.org' };
const refusedByRule = { status: 403, body: { code: 'policy_refused' } };

describe.each(['express', 'koa'] as const)('the address book on %s', (framework) => {
  let now = weekday;
  let scene: Scene & { close(): Promise<void> };
  beforeAll(async () => void (scene = await startScene({ framework, now: () => now })), slowStartMs);
  afterAll(() => scene?.close());

  describe('sharing a contact', () => {
    test('is a privilege on that contact alone, which acts on the next request', async () => {
      const [edgar, noor] = await Promise.all(['edgar', 'noor'].map((who) => scene.tokenOf(who)));
      const nothing = { status: 403, body: { code: 'insufficient_privilege' } };
      expect(await scene.answerOf('GET /contacts/1', noor)).toMatchObject(nothing);
      expect(await scene.answerOf('POST /contacts/1/share', edgar, { with: 'noor' })).toMatchObject({
        status: 200,
        body: { contact: '1', with: 'noor', privileges: [{ permission: 'read:contacts', on: 'contacts:id:1' }] },
      });
      expect(await scene.answerOf('GET /contacts/1', noor)).toMatchObject({ status: 200, body: { id: '1' } });
      expect(await scene.answerOf('GET /contacts', noor)).toMatchObject({ status: 200, body: [{ id: '1' }] });
      expect(await scene.answerOf('GET /contacts/2', noor)).toMatchObject(nothing);
      expect(await scene.answerOf('PUT /contacts/1', noor, contact)).toMatchObject(nothing);
    });

    test('may include writing it, for who does not own it', async () => {
      const [ada, rita] = await Promise.all(['ada', 'rita'].map((who) => scene.tokenOf(who)));
      expect((await scene.answerOf('PUT /contacts/3', rita, contact)).status).toBe(403);
      const shared = await scene.answerOf('POST /contacts/3/share', ada, {
        with: 'rita',
        permissions: ['write:contacts'],
      });
      expect(shared.status).toBe(200);
      expect(await scene.answerOf('PUT /contacts/3', rita, contact)).toMatchObject({ status: 200, body: contact });
      expect((await scene.answerOf('PUT /contacts/4', rita, contact)).status).toBe(403);
      expect((await scene.answerOf('DELETE /contacts/3', rita)).status).toBe(403);
    });

    test('is refused to who does not hold what is shared', async () => {
      const administration = await scene.administrationToken();
      const changes = [
        { kind: 'grant', subject: { kind: 'user', id: 'noor' }, privilege: { permission: 'share:contacts' } },
      ];
      expect(await scene.answerOf('POST /admin/api/changes', administration, { changes })).toMatchObject({
        status: 200,
      });
      const noor = await scene.tokenOf('noor');
      expect(await scene.answerOf('POST /contacts/4/share', noor, { with: 'rita' })).toMatchObject({
        status: 403,
        body: { code: 'beyond_ceiling' },
      });
    });

    test('is written down with who did it and why', async () => {
      const administration = await scene.administrationToken();
      const { body } = await scene.answerOf('GET /admin/api/audit?take=100', administration);
      const { items } = body as { items: { why?: string }[] };
      expect(items.find(({ why }) => why === 'shared contact 1')).toMatchObject({
        by: { subject: { id: 'edgar' }, client: 'address-book-web' },
        subject: { id: 'noor' },
      });
    });

    test.each<[string, unknown]>([
      ['nobody who is known', { with: 'nobody' }],
      ['a permission that cannot be shared', { with: 'rita', permissions: ['share:contacts'] }],
      ['no permission', { with: 'rita', permissions: [] }],
      ['permissions that are no list', { with: 'rita', permissions: 'read:contacts' }],
      ['something unknown', { with: 'rita', until: 'tomorrow' }],
      ['a list', ['rita']],
    ])('with %s is a bad request', async (_, body) => {
      expect(await scene.answerOf('POST /contacts/1/share', await scene.tokenOf('ada'), body)).toMatchObject({
        status: 400,
        body: { status: 400 },
      });
    });
  });

  describe('rules', () => {
    afterEach(async () => {
      now = weekday;
      await scene.answerOf('PUT /demo/rules', undefined, { 'office-network': false, weekdays: false });
    });

    test('are off until somebody switches them on', async () => {
      now = weekend;
      expect(await scene.answerOf('GET /demo/rules')).toMatchObject({
        status: 200,
        body: { now: weekend, weekday: false, rules: [{ name: 'office-network', on: false }, { on: false }] },
      });
      expect((await scene.answerOf('GET /contacts', await scene.tokenOf('rita'))).status).toBe(200);
    });

    test('let only the office network write', async () => {
      const token = await scene.tokenOf('edgar');
      const write = (network?: string) =>
        scene.answerOf('POST /contacts', token, contact, network === undefined ? {} : { 'demo-network': network });
      expect((await write()).status).toBe(201);
      expect((await scene.answerOf('PUT /demo/rules', undefined, { 'office-network': true })).status).toBe(200);
      expect(await write()).toMatchObject(refusedByRule);
      expect(await write('home')).toMatchObject(refusedByRule);
      expect((await write('office')).status).toBe(201);
      expect((await scene.answerOf('GET /contacts', token)).status).toBe(200);
    });

    test('let people and machines read on weekdays only, by the clock that was given', async () => {
      const rita = await scene.tokenOf('rita');
      const machine = await scene.machineToken('export-by-scope', { scope: 'read:contacts' });
      const read = async () => [
        await scene.answerOf('GET /contacts', rita),
        await scene.answerOf('GET /export/by-scope', machine),
      ];
      await scene.answerOf('PUT /demo/rules', undefined, { weekdays: true });
      expect(await read()).toMatchObject([{ status: 200 }, { status: 200 }]);
      now = weekend;
      expect(await read()).toMatchObject([refusedByRule, refusedByRule]);
      expect((await scene.answerOf('POST /contacts', await scene.tokenOf('ada'), contact)).status).toBe(201);
    });

    test('take away from what a caller is told it may do', async () => {
      await scene.answerOf('PUT /demo/rules', undefined, { 'office-network': true });
      const { body } = await scene.answerOf('GET /me', await scene.tokenOf('edgar'));
      const { privileges, permissions } = body as Record<'privileges' | 'permissions', { permission: string }[]>;
      expect(privileges.map(({ permission }) => permission)).toContain('write:contacts');
      expect(permissions.map(({ permission }) => permission)).toEqual(['read:contacts']);
    });

    test.each<[string, unknown]>([
      ['a rule that there is not', { night: true }],
      ['no boolean', { weekdays: 'on' }],
      ['no object', [true]],
      ['what is too long', { weekdays: true, note: 'x'.repeat(2000) }],
    ])('are not switched by %s', async (_, body) => {
      expect((await scene.answerOf('PUT /demo/rules', undefined, body)).status).toBe(400);
    });
  });

  describe('what a caller could do', () => {
    async function actionsOf(token: string, contacts: string[]) {
      const query = contacts.map((id) => `contact=${encodeURIComponent(id)}`).join('&');
      const { status, body } = await scene.answerOf(`GET /me/actions?${query}`, token);
      expect(status).toBe(200);
      return (body as { actions: Record<string, unknown>[] }).actions;
    }

    test('is said as the guards would decide it', async () => {
      const actions = await actionsOf(await scene.tokenOf('edgar'), ['1', '2']);
      const said = actions.map(({ method, path, permit, lacking }) => `${method} ${path}: ${permit || lacking}`);
      expect(said).toEqual([
        'GET /contacts: true',
        'POST /contacts: true',
        'GET /contacts/1: true',
        'PUT /contacts/1: true',
        'DELETE /contacts/1: true',
        'POST /contacts/1/share: true',
        'GET /contacts/2: true',
        'PUT /contacts/2: policy',
        'DELETE /contacts/2: true',
        'POST /contacts/2/share: privilege',
      ]);
    });

    test('names the scopes that are missing', async () => {
      const { token } = await scene.authorize('edgar', 'mail-merge', ['openid', 'read:contacts']);
      expect(await actionsOf(token, [])).toEqual([
        { action: 'list', method: 'GET', path: '/contacts', permit: true },
        {
          action: 'add',
          method: 'POST',
          path: '/contacts',
          permit: false,
          lacking: 'scope',
          missing: [{ permission: 'write:contacts' }],
        },
      ]);
    });

    test('is no by any id that is a pattern', async () => {
      const actions = await actionsOf(await scene.tokenOf('ada'), ['*']);
      expect(actions.filter(({ contact: id }) => id === '*').map(({ permit }) => permit)).toEqual(
        Array.from({ length: 4 }, () => false),
      );
    });

    test('is nobody else’s to know', async () => {
      expect((await scene.answerOf('GET /me/actions')).status).toBe(401);
    });
  });
});
