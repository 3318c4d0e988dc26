// A port goes in, a server that listens on loopback comes out; what a person can mend is told in one line.

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** A start that failed for a reason outside the program: its message says what to do, and no stack is worth showing. */
export class StartError extends Error {}

// Addresses and not names: `localhost` may mean ::1 to one program and 127.0.0.1 to another.
const host = '127.0.0.1';
const defaultPort = 3000;
const lastPort = 65_535;

/** Answers requests of node:http, and what goes wrong with them, too. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

export function urlOf(port: number): string {
  return `http://${host}:${port}`;
}

/** The API's port, from the environment. The authorization server takes the next one. */
export function portOf({ PORT }: NodeJS.ProcessEnv): number {
  if (PORT === undefined || PORT === '') return defaultPort;
  const port = Number(PORT);
  if (/^\d{1,5}$/.test(PORT) && port >= 1 && port < lastPort) return port;
  throw new StartError(
    `Expected PORT to be a whole number from 1 to ${lastPort - 1} (the authorization server takes the port after it), ` +
      `got ${JSON.stringify(PORT)}`,
  );
}

export function listen(port: number, listener: Listener, what: string): Promise<Server> {
  const server = createServer((request, response) => void listener(request, response));
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, port, what)));
    server.listen(port, host, () => resolve(server));
  });
}

function explained(error: NodeJS.ErrnoException, port: number, what: string): Error {
  const change = 'Set PORT to another one, as in PORT=4000 npm start';
  if (error.code === 'EADDRINUSE') return new StartError(`Port ${port}, for ${what}, is taken. ${change}`);
  if (error.code === 'EACCES')
    return new StartError(`Port ${port}, for ${what}, is not allowed to this user. ${change}`);
  return error;
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
