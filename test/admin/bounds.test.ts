// What a caller can make the administration wait for, keep or do over is bounded: bodies in length and in time, calls by rate, and
// the first administrator by there being none.

import { once } from 'node:events';
import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { createAdmin } from 'rightful/admin';
import type { AdminHandler } from 'rightful/admin';
import { memoryStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene, contactsApi, permissions } from './admin-scene.ts';
import type { Scene, SceneOptions } from './admin-scene.ts';
import { permissionsOf } from './management-scene.ts';

const scenes: Scene[] = [];
async function opened(options: SceneOptions = {}): Promise<Scene> {
  const scene = await adminScene(options);
  scenes.push(scene);
  return scene;
}
afterEach(async () => {
  await Promise.all(scenes.splice(0).map((scene) => scene.close()));
});
afterAll(() => stopServers());

const path = '/api/v2/users/bob/permissions';
const whole = JSON.stringify(permissionsOf(['read:contacts']));

async function begun(scene: Scene, headers: object = {}): Promise<ClientRequest> {
  const authorization = `Bearer ${await scene.token('root')}`;
  const sent = request(`${scene.address}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
  });
  sent.on('error', () => undefined);
  return sent;
}

async function answerTo(sent: ClientRequest): Promise<{ status: number | undefined; body: string }> {
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let body = '';
  for await (const part of answer) body += String(part);
  return { status: answer.statusCode, body };
}

describe('a body', () => {
  it.each([
    ['that says how long it is', { 'content-length': '3000000' }],
    ['that does not say so', { 'transfer-encoding': 'chunked' }],
  ])('that is too long is a 413 before it has ended: one %s', async (_, headers) => {
    const scene = await opened({ maxBodyBytes: 10_000 });
    const sent = await begun(scene, headers);
    sent.write(`"${'x'.repeat(20_000)}`);
    expect(await answerTo(sent)).toMatchObject({
      status: 413,
      body: expect.stringContaining('10000 bytes') as unknown,
    });
    sent.destroy();
    expect(scene.faults).toEqual([]);
  });

  it('that comes too slowly is a 408, changes nothing and holds nobody else up', async () => {
    const scene = await opened({ bodyTimeoutMs: 150 });
    const sent = await begun(scene, { 'transfer-encoding': 'chunked' });
    const answer = answerTo(sent);
    sent.write(whole.slice(0, 20));
    const drip = setInterval(() => sent.write(' '), 20);
    expect(await scene.call('POST', '/api/v2/users/eve/permissions', { body: whole })).toMatchObject({ status: 201 });
    expect(await answer).toMatchObject({ status: 408, body: expect.stringContaining('150 ms') as unknown });
    clearInterval(drip);
    sent.destroy();
    expect((await scene.store.subject(scene.user('bob'))).privileges).toEqual([]);
    expect(scene.faults).toEqual([]);
  });

  it('that is cut off changes nothing, and is no fault of ours', async () => {
    const scene = await opened();
    const revision = await scene.store.revision();
    const token = await scene.token('root');
    for (const length of [0, 1, 20, whole.length - 1]) {
      const { port } = new URL(scene.address);
      const socket = connect(Number(port), '127.0.0.1');
      const head = [
        `POST ${path} HTTP/1.1`,
        'Host: localhost',
        `Authorization: Bearer ${token}`,
        'Content-Type: application/json',
        `Content-Length: ${whole.length}`,
      ];
      socket.write(`${head.join('\r\n')}\r\n\r\n${whole.slice(0, length)}`);
      await pause(60);
      socket.destroy();
    }
    await pause(60);
    expect(await scene.store.revision()).toBe(revision);
    expect(scene.faults).toEqual([]);
    expect(await scene.call('POST', path, { body: whole })).toMatchObject({ status: 201 });
  });

  it('whose sender is gone once it was all there is done whole', async () => {
    const scene = await opened();
    const sent = await begun(scene);
    sent.end(whole);
    await once(sent, 'finish');
    await pause(60);
    sent.destroy();
    await pause(60);
    expect((await scene.store.subject(scene.user('bob'))).privileges).toHaveLength(1);
    expect((await scene.store.audit({ subject: scene.user('bob') })).total).toBe(1);
  });
});

describe('the rate', () => {
  const rateLimit = { burst: 3, perSecond: 0.001 };

  it.each([
    ['what is permitted', 'root', 'GET', '/api/v2/roles', 200],
    ['what is refused', 'nobody', 'GET', '/api/v2/roles', 403],
    ['what is wrong', 'root', 'GET', '/api/v2/roles?page=x', 400],
  ])('counts %s', async (_, as, method, address, status) => {
    const scene = await opened({ rateLimit });
    for (let left = 2; left >= 0; left -= 1) {
      const answer = await scene.call(method, address, { as });
      expect([answer.status, answer.headers.get('x-ratelimit-remaining')]).toEqual([status, String(left)]);
    }
    const answer = await scene.call(method, address, { as });
    expect([answer.status, answer.headers.get('x-ratelimit-remaining')]).toEqual([429, '0']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is of the caller: not of the token, its client, its organization or its scopes, nor of any header', async () => {
    const scene = await opened({ rateLimit });
    const others = [
      { claims: { client_id: 'another' } },
      { claims: { org_id: 'org_1' } },
      { scope: 'read:roles', headers: { 'x-forwarded-for': '1.2.3.4', 'x-real-ip': '1.2.3.4' } },
    ];
    for (const other of others) await scene.call('GET', '/api/v2/roles', other);
    for (const other of others)
      expect(await scene.call('GET', '/admin/api/roles', other)).toMatchObject({ status: 429 });
    // Another caller has room, and a machine of the same name is another caller.
    expect((await scene.call('GET', '/api/v2/roles', { as: 'nobody' })).status).toBe(403);
    expect((await scene.call('GET', '/api/v2/roles', { claims: { client_id: 'root' } })).status).not.toBe(429);
  });

  it('says what there is of it to whoever is not known too', async () => {
    const scene = await opened({ rateLimit });
    const { status, headers } = await scene.call('GET', '/api/v2/roles', { as: null });
    expect([status, headers.get('x-ratelimit-limit')]).toEqual([401, '3']);
  });
});

describe('the first administrator', () => {
  const isOne = async ({ store, user }: Pick<Scene, 'store' | 'user'>, id: string): Promise<boolean> => {
    return (await store.subject(user(id))).privileges.some(({ permission }) => permission === '*');
  };
  const empty = { store: (issuer: string) => memoryStore({ issuer }) };

  it('is made once somebody calls who has a token', async () => {
    const scene = await opened({ ...empty, firstAdministrator: 'ada' });
    await scene.call('GET', '/api/v2/roles', { as: null });
    await scene.call('GET', '/api/v2/nothing');
    expect(await isOne(scene, 'ada')).toBe(false);
    expect(await scene.call('GET', '/api/v2/roles', { as: 'ada' })).toMatchObject({ status: 200 });
    const { items } = await scene.store.audit();
    expect(items).toMatchObject([{ by: { system: 'first administrator' }, subject: { id: 'ada' } }]);
  });

  it('is made once, by however many instances at once', async () => {
    const { authorizer, store, token } = await opened(empty);
    const options = { authorizer, store, permissions, audience: contactsApi, firstAdministrator: 'ada' };
    const handlers = [1, 2, 3].map(() => createAdmin(options));
    const headers = { authorization: `Bearer ${await token('ada')}` };
    const call = (handler: AdminHandler) => handler(new Request('http://localhost/api/v2/roles', { headers }));
    const answers = await Promise.all([...handlers, ...handlers].map(call));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect((await store.audit()).total).toBe(1);
  });

  it('is one of several whom instances name at once', async () => {
    const { authorizer, store, token } = await opened(empty);
    const headers = { authorization: `Bearer ${await token('ada')}` };
    const handlers = ['ada', 'bea', 'cay'].map((firstAdministrator) =>
      createAdmin({ authorizer, store, permissions, audience: contactsApi, firstAdministrator }),
    );
    const call = (handler: AdminHandler) => handler(new Request('http://localhost/admin/api/session', { headers }));
    expect((await Promise.all(handlers.map(call))).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await store.holdersOf('*')).total).toBe(1);
  });

  it('waits for a store that is down, and is made when it is back', async () => {
    let isDown = true;
    const scene = await opened({
      store: (issuer) => {
        const store = memoryStore({ issuer });
        const holdersOf: RoleStore['holdersOf'] = async (...given) => {
          if (isDown) throw new Error('the disk is gone');
          return store.holdersOf(...given);
        };
        return { ...store, holdersOf };
      },
      firstAdministrator: 'ada',
    });
    expect(await scene.call('GET', '/api/v2/roles', { as: 'ada' })).toMatchObject({ status: 503 });
    isDown = false;
    expect(await scene.call('GET', '/api/v2/roles', { as: 'ada' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['a user who holds everything', { users: { root: { permissions: ['*'] } } }, false],
    ['one who does so by a role', { users: { root: { roles: ['all'] } }, roles: { all: ['*'] } }, false],
    ['one who does until a time', { users: { root: { permissions: [{ permission: '*', expiresAt: 9e12 }] } } }, true],
    [
      'one who does in one organization',
      { users: { root: { permissions: [{ permission: '*', organization: '*' }] } } },
      true,
    ],
    ['one who does for one API', { users: { root: { permissions: [{ permission: '*', audience: '*' }] } } }, true],
    [
      'one to whom something is denied',
      { users: { root: { permissions: ['*', { permission: 'read:x', effect: 'deny' as const }] } } },
      true,
    ],
    [
      'one to whom a role denies something',
      {
        users: { root: { permissions: ['*'], roles: ['not'] } },
        roles: { not: [{ permission: 'read:x', effect: 'deny' as const }] },
      },
      true,
    ],
    ['a machine that holds everything', { clients: { robot: { permissions: ['*'] } } }, true],
  ] as const)('beside %s: %j', async (_, people, isMade) => {
    const scene = await opened({
      store: (issuer) => memoryStore({ issuer, ...people }),
      firstAdministrator: 'ada',
    });
    await scene.call('GET', '/admin/api/session', { as: 'ada' });
    expect(await isOne(scene, 'ada')).toBe(isMade);
  });
});
