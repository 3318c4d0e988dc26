// Somebody who may grant patterns writes the worst there are, and somebody who may send requests the longest names.

import { expect, it, test } from '@jest/globals';
import { PermissionSet, type Privilege } from 'rightful';

const on = (pattern: string, effect?: 'deny'): Privilege => ({
  permission: 'p',
  on: pattern,
  ...(effect && { effect }),
});
const worst: [string, string][] = [
  ['runs over everything', '**a'.repeat(341)],
  ['runs', '*a'.repeat(512)],
  ['alternatives of runs', '{*,}'.repeat(256)],
  ['alternatives of runs over everything', '{**,}'.repeat(204)],
];
const longest = 'a'.repeat(16_000);
// A check takes microseconds; this is for the slowest machine there is, while others are at work on it.
const boundMs = 500;

function took(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

it.each(worst)('several globs of %s take no request long, grant nothing then, and deny', (_, pattern) => {
  const several = Array.from({ length: 5 }, (_one, at) => `${pattern.slice(0, 1000)}z${at}`);
  const granted = PermissionSet.from(
    several.map((one) => on(one)),
    { dialect: 'glob' },
  );
  const denied = PermissionSet.from([{ permission: 'p' }, ...several.map((one) => on(one, 'deny'))], {
    dialect: 'glob',
  });
  for (const text of [longest, longest.slice(0, 1000)]) {
    expect(took(() => expect(granted.has('p', text)).toBe(false))).toBeLessThan(boundMs);
    expect(took(() => denied.has('p', text))).toBeLessThan(boundMs);
  }
  expect(denied.has('p', longest)).toBe(false);
});

test('what is no text is no resource: nothing is permitted on it, in either dialect', () => {
  const spelled = [['c:id:1'], new String('c:id:1'), { toString: () => 'c:id:1' }, null, 7, true, Symbol('x')];
  for (const dialect of ['prefix', 'glob'] as const) {
    const held = [{ permission: 'p' }, on('c:id:1', 'deny')];
    const everywhere = PermissionSet.from(held, { dialect });
    const some = PermissionSet.from([on('c:id:*'), on('c:id:1', 'deny')], { dialect });
    for (const resource of spelled) {
      expect([everywhere, some].map((set) => set.has('p', resource as string))).toEqual([false, false]);
    }
  }
});
