// An API as a user writes it, a process of its own over the shared database: it serves, changes what it is told to change, and says
// when it sees what another one has changed.

import assert from 'node:assert/strict';
import express from 'express';
import pg from 'pg';
import { createGuards } from '../../../dist/express.js';
import { createAuthorizer } from '../../../dist/index.js';
import { postgresStore, withCache } from '../../../dist/stores.js';
import { by, permission } from './changing.mjs';

const channel = 'bench_bare';
let state;

process.on('message', ({ number, task, ...given }) => {
  tasks[task](given, (told) => process.send({ number, ...told })).then(
    (answer) => process.send({ number, answer }),
    (error) => {
      throw error;
    },
  );
});
process.on('disconnect', () => process.exit());

const tasks = {
  async start({ config, secret, issuer, audience }) {
    const pool = new pg.Pool(config);
    const bare = new pg.Client(config);
    await bare.connect();
    await bare.query(`listen ${channel}`);
    const store = postgresStore({ pool });
    const cache = withCache(store);
    await cache.ready();
    state = { store, cache, bare, options: Object.freeze({ audience: [audience] }) };
    return { port: await served({ issuer: { issuer, secret }, audience, store: cache }) };
  },

  /** @returns when the change began, and when the database had acknowledged it */
  async change({ subject, held }) {
    const began = process.hrtime.bigint();
    const { store } = state;
    await (held ? store.grant(subject, permission, by) : store.revoke(subject, permission, by));
    return { began, acknowledged: process.hrtime.bigint() };
  },

  /** Asks again and again, in between of what else there is to do. @returns when the first answer came that knows of the change */
  async watch({ subject, held, withinMs }, tell) {
    assert.equal(await isHeld(subject), !held, 'what is watched has changed before');
    const deadline = performance.now() + withinMs;
    tell({ isWatching: true });
    while (performance.now() < deadline) {
      if ((await isHeld(subject)) === held) return { seen: process.hrtime.bigint() };
      await new Promise(setImmediate);
    }
    return { seen: undefined };
  },

  async notify() {
    const began = process.hrtime.bigint();
    await state.bare.query(`select pg_notify('${channel}', 'hello')`);
    return { began, acknowledged: process.hrtime.bigint() };
  },

  async hear(_given, tell) {
    const heard = { seen: undefined };
    state.bare.once('notification', () => (heard.seen = process.hrtime.bigint()));
    tell({ isWatching: true });
    while (heard.seen === undefined) await new Promise(setImmediate);
    return heard;
  },
};

function isHeld(subject) {
  const { cache, options } = state;
  const answer = cache.privilegesOf(subject, options);
  return answer instanceof Promise ? answer.then(holds) : holds(answer);
}

function holds(privileges) {
  return privileges.some((one) => one.permission === permission);
}

async function served(options) {
  const authorizer = createAuthorizer(options);
  await authorizer.ready();
  const { requirePermission } = createGuards(authorizer);
  const app = express();
  app.get('/contacts', requirePermission(permission), (_request, response) => response.json({ contacts: [] }));
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server.address().port));
    // A connection that is closed for want of requests, as when the machine does something else, would end the run.
    server.keepAliveTimeout = 60 * 60_000;
  });
}
