// The API under attack, from this side: started, asked whether it still serves, and started anew after it ended.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Connection } from './client.mjs';
import { audience } from './issuers.mjs';

const module = fileURLToPath(new URL('server.mjs', import.meta.url));

export class Api {
  #world;
  #fault;
  #child;
  port = 0;
  /** What it wrote to where nothing should be written. */
  complaints = '';

  constructor(world, fault) {
    this.#world = world;
    this.#fault = fault;
  }

  async start() {
    const child = fork(module, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    child.stderr.on('data', (chunk) => (this.complaints += chunk));
    child.send({ issuers: this.#world.options, audience, fault: this.#fault });
    const told = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (told[0]?.port === undefined) throw new Error(`the API did not start: ${this.complaints}`);
    this.#child = child;
    this.port = told[0].port;
  }

  get isAlive() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async stop() {
    if (!this.isAlive) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  /** What keeps it from answering a valid token of each issuer by 200; undefined where nothing does. */
  async failing() {
    if (!this.isAlive) return `the process ended: ${this.#child?.exitCode ?? this.#child?.signalCode}`;
    const connection = new Connection(this.port);
    for (const { name, tokens } of this.#world.issuers) {
      const bob = tokens.at(-3);
      const bytes = Buffer.from(`GET /fresh/list HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bob}\r\n\r\n`);
      const answer = await connection.ask(bytes, 'GET');
      if (answer.status !== 200) return `a valid token of ${name} was answered ${answer.status ?? answer}`;
    }
    connection.close();
    return undefined;
  }
}
