// A pool goes in, one comes out that counts what is asked of it, and does to it what a test says.

import type pg from 'pg';

/** One query on its way. `pass` sends it, or another text in its place. */
export type Tamper = (query: { text: string; name?: string }, pass: (text?: string) => Promise<unknown>) => unknown;

export interface WatchedPool {
  readonly pool: pg.Pool;
  /** The texts that were sent, in their order. */
  readonly texts: string[];
  /** How many connections are on loan. */
  readonly lent: () => number;
}

/** `giveBack`: what becomes of a connection that is given back. */
export function watched(
  pool: pg.Pool,
  tamper: Tamper = (_query, pass) => pass(),
  giveBack: (release: (error?: Error) => void, error?: Error) => void = (release, error) => release(error),
): WatchedPool {
  const texts: string[] = [];
  let lent = 0;
  const connect = async () => {
    const client = await pool.connect();
    lent += 1;
    return new Proxy(client, {
      get(target, name) {
        if (name === 'release')
          return (error?: Error) => ((lent -= 1), giveBack((cause) => target.release(cause), error));
        if (name !== 'query') return bound(target, name);
        return (query: pg.QueryConfig & { name?: string }) => {
          texts.push(query.text);
          return tamper(query, (text) => {
            const { rowMode, types } = query as pg.QueryArrayConfig;
            return target.query(text === undefined ? query : ({ text, rowMode, types } as pg.QueryConfig));
          });
        };
      },
    });
  };
  const get = (target: pg.Pool, name: string | symbol) => (name === 'connect' ? connect : bound(target, name));
  return { pool: new Proxy(pool, { get }), texts, lent: () => lent };
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  // A class is no method.
  const isMethod = typeof value === 'function' && name !== 'Client';
  return isMethod ? (value.bind(target) as unknown) : value;
}
