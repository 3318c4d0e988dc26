// A TCP proxy between a process and its database that does to the connections what networks do to them.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface Proxy {
  readonly port: number;
  /** How many connections were taken so far. */
  readonly taken: number;
  /** How many connections the near end keeps open. */
  readonly open: number;
  /** Every connection ends at once, at both ends. */
  cut(): void;
  /** Nothing passes any more, and neither end hears of the other: also on new connections, until `heal`. */
  hang(): void;
  /** Whatever passes from now on takes so much longer, each way. */
  delay(milliseconds: number): void;
  /** Nobody listens any more, and every connection ends. */
  refuse(): Promise<void>;
  /** New connections pass again; those that hang go on hanging, and end nowhere. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** `to`: the port of the server, asked for each connection. */
export async function startProxy(to: () => number): Promise<Proxy> {
  const pairs = new Set<Pair>();
  let hangs = false;
  let delayMs = 0;
  let taken = 0;
  const server = createServer((near) => {
    taken += 1;
    const pair = new Pair(near, hangs ? undefined : connect(to(), '127.0.0.1'), () => delayMs);
    pairs.add(pair);
    near.on('close', () => pairs.delete(pair));
  });
  const hanging = new Set<Pair>();
  const port = await listen(server, 0);
  const cut = (): void => {
    for (const pair of pairs) pair.cut();
  };
  const deaf = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  return {
    port,
    get taken() {
      return taken;
    },
    get open() {
      return pairs.size;
    },
    cut,
    hang: () => {
      hangs = true;
      for (const pair of pairs) {
        pair.hang();
        hanging.add(pair);
      }
    },
    delay: (milliseconds) => void (delayMs = milliseconds),
    refuse: deaf,
    heal: async () => {
      hangs = false;
      delayMs = 0;
      if (!server.listening) await listen(server, port);
    },
    close: async () => {
      for (const pair of hanging) pair.cut();
      await deaf();
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The two connections that are one to who uses them. */
class Pair {
  readonly #near: Socket;
  readonly #far: Socket | undefined;
  #hangs = false;

  constructor(near: Socket, far: Socket | undefined, delayMs: () => number) {
    this.#near = near;
    this.#far = far;
    near.on('error', () => undefined);
    // Whoever reads nothing is never told that the other end is gone.
    if (far === undefined) {
      near.resume();
      return;
    }
    far.on('error', () => undefined);
    this.#pass(near, far, delayMs);
    this.#pass(far, near, delayMs);
  }

  hang(): void {
    this.#hangs = true;
  }

  cut(): void {
    this.#hangs = false;
    this.#near.resetAndDestroy();
    this.#far?.resetAndDestroy();
  }

  #pass(from: Socket, to: Socket, delayMs: () => number): void {
    let last: Promise<void> | undefined;
    // In the order in which it came, also where the delay changes meanwhile.
    const later = (pass: () => void): void => {
      const unlessHanging = (): void => (this.#hangs ? undefined : pass());
      const waitMs = delayMs();
      if (waitMs === 0 && last === undefined) return unlessHanging();
      const due = pause(waitMs, undefined, { ref: false });
      const mine = Promise.all([last, due]).then(() => {
        if (last === mine) last = undefined;
        unlessHanging();
      });
      last = mine;
    };
    from.on('data', (part) => later(() => void to.write(part)));
    from.on('close', () => later(() => void to.destroy()));
  }
}
