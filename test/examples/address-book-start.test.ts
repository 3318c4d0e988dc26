// The address book demo as a program: started as a child process, also twice on one database, and ended by Ctrl-C.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Facts } from '../../examples/address-book/facts.ts';
import { describeServer } from '../postgres/databases.ts';
import { startPostgres } from '../postgres/server.ts';
import type { PostgresServer } from '../postgres/server.ts';
import { sceneOf } from './address-book-scene.ts';
import { closed, freePort, listening } from './ports.ts';

// A machine that is busy with other tests takes its time to start a process.
jest.setTimeout(60_000);

const root = fileURLToPath(new URL('../..', import.meta.url));
const start = 'examples/start.mjs';
// What start.mjs has compiled: for those starts that are not about compiling.
const main = 'examples-dist/address-book/main.js';

const started: { child: ChildProcess; ended: Promise<unknown> }[] = [];
let demo: ReturnType<typeof run>;
let facts: Facts;
let port: number;

beforeAll(async () => {
  port = await freePort();
  demo = run(start, port, '--json');
  facts = JSON.parse(await demo.firstLine) as Facts;
});

// Whatever a failed test has left running.
afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.map(({ ended }) => ended));
});

describe('the line of JSON', () => {
  test('names the addresses, the people and the clients', () => {
    expect(facts).toMatchObject({
      api: `http://127.0.0.1:${port}`,
      issuer: `http://127.0.0.1:${port + 1}`,
      audience: 'https://address-book.example/api',
      framework: 'express',
      kept: 'in memory',
      administration: {
        audience: `http://127.0.0.1:${port}/api/v2/`,
        dashboard: `http://127.0.0.1:${port}/admin/`,
        managementApi: `http://127.0.0.1:${port}/api/v2`,
        tokenEndpoint: `http://127.0.0.1:${port}/oauth/token`,
      },
    });
    expect(facts.people.map(({ id }) => id)).toEqual(['rita', 'edgar', 'ada', 'dora', 'erin', 'noor']);
    expect(facts.people.every(({ password, about }) => password !== '' && about !== '')).toBe(true);
    expect(facts.clients.map(({ id, firstParty }) => [id, firstParty])).toEqual([
      ['address-book-web', true],
      ['mail-merge', false],
      ['nightly-export', false],
      ['export-by-scope', false],
      ['dashboard', true],
      ['administration-cli', false],
    ]);
    expect(facts.clients.find(({ id }) => id === 'administration-cli')?.secret).toBe('administration-cli-secret');
  });

  test('holds the calls of the table with their answers', () => {
    expect(facts.calls.map(({ who, call, status, code }) => [who, call, status, code])).toEqual([
      [null, 'GET /contacts', 401, 'missing_token'],
      ['rita', 'GET /contacts', 200, null],
      ['rita', 'POST /contacts', 403, 'insufficient_privilege'],
      ['edgar', 'GET /contacts/1', 200, null],
      ['edgar', 'POST /contacts', 403, 'insufficient_scope'],
      ['edgar', 'POST /contacts', 201, null],
      ['edgar', 'PUT /contacts/2', 403, 'policy_refused'],
      ['edgar', 'POST /contacts/1/share', 200, null],
      ['edgar', 'POST /contacts/2/share', 403, 'insufficient_privilege'],
      ['noor', 'GET /contacts/1', 200, null],
      ['noor', 'GET /contacts/2', 403, 'insufficient_privilege'],
      ['ada', 'GET /contacts', 403, 'insufficient_scope'],
      ['ada', 'DELETE /contacts/2', 204, null],
      ['dora', 'GET /contacts/4', 403, 'insufficient_privilege'],
      ['dora', 'DELETE /contacts/1', 403, 'insufficient_privilege'],
      ['erin', 'PUT /contacts/3', 200, null],
      ['erin', 'DELETE /contacts/3', 403, 'insufficient_privilege'],
      ['nightly-export', 'GET /export', 200, null],
      ['nightly-export', 'POST /contacts', 403, 'insufficient_privilege'],
      ['export-by-scope', 'GET /export/by-scope', 200, null],
      ['export-by-scope', 'GET /export', 403, 'insufficient_privilege'],
    ]);
    expect(facts.calls.every(({ why }) => why !== '')).toBe(true);
  });
});

test('the page that was built on the way is served', async () => {
  for (const path of ['/', '/web/page.js', '/web/page.css']) {
    expect([path, (await fetch(facts.api + path)).status]).toEqual([path, 200]);
  }
});

describe('starting', () => {
  test.each(['0', '65535', '65536', '-1', '3e3', 'http', '80.5'])('PORT=%s is explained in a line', async (given) => {
    const { ended, output } = run(main, given, '--json');
    expect(await ended).toBe(1);
    expect(output.stderr).toBe(
      `Expected PORT to be a whole number from 1 to 65534 (the authorization server takes the port after it), got "${given}"\n`,
    );
    expect(output.stdout).toBe('');
  });

  test.each([
    ['the API', 0],
    ['the authorization server', 1],
  ])('a taken port for %s is explained in a line', async (what, offset) => {
    const free = await freePort();
    const other = await listening(free + offset);
    const { ended, output } = run(main, free, '--json');
    expect(await ended).toBe(1);
    expect(output.stderr).toBe(
      `Port ${free + offset}, for ${what}, is taken. Set PORT to another one, as in PORT=4000 npm start\n`,
    );
    expect(output.stdout).toBe('');
    await closed(other);
  });

  test.each<[string[], string]>([
    [['--jsno'], "Unknown option '--jsno'"],
    [['--data', ''], 'Expected --data to name a directory'],
    [['--beside', '127.0.0.1:3000'], 'Expected --beside to be an address like http://127.0.0.1:3000'],
    [['--beside', 'http://127.0.0.1:1'], 'There is no address book at http://127.0.0.1:1 to run beside'],
    [['--data', '/dev/null/x'], 'The directory of --data cannot be used'],
  ])('%j is explained in a line', async (options, said) => {
    const { ended, output } = run(main, await freePort(), ...options);
    expect(await ended).toBe(1);
    expect(output.stderr).toContain(said);
    expect(output.stderr).not.toMatch(/\bat .+:\d+:\d+/);
    expect(output.stdout).toBe('');
  });

  test('a database that is not there is explained in a line, without its password', async () => {
    const environment = { DATABASE_URL: 'postgres://me:secret-password@127.0.0.1:1/nothing' };
    const { ended, output } = runWith(environment, main, await freePort());
    expect(await ended).toBe(1);
    expect(output.stderr).toMatch(/^The database of DATABASE_URL cannot be used: .+\n$/);
    expect(output.stderr).not.toContain('secret-password');
  });

  test('prints the addresses, the table and a call to try for people', async () => {
    const free = await freePort();
    const { child, ended, output, printed } = run(main, free);
    await printed('Ctrl-C ends it');
    for (const text of [
      `http://127.0.0.1:${free}`,
      `http://127.0.0.1:${free + 1}`,
      '/admin/',
      'rita-reads',
      'curl -i -H',
    ]) {
      expect(output.stdout).toContain(text);
    }
    for (const row of [
      /^nobody +\(none\) +\(none\) +GET \/contacts +401 missing_token/m,
      /^rita via +read:contacts +read:contacts +GET \/contacts +200 /m,
      /^ +POST \/contacts +403 +Not permitted: write:contacts/m,
      /^nightly-export +read:contacts +read:contacts +GET \/export +200 /m,
    ]) {
      expect(output.stdout).toMatch(row);
    }
    const table = output.stdout.split('\n').filter((line) => !line.startsWith('TOKEN='));
    expect(Math.max(...table.map(({ length }) => length))).toBeLessThanOrEqual(140);
    const token = /^TOKEN=(.+)$/m.exec(output.stdout)?.[1] ?? '';
    const response = await fetch(`http://127.0.0.1:${free}/contacts`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('ends at once and cleanly by Ctrl-C, while a connection is open', async () => {
    const free = await freePort();
    const { child, ended, output, firstLine } = run(main, free, '--json');
    await firstLine;
    // Kept alive by this process's own pool.
    await (await fetch(`http://127.0.0.1:${free}/me`)).text();
    // npm hands the terminal's signal on a second time.
    child.kill('SIGINT');
    await setTimeout(5);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(output.stdout.split('\n')).toHaveLength(2);
    await closed(await listening(free));
  });
});

describeServer('a database', () => {
  let server: PostgresServer;
  beforeAll(async () => void (server = await startPostgres()));
  afterAll(() => server?.stop());

  async function newDatabase(): Promise<string> {
    const { host, port, user, database } = await server.database();
    return `postgres://${user}@${host}:${port}/${database}`;
  }

  async function processOn(url: string, ...options: string[]) {
    const process = runWith({ DATABASE_URL: url }, main, await freePort(), '--json', ...options);
    return { process, scene: sceneOf(JSON.parse(await process.firstLine) as Facts) };
  }

  test('that two processes share has each act on what the other changes', async () => {
    const url = await newDatabase();
    const one = await processOn(url);
    const other = await processOn(url, '--koa', '--beside', one.scene.facts.api);
    expect(other.scene.facts).toMatchObject({ issuer: one.scene.facts.issuer, framework: 'koa', calls: [] });

    const rita = await one.scene.tokenOf('rita');
    const administration = await one.scene.administrationToken();
    const read = () => other.scene.answerOf('GET /contacts', rita);
    // So that the other one remembers what it is to forget.
    for (const _ of [1, 2]) expect((await read()).status).toBe(200);
    const roles = { roles: ['reader'] };
    const revoked = await one.scene.answerOf('DELETE /api/v2/users/rita/roles', administration, roles);
    expect(revoked.status).toBe(204);
    const before = Date.now();
    while ((await read()).status === 200 && Date.now() - before < 5000) await setTimeout(5);
    expect(await read()).toMatchObject({ status: 403, body: { code: 'insufficient_privilege' } });
    // Far sooner than anything that is remembered grows old: it was told.
    expect(Date.now() - before).toBeLessThan(5000);

    const contact = { name: 'Barbara Liskov', email: 'barbara@example.org' };
    const ada = await one.scene.tokenOf('ada');
    expect(await other.scene.answerOf('POST /contacts', ada, contact)).toMatchObject({
      status: 201,
      body: { id: '5' },
    });
    expect(await one.scene.answerOf('GET /contacts/5', ada)).toMatchObject({ status: 200, body: contact });

    for (const { process } of [other, one]) {
      process.child.kill('SIGTERM');
      expect(await process.ended).toBe(0);
      expect(process.output.stderr).toBe('');
    }
  });

  test('that is gone is a 503, and no permit', async () => {
    const url = await newDatabase();
    const { process, scene } = await processOn(url);
    const [ada, noor] = await Promise.all(['ada', 'noor'].map((who) => scene.tokenOf(who)));
    expect((await scene.answerOf('GET /contacts', ada)).status).toBe(200);
    const forAdministration = await scene.administrationToken();
    await server.kill();
    const unavailable = { status: 503, body: { code: 'unavailable' } };
    // Her privileges are remembered; the contacts, and the privileges of others, are not.
    for (const call of ['GET /contacts', 'GET /contacts/1', 'DELETE /contacts/1']) {
      expect(await scene.answerOf(call, ada)).toMatchObject(unavailable);
    }
    expect(await scene.answerOf('POST /contacts', ada, { name: 'A', email: 'a@b' })).toMatchObject(unavailable);
    expect(await scene.answerOf('GET /contacts', noor)).toMatchObject(unavailable);
    expect((await scene.answerOf('GET /api/v2/roles', forAdministration)).status).toBe(503);
    await server.restart();
    process.child.kill('SIGTERM');
    expect(await process.ended).toBe(0);
  });

  test('may be begun by two processes at the same time', async () => {
    const url = await newDatabase();
    const both = await Promise.all([processOn(url), processOn(url)]);
    for (const { scene, process } of both) {
      expect(await scene.answerOf('GET /contacts', await scene.tokenOf('rita'))).toMatchObject({
        status: 200,
        body: [{ id: '1' }, { id: '2' }, { id: '3' }, { id: '4' }],
      });
      process.child.kill('SIGTERM');
      expect(await process.ended).toBe(0);
    }
  });
});

test('the demo ends with exit code 0, and stdout was one line all the time', async () => {
  demo.child.kill('SIGINT');
  expect(await demo.ended).toBe(0);
  expect(demo.output.stdout.split('\n')).toEqual([expect.stringMatching(/^\{.*\}$/), '']);
  expect(demo.output.stderr).not.toMatch(/\bat .+:\d+:\d+/);
});

/** Starts a program of this repository as a terminal would. */
function run(program: string, portGiven: number | string, ...options: string[]) {
  return runWith({}, program, portGiven, ...options);
}

function runWith(environment: object, program: string, portGiven: number | string, ...options: string[]) {
  const child = spawn(process.execPath, [program, ...options], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: '', ...environment, PORT: String(portGiven), NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));

  function printed(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => void (output.stdout.includes(text) && resolve());
      waiting.add(look);
      look();
      void ended.then((code) => reject(new Error(`Ended with ${code}: ${output.stderr}`)));
    });
  }

  const firstLine = printed('\n').then(() => output.stdout.slice(0, output.stdout.indexOf('\n')));
  firstLine.catch(() => undefined);
  started.push({ child, ended });
  return { child, ended, output, printed, firstLine };
}
