// The revision, and what is remembered of each change.

import type { AuditEntry, AuditQuery } from '../core/role-store.ts';
import { accessOf, alice, bob, client, system, textOf, within } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import { oneOfEach } from './role-store-cases-audit-changes.ts';

export const auditRules: readonly RoleRule[] = [
  {
    name: 'the revision rises with each change, which resolves to it, and with nothing else',
    check: async (tried) => {
      const { store } = tried;
      let revision = await store.revision();
      for (const [what, change] of oneOfEach(store)) {
        const came = await change();
        tried.true(
          `a whole number above ${revision} after ${what}`,
          Number.isSafeInteger(came) && came > revision,
          String(came),
        );
        tried.same(`\`revision\` after ${what}`, await store.revision(), came);
        revision = came;
        await store.subject(alice);
        await tried.refused('a refused change', store.assign(alice, 'nobody', {}, system), 'role_not_found');
        tried.same('`revision` after what is no change', await store.revision(), revision);
      }
    },
  },
  {
    name: 'each change is remembered: who, why, what, to whom, when, before and after',
    check: async (tried) => {
      const { store } = tried;
      for (const [what, change, expected, [before, after]] of oneOfEach(store)) {
        const start = Date.now();
        const revision = await change();
        const end = Date.now();
        const [entry] = (await store.audit({ take: 1 })).items;
        if (entry === undefined) throw tried.failure(`an entry for ${what}`, 'none');
        const { at, before: had, after: has, ...members } = entry;
        tried.same(`the entry for ${what}`, members, {
          revision,
          by: { system: 'a test' },
          why: 'to see',
          ...expected,
        });
        // The clock of a database may be another one.
        tried.true(`the entry for ${what} to be of now`, at > start - 60_000 && at < end + 60_000, String(at));
        tried.true(`\`before\` of the entry for ${what} to tell of ${before}`, tellsOf(had, before), textOf(had));
        tried.true(`\`after\` of the entry for ${what} to tell of ${after}`, tellsOf(has, after), textOf(has));
      }
      tried.same('how many there are', (await store.audit()).total, oneOfEach(store).length);
    },
  },
  {
    name: 'who makes a change by an Access is remembered by it, with the client',
    check: async (tried) => {
      const { store } = tried;
      const admin = within(bob, 'org_1');
      await store.grant(bob, '*', system);
      await store.grant(alice, 'a', accessOf(admin));
      await store.grant(alice, 'b', { access: accessOf(client('app')), why: 'it is late' }).catch(() => undefined);
      await store.revoke(alice, 'a', { access: accessOf(admin), why: 'it is late' });
      const [revoked, granted, first, ...more] = (await store.audit()).items;
      tried.same('what else there is', more, []);
      tried.same(
        '`by`',
        [revoked?.by, granted?.by, first?.by],
        [{ subject: admin, client: 'console' }, { subject: admin, client: 'console' }, { system: 'the contract' }],
      );
      tried.same('`why`', [revoked?.why, granted?.why], ['it is late', undefined]);
    },
  },
  {
    name: 'the entries of the audit are found by each member, the newest first',
    check: async (tried) => {
      const { store } = tried;
      await store.grant(bob, '*', system);
      for (const [, change] of oneOfEach(store)) await change();
      await new Promise((resolve) => setTimeout(resolve, 5));
      await store.grant(client(alice.id), ['p', 'q'], accessOf(bob));
      await new Promise((resolve) => setTimeout(resolve, 5));
      await store.assign(bob, ['builtin:viewer', 'builtin:admin'], {}, accessOf(bob));
      const all = (await store.audit({ take: 1000 })).items;
      tried.same('how many there are', all.length, oneOfEach(store).length + 3);
      const falling = all.every((one, at) => at === 0 || one.revision < (all[at - 1]?.revision ?? 0));
      tried.true('the newest first', falling, all.map(({ revision }) => revision).join());
      const [assigned, granted] = all;
      if (assigned === undefined || granted === undefined) throw tried.failure('entries', 'none');
      const queries: [AuditQuery, (entry: AuditEntry) => boolean][] = [
        [{ subject: alice }, ({ subject }) => subject?.id === alice.id && subject.kind === 'user'],
        [{ subject: within(alice, 'org_9') }, ({ subject }) => subject?.id === alice.id && subject.kind === 'user'],
        [{ subject: client(alice.id) }, (entry) => entry === granted],
        [{ actor: { system: 'a test' } }, ({ by }) => 'system' in by && by.system === 'a test'],
        [{ actor: { system: bob.id } }, () => false],
        [{ actor: bob }, ({ by }) => 'subject' in by],
        [{ actor: client(bob.id) }, () => false],
        [{ permission: 'p' }, ({ permissions }) => permissions.includes('p')],
        [{ permission: 'P' }, () => false],
        [{ permission: '*' }, ({ permissions }) => permissions.includes('*')],
        [{ role: 'editor' }, ({ roles }) => roles?.includes('editor') === true],
        [{ role: 'builtin:admin' }, (entry) => entry === assigned],
        ...[...new Set(all.map(({ action }) => action))].map((action): (typeof queries)[number] => [
          { action },
          (entry) => entry.action === action,
        ]),
        [{ from: assigned.at }, ({ at }) => at >= assigned.at],
        [{ until: assigned.at }, ({ at }) => at < assigned.at],
        [{ from: granted.at, until: assigned.at }, (entry) => entry === granted],
        [{ from: Date.now() + 3_600_000 }, () => false],
        [{ until: 0 }, () => false],
        [
          { subject: alice, action: 'grant', permission: 'p' },
          (one) => one.action === 'grant' && one.subject?.kind === 'user' && one.permissions.includes('p'),
        ],
        [{ subject: alice, actor: bob }, () => false],
        [{}, () => true],
      ];
      for (const [query, isAskedFor] of queries) {
        const page = await store.audit({ ...query, take: 1000 });
        const expected = all.filter(isAskedFor);
        tried.same(`the entries asked for by ${textOf(query)}`, page.items, expected);
        tried.same(`\`total\` of them`, page.total, expected.length);
      }
    },
  },
  {
    name: 'the audit is read page by page, also while it grows',
    check: async (tried) => {
      const { store } = tried;
      for (let at = 0; at < 11; at += 1) await store.grant(at % 2 === 0 ? alice : bob, `p:${at}`, system);
      const all = (await store.audit()).items;
      tried.same('11 entries', all.length, 11);
      for (const query of [{}, { subject: alice }]) {
        const found = (await store.audit(query)).items;
        const read: AuditEntry[] = [];
        let after: string | undefined;
        do {
          const page = await store.audit({ ...query, take: 4, ...(after !== undefined && { after }) });
          tried.true('no empty page before the end', page.items.length > 0);
          read.push(...page.items);
          after = page.next;
          if (after !== undefined)
            await store.grant(alice, `later:${textOf(query)}:${read.length}`.replaceAll('"', ''), system);
        } while (after !== undefined);
        tried.same('what was read', read, found);
      }
      const total = (await store.audit()).total;
      tried.same('the fifth', (await store.audit({ offset: total - 7, take: 1 })).items, [all[4]]);
      tried.same('past the end', await store.audit({ offset: total }), { items: [], total });
      const last = await store.audit({ offset: total - 2, take: 2 });
      tried.same('the last page', last, { items: all.slice(-2), total });
    },
  },
];

function tellsOf(value: unknown, text: string | null): boolean {
  return text === null ? value === null : textOf(value).includes(text);
}
