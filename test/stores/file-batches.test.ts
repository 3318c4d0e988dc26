// Several changes that fileStore makes as one: one version of the file, and entries that count together or not at all.

import { appendFileSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from 'rightful';
import type { Change, PrivilegeChange, RoleStore } from 'rightful/stores';
import { alice, by, fileScene, held, issuer } from './file-scene.ts';

const bob = { ...alice, id: 'bob' };
const grant = (subject: typeof alice, privilege: string): Change => ({ kind: 'grant', subject, privilege });
const three = [grant(alice, 'a'), grant(bob, 'b'), grant(alice, 'c')];

const auditOf = (path: string): string => `${path}.audit.jsonl`;
const linesOf = (path: string): Record<string, unknown>[] =>
  readFileSync(auditOf(path), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const entries = async (store: RoleStore): Promise<unknown[]> =>
  (await store.audit({ order: 'oldest' })).items.map(({ revision, permissions }) => [revision, ...permissions]);

describe('several changes as one', () => {
  it('are one version of the file, and a line of the audit each', async () => {
    const scene = fileScene(`# kept\nissuer: ${issuer}\nusers: {}\n`);
    const store = scene.store();
    expect(await store.changeAll(three, by)).toBe(3);
    expect(scene.text()).toMatch(/^# kept\n/);
    expect(scene.text()).toMatch(/revision: 3\n/);
    expect(await entries(store)).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
    const [entry] = (await store.audit()).items;
    expect(Object.keys(entry!).filter((name) => ['base', 'until'].includes(name))).toEqual([]);
    const other = scene.store();
    expect([held(other), held(other, bob), await other.revision()]).toEqual([['a', 'c'], ['b'], 3]);
    expect(await other.grant(bob, 'd', by)).toBe(4);
  });

  it('leave nothing where the file cannot be written', async () => {
    const scene = fileScene('issuers: {}\n');
    const store = scene.store();
    await store.grant(alice, 'z', by);
    const [before, audited] = [scene.text(), readFileSync(auditOf(scene.path), 'utf8')];
    const heard: PrivilegeChange[] = [];
    store.onChange!((change) => heard.push(change));
    const small = scene.store({ maxBytes: before.length + 30 });
    await expect(small.changeAll(three, by)).rejects.toThrow(UnavailableError);
    expect([scene.text(), readFileSync(auditOf(scene.path), 'utf8'), heard]).toEqual([before, audited, []]);
    expect(await store.changeAll(three, by)).toBe(4);
  });

  it('leave nothing where the audit cannot be written', async () => {
    const scene = fileScene('issuers: {}\n');
    const store = scene.store();
    const before = scene.text();
    // A directory in its place can be written to by nobody.
    mkdirSync(auditOf(scene.path));
    await expect(store.changeAll(three, by)).rejects.toThrow(UnavailableError);
    expect([scene.text(), held(store), await store.revision()]).toEqual([before, [], 0]);
    rmdirSync(auditOf(scene.path));
    expect(await store.changeAll(three, by)).toBe(3);
  });

  it.each([1, 2, 3])(
    'of which %i were remembered when the process ended, are not shown, and the next go on',
    async (count) => {
      const scene = fileScene('issuers: {}\n');
      const first = scene.store();
      await first.changeAll(three, by);
      const lines = linesOf(scene.path);
      const crashed = lines.map((line, at) => ({
        ...line,
        revision: 4 + at,
        base: 3,
        until: 6,
        permissions: ['crashed'],
      }));
      for (const line of crashed.slice(0, count)) appendFileSync(auditOf(scene.path), `${JSON.stringify(line)}\n`);
      const store = scene.store();
      expect((await entries(store)).length).toBe(3);
      expect(await store.changeAll([grant(bob, 'x'), grant(bob, 'y')], by)).toBe(5);
      const expected = [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
        [4, 'x'],
        [5, 'y'],
      ];
      expect(await entries(store)).toEqual(expected);
      expect(await store.grant(bob, 'w', by)).toBe(6);
      expect(await entries(scene.store())).toEqual([...expected, [6, 'w']]);
    },
  );

  it('of which it is said that they were not made, are not shown', async () => {
    const scene = fileScene('issuers: {}\n');
    await scene.store().changeAll(three, by);
    const lines = linesOf(scene.path);
    const failed = lines.map((line, at) => ({ ...line, revision: 4 + at, base: 3, until: 6 }));
    for (const line of [...failed, { void: 6 }]) appendFileSync(auditOf(scene.path), `${JSON.stringify(line)}\n`);
    const store = scene.store();
    expect((await entries(store)).length).toBe(3);
    expect(await store.changeAll([grant(bob, 'x'), grant(bob, 'y')], by)).toBe(5);
    expect((await entries(scene.store())).length).toBe(5);
  });

  it('of which the last line is torn, are not shown', async () => {
    const scene = fileScene('issuers: {}\n');
    const store = scene.store();
    await store.grant(alice, 'z', by);
    const [line] = linesOf(scene.path);
    const whole = JSON.stringify({ ...line, revision: 2, base: 1, until: 3, permissions: ['crashed'] });
    appendFileSync(auditOf(scene.path), `${whole}\n${whole.slice(0, 40)}`);
    expect(await entries(store)).toEqual([[1, 'z']]);
    expect(await store.changeAll(three, by)).toBe(4);
    expect((await entries(scene.store())).length).toBe(4);
  });

  it('are found again behind more of them than the end of the audit shows', async () => {
    const scene = fileScene('issuers: {}\n');
    const many = Array.from({ length: 900 }, (_, at) => grant(alice, `p:${at}`));
    expect(await scene.store().changeAll(many, by)).toBe(900);
    const lines = linesOf(scene.path);
    for (const line of lines.slice(0, 800)) {
      const crashed = { ...line, revision: 900 + Number(line['revision']), base: 900, until: 1800 };
      appendFileSync(auditOf(scene.path), `${JSON.stringify(crashed)}\n`);
    }
    const store = scene.store();
    expect((await store.audit({ take: 1 })).total).toBe(900);
    expect(await store.grant(bob, 'x', by)).toBe(901);
    expect((await store.audit({ take: 1 })).total).toBe(901);
  });
});
