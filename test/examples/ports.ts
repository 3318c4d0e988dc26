// Ports of this machine that nobody listens on, and servers that do.

import { createServer } from 'node:net';
import type { Server } from 'node:net';

/** A port that is free, and so is the one after it. */
export async function freePort(): Promise<number> {
  const first = await listening(0);
  const { port: candidate } = first.address() as { port: number };
  const second = await listening(candidate + 1).catch(() => undefined);
  await closed(first);
  if (second !== undefined) await closed(second);
  return second === undefined ? freePort() : candidate;
}

export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

export function listening(onPort: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(onPort, '127.0.0.1', () => resolve(server));
  });
}
