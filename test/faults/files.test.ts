// A privilege file while the disk is full, while several processes write to it, and when one of them ends in the midst of it.

import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fileStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { answered, personOf, startApi, until } from './api.ts';
import type { Api, Changed } from './api.ts';
import { auditOf, History, traffic } from './history.ts';

const by = { system: 'test' };
const permission = 'read:contacts';
const lockTimeoutMs = 10_000;
// The file is looked at so often; the rest is for a busy machine.
const pollMs = 100;
const boundMs = pollMs + 5000;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface FileScene {
  readonly path: string;
  readonly audit: string;
  api(limitKiB?: number): Promise<Api>;
  store(): RoleStore;
  /** What stands beside the file and its audit. */
  others(): string[];
}

function scene(text = ''): FileScene {
  const directory = mkdtempSync(join(tmpdir(), 'rightful-faults-'));
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'privileges.yaml');
  writeFileSync(path, `issuer: ${personOf('').issuer}\nusers: { first: { permissions: [${permission}] } }\n${text}`);
  const audit = `${path}.audit.jsonl`;
  return {
    path,
    audit,
    api: (limitKiB) =>
      startApi({ cache: { maxAgeMs: 600_000 }, file: { path, options: { pollMs, lockTimeoutMs } } }, limitKiB),
    store: () => {
      const store = fileStore(path, { pollMs, lockTimeoutMs });
      ends.push(() => store.close());
      return store;
    },
    others: () => readdirSync(directory).filter((name) => !audit.endsWith(name) && !path.endsWith(name)),
  };
}

describe('where the disk is full', () => {
  it.each<[string, number, (scene: FileScene) => void]>([
    ['for the file', 2, ({ path }) => appendFileSync(path, `# ${'x'.repeat(2000)}\n`)],
    ['for the audit', 2, ({ audit }) => writeFileSync(audit, `${'#'.repeat(2000)}\n`)],
    ['for anything', 0, () => undefined],
  ])(
    '%s, a change is refused, the file stays as it is and is served, and later ones are made',
    async (_, limitKiB, fill) => {
      const full = scene();
      fill(full);
      const [limited, other] = await Promise.all([full.api(limitKiB), full.api()]);
      const before = readFileSync(full.path, 'utf8');
      const failed = await limited.change('grant', 'alice');
      expect(failed).toMatchObject({ name: 'UnavailableError', code: 'unavailable' });
      expect(JSON.stringify(failed)).toContain('EFBIG');
      expect(readFileSync(full.path, 'utf8')).toBe(before);
      expect(await limited.ask('first')).toMatchObject({ status: 200 });
      expect(await limited.ask('alice')).toMatchObject({ status: 403 });
      expect(await other.change('grant', 'bob')).toEqual({ revision: 1 });
      for (const one of [limited, other]) await answered(one, 'bob', 200);
      expect((await auditOf(full.store())).map(({ subject }) => subject?.id)).toEqual(['bob']);
      expect(full.others()).toEqual([]);
    },
    60_000,
  );

  it('from some change on, each that was acknowledged is there, and no line of the audit is torn', async () => {
    const full = scene();
    const [limited, other] = await Promise.all([full.api(2), full.api()]);
    const history = new History();
    while (await history.change(limited, 'alice', history.changes.length % 2 === 0));
    expect(history.changes.length).toBeGreaterThan(2);
    await history.change(limited, 'alice', history.changes.length % 2 === 0);
    expect(await history.change(other, 'alice', true)).toBe(true);
    await answered(limited, 'alice', 200);
    const lines = readFileSync(full.audit, 'utf8').split('\n').filter(Boolean);
    expect(() => lines.map((line) => JSON.parse(line) as unknown)).not.toThrow();
    expect(await history.lostChanges(full.store())).toEqual([]);
  }, 60_000);
});

describe('processes that write to the same file', () => {
  it('lose nothing, each change has a revision of its own, and both see all of it', async () => {
    const { api, store, others } = scene();
    const apis = await Promise.all([api(), api()]);
    const users = (at: number): string[] => Array.from({ length: 20 }, (_, no) => `user-${at}-${no}`);
    const changed = await Promise.all(
      apis.flatMap((one, at) => users(at).map(async (user) => one.change('grant', user))),
    );
    const revisions = revisionsOf(changed);
    expect(revisions).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    for (const one of apis) await Promise.all([...users(0), ...users(1)].map((user) => answered(one, user, 200)));
    expect((await auditOf(store())).map(({ revision }) => revision)).toEqual(revisions);
    expect(others()).toEqual([]);
  }, 60_000);

  it('are killed at any moment, nothing is half there, and the others go on', async () => {
    const { api, store, others } = scene();
    const other = await api();
    const history = new History();
    for (const afterMs of [0, 5, 11]) {
      const one = await api();
      const load = traffic(history, { asked: [other], changed: [other, one] });
      await history.next(200);
      await history.next(403);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await one.kill();
      expect(await history.change(other, 'after', afterMs !== 5)).toBe(true);
      await load.stop();
    }
    expect(history.wrongAnswers(boundMs)).toEqual([]);
    expect(await history.lostChanges(store())).toEqual([]);
    await until(others, (names) => names.length === 0);
  }, 60_000);

  it.each<[string, number, boolean]>([
    ['before its entry', 1, false],
    ['between its entry and the file', 2, false],
    ['when it is made and not answered', 3, true],
  ])(
    'are killed in the midst of a change, %s, it is whole or not there, and the next comes at once',
    async (_, syncs, made) => {
      const { path, api, store, others } = scene();
      const before = readFileSync(path, 'utf8');
      const reading = openSync(path, 'r');
      ends.push(() => closeSync(reading));
      const one = await api();
      const { stopped } = await one.stopAt({ syncs });
      const changing = one.change('grant', 'killed');
      await stopped;
      await one.kill();
      expect(await changing).toBeUndefined();
      expect(others().length).toBeGreaterThan(0);
      expect(readFileSync(path, 'utf8') === before).toBe(!made);
      const next = store();
      const ids = made ? ['killed'] : [];
      expect((await auditOf(next)).map(({ subject }) => subject?.id)).toEqual(ids);
      const start = performance.now();
      expect(await next.grant(personOf('next'), permission, by)).toBe(made ? 2 : 1);
      expect(performance.now() - start).toBeLessThan(lockTimeoutMs / 2);
      expect((await auditOf(next)).map(({ subject }) => subject?.id)).toEqual([...ids, 'next']);
      expect((await next.subject(personOf('killed'))).privileges).toHaveLength(made ? 1 : 0);
      // Who was in the midst of reading the file reads one version of it, whole.
      expect(readFileSync(reading, 'utf8')).toBe(before);
      expect(others()).toEqual([]);
    },
    60_000,
  );
});

function revisionsOf(changed: readonly (Changed | undefined)[]): number[] {
  return changed
    .map((one) => (one !== undefined && 'revision' in one ? one.revision : -1))
    .toSorted((one, other) => one - other);
}
