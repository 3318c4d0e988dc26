// Role stores that do wrong in the revision and in what they remember.

import { changing, remembering } from './role-faults.ts';
import type { Fault } from './role-faults.ts';

const remembered = 'each change is remembered';
const found = 'the entries of the audit are found';

export const auditFaults: [string, string, Fault][] = [
  [
    'has one revision for two changes',
    'the revision rises',
    (store) => ({
      ...changing(async (change) => Math.ceil((await change()) / 2))(store),
      revision: async () => Math.ceil((await store.revision()) / 2),
    }),
  ],
  ['resolves to nothing', 'the revision rises', changing(async (change) => (await change(), undefined as never))],
  [
    'resolves to the revision before',
    'the revision rises',
    changing(async (change, _name, store) => {
      const before = await store.revision();
      await change();
      return before;
    }),
  ],
  [
    'counts questions',
    'the revision rises',
    (store) => {
      let asked = 0;
      return {
        subject: (...given: [never]) => ((asked += 1), store.subject(...given)),
        revision: async () => (await store.revision()) + asked,
      };
    },
  ],
  ['forgets deassignments', remembered, remembering((entry) => (entry.action === 'deassign' ? undefined : entry))],
  ['forgets why', remembered, remembering(({ why: _, ...entry }) => entry)],
  ['forgets who', remembered, remembering((entry) => ({ ...entry, by: { system: 'somebody' } }))],
  [
    'forgets the client',
    'who makes a change by an Access',
    remembering((entry) => ('subject' in entry.by ? { ...entry, by: { subject: entry.by.subject } } : entry)),
  ],
  ['remembers nothing of before', remembered, remembering((entry) => ({ ...entry, before: null }))],
  ['remembers nothing of after', remembered, remembering((entry) => ({ ...entry, after: null }))],
  [
    'takes before for after',
    remembered,
    remembering((entry) => ({ ...entry, before: entry.after, after: entry.before })),
  ],
  ['remembers no permissions', remembered, remembering((entry) => ({ ...entry, permissions: [] }))],
  [
    'remembers all that was sent as changed',
    remembered,
    remembering((entry) =>
      entry.action === 'grant' && entry.before !== null ? { ...entry, permissions: ['p', 'q'] } : entry,
    ),
  ],
  ['remembers seconds', remembered, remembering((entry) => ({ ...entry, at: Math.floor(entry.at / 1000) }))],
  ['remembers another revision', remembered, remembering((entry) => ({ ...entry, revision: entry.revision + 1 }))],
  [
    'tells the oldest first',
    found,
    (store) => ({
      audit: async (query: never) => {
        const page = await store.audit(query);
        return { ...page, items: page.items.toReversed() };
      },
    }),
  ],
  ...(['subject', 'actor', 'permission', 'role', 'action', 'from', 'until'] as const).map(
    (member): [string, string, Fault] => [
      `does not look at \`${member}\``,
      found,
      (store) => ({
        audit: async (query: Record<string, unknown> = {}) =>
          store.audit(Object.fromEntries(Object.entries(query).filter(([key]) => key !== member))),
      }),
    ],
  ),
  [
    'counts what it shows',
    found,
    (store) => ({
      audit: async (query: never) => {
        const page = await store.audit(query);
        return { ...page, total: Math.min(page.items.length, 3) };
      },
    }),
  ],
  [
    'counts pages from the newest',
    'the audit is read page by page',
    (store) => ({
      audit: async ({ after, ...query }: { after?: string } = {}) => {
        const page = await store.audit(after === undefined ? query : { ...query, offset: Number(after) });
        return { ...page, ...(page.next !== undefined && { next: String(Number(after ?? 0) + page.items.length) }) };
      },
    }),
  ],
];
