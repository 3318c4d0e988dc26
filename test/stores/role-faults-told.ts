// Role stores that do wrong in what they tell of changes.

import type { PrivilegeChange } from 'rightful/stores';
import { announcing, changing } from './role-faults.ts';
import type { Fault } from './role-faults.ts';

const told = 'a change of a subject is told';
const roleCache = 'a cache over the store serves nothing that was true before a change of a role';

export const toldFaults: [string, string, Fault][] = [
  [
    'does not tell of revocations',
    told,
    (store) => {
      let quiet = false;
      return {
        revoke: async (...given: [never, never, never]) => {
          quiet = true;
          return store.revoke(...given).finally(() => (quiet = false));
        },
        ...announcing((one) => (quiet ? [] : [one]))(store),
      };
    },
  ],
  [
    'tells later',
    told,
    (store) => ({
      onChange: (listener: (change: PrivilegeChange) => void) =>
        store.onChange!((change) => void setTimeout(() => listener(change), 1)),
    }),
  ],
  [
    'tells before it acts',
    told,
    (store) => {
      const listeners = new Set<(change: PrivilegeChange) => void>();
      return {
        onChange: (listener: (change: PrivilegeChange) => void) => {
          const own = (change: PrivilegeChange): void => listener(change);
          listeners.add(own);
          return () => void listeners.delete(own);
        },
        ...changing(async (change) => {
          for (const one of listeners) one({});
          await new Promise(setImmediate);
          return change();
        })(store),
      };
    },
  ],
  [
    'tells of another subject',
    told,
    announcing(({ subject, ...one }) => [
      { ...one, ...(subject && { subject: { ...subject, id: `${subject.id}!` } }) },
    ]),
  ],
  [
    'tells of the role alone',
    'a change of a role is told by',
    announcing((one) => (one.role !== undefined && one.role !== 'base' ? [] : [one])),
  ],
  [
    'tells nothing of roles',
    'a change of a role is told by',
    announcing((one) => (one.subject === undefined ? [] : [one])),
  ],
  [
    'tells of what is no change',
    'nothing is told of what is no change',
    (store) => {
      const listeners = new Set<(change: PrivilegeChange) => void>();
      return {
        onChange: (listener: (change: PrivilegeChange) => void) => (
          listeners.add(listener),
          () => void listeners.delete(listener)
        ),
        ...changing(async (change) => change().finally(() => listeners.forEach((one) => one({}))))(store),
      };
    },
  ],
  [
    'is disturbed by a listener',
    'each listener is told',
    (store) => {
      const listeners = new Set<(change: PrivilegeChange) => void>();
      return {
        onChange: (listener: (change: PrivilegeChange) => void) => {
          const own = (change: PrivilegeChange): void => listener(change);
          listeners.add(own);
          return () => void listeners.delete(own);
        },
        ...changing(async (change) => {
          const revision = await change();
          for (const one of listeners) one({});
          return revision;
        })(store),
      };
    },
  ],
  [
    'takes the same listener for one',
    'each listener is told',
    (store) => {
      const listeners = new Set<(change: PrivilegeChange) => void>();
      store.onChange!((change) =>
        listeners.forEach((one) => {
          try {
            void Promise.resolve(one(change)).catch(() => undefined);
          } catch {}
        }),
      );
      return {
        onChange: (listener: (change: PrivilegeChange) => void) => (
          listeners.add(listener),
          () => void listeners.delete(listener)
        ),
      };
    },
  ],
  [
    'goes on telling',
    'each listener is told',
    (store) => ({ onChange: (listener: never) => (store.onChange!(listener), () => undefined) }),
  ],
  [
    'does not tell of assignments',
    'a cache over the store serves nothing that was true before a change of a subject',
    (store) => {
      let quiet = false;
      return {
        assign: async (...given: [never, never, never, never]) => {
          quiet = true;
          return store.assign(...given).finally(() => (quiet = false));
        },
        ...announcing((one) => (quiet ? [] : [one]))(store),
      };
    },
  ],
  [
    'tells of a role to those it is assigned to directly',
    roleCache,
    announcing((one) =>
      one.role === 'top' || one.role === 'builtin:admin' || (one.role === undefined && one.subject === undefined)
        ? [{ role: 'base' }]
        : [one],
    ),
  ],
  [
    'names a role that was named to nobody',
    'a cache is not misled',
    announcing((one) => (one.role === undefined && one.subject === undefined ? [{ role: 'base' }] : [one])),
  ],
];
