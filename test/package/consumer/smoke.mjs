// One guarded route, with Express 5 and with Express 4: each of the answers that a user meets first.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createGuards } from 'rightful/express';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';

const audience = 'https://contacts.example';
const issuer = await createTestIssuer({ audience });
const alice = { sub: 'alice', scope: 'read:contacts' };

for (const framework of ['express', 'express4']) {
  const { default: express } = await import(framework);
  const store = memoryStore({ users: { alice: { permissions: ['read:contacts'] } } });
  const { requirePermission } = createGuards({ issuer: issuer.issuer, audience, store });

  const app = express();
  app.get('/contacts', requirePermission('read:contacts'), (_request, response) => response.json(['Bob']));
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
