// One guarded route, with Express 5 and 4 and with Koa 3 and 2: each of the answers that a user meets first.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Router } from '@koa/router';
import * as forExpress from 'rightful/express';
import * as forKoa from 'rightful/koa';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';

const audience = 'https://contacts.example';
const issuer = await createTestIssuer({ audience });
const alice = { sub: 'alice', scope: 'read:contacts' };

for (const name of ['express', 'express4', 'koa', 'koa2']) {
  const { default: framework } = await import(name);
  const store = memoryStore({ users: { alice: { permissions: ['read:contacts'] } } });
  const options = { issuer: issuer.issuer, audience, store };

  const app = name.startsWith('koa') ? koaApp(framework, options) : expressApp(framework, options);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ask = async (token) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${server.address().port}/contacts`, { headers });
    return { status: response.status, body: await response.json() };
  };

  assert.deepEqual(await ask(await issuer.token(alice)), { status: 200, body: ['Bob'] });
  assert.equal((await ask()).status, 401);
  assert.equal((await ask('not a token')).status, 400);
  assert.equal((await ask('not.a.token')).status, 401);
  assert.equal((await ask(await issuer.token({ ...alice, scope: '' }))).body.code, 'insufficient_scope');
  assert.equal((await ask(await issuer.token({ ...alice, sub: 'bob' }))).body.code, 'insufficient_privilege');

  server.closeAllConnections();
  server.close();
}
await issuer.close();

function expressApp(express, options) {
  const { requirePermission } = forExpress.createGuards(options);
  return express().get('/contacts', requirePermission('read:contacts'), (_request, response) => response.json(['Bob']));
}

function koaApp(Koa, options) {
  const { requirePermission } = forKoa.createGuards(options);
  const router = new Router();
  router.get('/contacts', requirePermission('read:contacts'), (ctx) => {
    ctx.body = ['Bob'];
  });
  return new Koa().use(router.routes());
}
