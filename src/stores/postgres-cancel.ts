// A connection whose query takes too long goes in; the server is asked to end the query, as nobody waits for it any more.

import { connect } from 'node:net';

/** What `pg` keeps of a connection: where the server is, and what names the session there. */
interface Session {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly processID?: unknown;
  readonly secretKey?: unknown;
}

const cancelCode = 80_877_102; // CancelRequest, PostgreSQL's protocol 3.0
const giveUpMs = 2000;

/**
 * To close a connection does not end its query: the server looks for its client when it has something to say. Whatever goes wrong
 * here, the query ends when it ends.
 */
export function cancelQuery(client: unknown): void {
  const { host, port, processID, secretKey } = client as Session;
  if (typeof host !== 'string' || typeof port !== 'number') return;
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return;
  const request = Buffer.alloc(16);
  for (const [at, value] of [16, cancelCode, processID, secretKey].entries()) request.writeInt32BE(value, at * 4);
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.unref();
  socket.on('error', () => undefined);
  socket.setTimeout(giveUpMs, () => socket.destroy());
  socket.once('connect', () => socket.end(request));
}
