// Answers by path go in, a real HTTP server on loopback comes out that remembers what it was asked.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A JSON document, or whatever a function does with the response. */
export type Answer = object | ((response: ServerResponse) => void);

export interface LoopbackServer {
  readonly url: string;
  readonly requests: string[];
  /** How many connections have ended. */
  readonly ended: () => number;
  readonly answers: Map<string, Answer>;
  close(): Promise<void>;
}

export async function startServer(answers: Record<string, Answer> = {}): Promise<LoopbackServer> {
  const requests: string[] = [];
  const byPath = new Map(Object.entries(answers));
  let ended = 0;
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const answer = byPath.get(request.url ?? '');
    if (typeof answer === 'function') return void answer(response);
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
  });
  server.on('connection', (socket) => socket.once('close', () => (ended += 1)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, requests, ended: () => ended, answers: byPath, close };
}

/** An issuer that publishes these keys; the list may change. */
export async function startIssuer(keys: object[]): Promise<LoopbackServer> {
  const server = await startServer();
  const metadata = { issuer: server.url, jwks_uri: `${server.url}/jwks` };
  server.answers.set('/.well-known/openid-configuration', metadata);
  server.answers.set('/jwks', { keys });
  return server;
}

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end();

/** Waits for what happens behind a request; the limit is for what never comes. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 4000; attempt += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('It did not happen within twenty seconds');
}
