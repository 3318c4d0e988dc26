// The law of wildcards, however many one permission is held on and however long they are: against a matcher that tries every one.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PermissionSet, type Privilege } from 'rightful';

// As long as texts are that are compared whole, cut into pieces, or too long to be cut; and what no table of ASCII knows.
const segment = fc.constantFrom('', 'a', 'b', 'ab', 'é', '\u{1f511}', 'abcdefghijkl', 'abcdefghijklm', 'x'.repeat(40));
const text = fc
  .array(fc.tuple(segment, fc.constantFrom(':', '/')), { maxLength: 5 })
  .map((parts) => parts.flat().join(''));
const asked = fc.tuple(text, segment).map((parts) => parts.join(''));

function onEach(heads: readonly string[], more: Partial<Privilege> = {}): Privilege[] {
  return heads.map((head) => ({ permission: 'read:things', on: `${head}*`, ...more }));
}

describe('wildcards', () => {
  it('cover what begins with the text of one of them', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 40 }), fc.array(asked, { maxLength: 40 }), (heads, resources) => {
        const set = PermissionSet.from(onEach(heads));
        for (const resource of [...resources, ...heads, ...heads.map((head) => head.slice(0, -1))]) {
          const isHeld = heads.some((head) => resource.startsWith(head));
          expect([resource, set.has('read:things', resource)]).toEqual([resource, isHeld]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('deny what begins with the text of one of them, and what a pattern spells that has something in common with it', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), fc.array(asked, { maxLength: 40 }), (heads, resources) => {
        const set = PermissionSet.from([{ permission: 'read:things' }, ...onEach(heads, { effect: 'deny' })]);
        for (const resource of resources) {
          const isDenied = heads.some((head) => resource.startsWith(head));
          expect([resource, set.has('read:things', resource)]).toEqual([resource, !isDenied]);
          const isPartlyDenied = isDenied || heads.some((head) => head.startsWith(resource));
          expect([resource, set.has('read:things', `${resource}*`)]).toEqual([resource, !isPartlyDenied]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are told apart where there are thousands', () => {
    const numbers = Array.from({ length: 5000 }, (_, at) => 3 * at);
    const set = PermissionSet.from(onEach(numbers.map((number) => `things:${number}:`)));
    const held = Array.from({ length: 15_100 }, (_, at) => at).filter((at) => set.has('read:things', `things:${at}:7`));
    expect(held).toEqual(numbers);
    expect(set.has('read:things', 'things:3')).toBe(false);
  });
});
