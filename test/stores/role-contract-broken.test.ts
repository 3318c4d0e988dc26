// A contract is worth what it finds: a role store done wrong in one way each, and the case that must say so.

import { describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { roleStoreCases } from 'rightful/testing';
import type { CreateRoleStore } from 'rightful/testing';
import { issuer, broken, changing, putting } from './role-faults.ts';
import type { Fault } from './role-faults.ts';
import { apiFaults, apiFaultsOfHandles } from './role-faults-apis.ts';
import { heldFaults } from './role-faults-held.ts';
import { batchFaults } from './role-faults-batches.ts';
import { auditFaults } from './role-faults-audit.ts';
import { ceilingFaults } from './role-faults-ceiling.ts';
import { toldFaults } from './role-faults-told.ts';
import { queryFaults } from './role-faults-queries.ts';

/** What another handle does wrong. */
const ofHandles: [string, string, Fault][] = [
  [
    'sees nothing of what is changed elsewhere',
    'another handle sees each change',
    (store) => {
      const held = memoryStore({ issuer });
      return { privilegesOf: held.privilegesOf, revision: store.revision };
    },
  ],
  [
    'tells nothing of what is changed elsewhere',
    'another handle sees each change',
    () => ({ onChange: () => () => undefined }),
  ],
  [
    'tells of what is changed elsewhere before it acts',
    'another handle sees each change',
    (store) => {
      let known: unknown = [];
      return {
        privilegesOf: (...given: [never, never]) => {
          const now = store.privilegesOf(...given);
          setTimeout(() => (known = now), 10);
          return known;
        },
      };
    },
  ],
  [
    'has revisions of its own',
    'another handle sees each change',
    (store) => ({ revision: async () => (await store.revision()) + 1 }),
  ],
  ['knows no other names of a permission', 'who holds a permission is found by each of its names', () => ({})],
  ['takes back what is called the same alone', 'a privilege is taken back, and replaced, by each name', () => ({})],
  [
    'writes what it read before',
    'what one handle has changed',
    putting(async (role, store) => {
      const there = await store.role(role.uid);
      return there === undefined ? role : { ...role, version: there.version };
    }),
  ],
  [
    'counts the same change again',
    'what one handle has changed',
    changing(async (change, _name, store) => {
      const before = await store.revision();
      const after = await change();
      return before === after ? after + 1 : after;
    }),
  ],
  [
    'loses some of what is written at the same time',
    'of changes that are made through several handles',
    (store) => ({ assign: () => store.revision() }),
  ],
  [
    'wins where another one has',
    'of several handles that change',
    putting(async (role, store) => {
      await new Promise(setImmediate);
      const there = await store.role(role.uid);
      return there === undefined ? role : { ...role, version: there.version };
    }),
  ],
];

describe('another handle that', () => {
  it.each([...ofHandles, ...apiFaultsOfHandles])('%s breaks the rule: %s', async (_, rule, fault) => {
    const create: CreateRoleStore = () => {
      const store = memoryStore({ issuer });
      return { store, reopen: () => ({ ...store, ...fault(store) }) as RoleStore };
    };
    const named = roleStoreCases(create, { withinMs: 50 }).filter(({ name }) => name.startsWith(rule));
    expect(named.map(({ name }) => name)).toHaveLength(1);
    await expect(named[0]!.run()).rejects.toThrow('Broken: ');
  });
});

describe('a role store that', () => {
  it.each([
    ...heldFaults,
    ...auditFaults,
    ...ceilingFaults,
    ...toldFaults,
    ...queryFaults,
    ...batchFaults,
    ...apiFaults,
  ])('%s breaks the rule: %s', async (_, rule, fault) => {
    const cases = roleStoreCases(() => broken(fault), { handles: 'one' });
    const named = cases.filter(({ name }) => name.startsWith(rule));
    expect(named.map(({ name }) => name)).toHaveLength(1);
    await expect(named[0]!.run()).rejects.toThrow('Broken: ');
  });
});
