// A process of its own that works on a privilege file: what it is to do comes as arguments, what came of it goes out as JSON.

import { open } from 'node:fs/promises';
import { fileStore } from 'rightful/stores';

const [task, path, ...rest] = process.argv.slice(2);
const store = fileStore(path, { pollMs: 50, lockTimeoutMs: 20_000 });
const by = { system: `child ${process.pid}` };
const subject = (id) => ({ issuer: 'https://issuer.example/', id, kind: 'user' });

const tasks = {
  /** Grants so many privileges, one after the other, to a user of that name. */
  async grants([user, count]) {
    const revisions = [];
    for (let at = 0; at < Number(count); at += 1) revisions.push(await store.grant(subject(user), `${user}:${at}`, by));
    return revisions;
  },
  /** Begins a change and stays in the middle of it. */
  async hang() {
    const { prototype } = (await open(path)).constructor;
    prototype.sync = async () => {
      process.stdout.write('hanging\n');
      setInterval(() => undefined, 1000);
      return new Promise(() => undefined);
    };
    return store.grant(subject('hanging'), 'never', by);
  },
  /** Makes a change that is too large for what the process may write. */
  async large() {
    const description = 'x'.repeat(1900);
    const permissions = Array.from({ length: 60 }, (_, at) => ({ name: `p:${at}`, description }));
    const failure = await store
      .putApi({ identifier: 'https://api', name: 'API', permissions }, by)
      .catch((error) => error);
    const { items } = await store.subjects();
    return [failure.name, failure.cause?.code, items.length, (await store.api('https://api')) ?? null];
  },
};

process.stdout.write(`${JSON.stringify(await tasks[task](rest))}\n`);
await store.close();
