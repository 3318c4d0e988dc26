// What is what: each character of a name is kept, however odd, long or many they are.

import type { Privilege } from '../core/privilege.ts';
import { alice, bob, plain, system, textOf, user, within } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import type { TriedRoleStore } from './role-store-cases-tried.ts';

export const textRules: readonly RoleRule[] = [
  { name: 'subjects are told apart by every character of their ids', check: (tried) => eachItsOwn(tried, ids) },
  {
    name: 'every character of a permission, a resource, a role, an API and an organization is kept',
    check: async (tried) => {
      const { store } = tried;
      const held = [
        ...permissions.map((permission): Privilege => ({ permission })),
        ...texts.map((on): Privilege => ({ permission: 'on', on })),
        ...texts.map((organization): Privilege => ({ permission: 'organization', organization })),
        ...texts.map((audience): Privilege => ({ permission: 'audience', audience })),
      ];
      await store.grant(alice, held, system);
      await tried.recorded(alice, held, []);
      for (const organization of texts)
        await tried.holds(within(alice, organization), held, { audience: [organization] });
      for (const [at, uid] of texts.slice(0, 20).entries()) {
        const about = { description: `${uid}\n${uid}`, organization: uid };
        await store.putRole({ uid, name: uid, ...about, privileges: [`role:${at}`] }, system);
        await store.assign(bob, uid, { organization: uid }, system);
        tried.same(`the role ${textOf(uid)}`, await store.role(uid), {
          ...{ uid, name: uid, ...about, version: 1, inherits: [] },
          privileges: (await store.role(uid))?.privileges,
        });
        await tried.holds(within(bob, uid), [`role:${at}`]);
        const record = {
          identifier: uid,
          name: uid,
          permissions: [{ name: 'a', description: uid }],
          settings: { [`${uid}!`]: uid },
        };
        await store.putApi(record, system);
        tried.same(`the API ${textOf(uid)}`, await store.api(uid), { ...record, version: 1 });
      }
      tried.same('how many roles there are', (await store.roles()).total, 24);
    },
  },
  {
    name: 'names may be as long as they may be, and not cut short',
    check: async (tried) => {
      const { store } = tried;
      const subjects = ['b', 'c'].map((last) => user('a'.repeat(511) + last));
      const held = ['b', 'c'].map((last): Privilege => {
        return {
          permission: 'p'.repeat(279) + last,
          on: 'r'.repeat(1023) + last,
          organization: 'o'.repeat(189) + last,
          audience: 'd'.repeat(599) + last,
        };
      });
      for (const [at, subject] of subjects.entries()) await store.grant(subject, held.slice(at), system);
      for (const [at, subject] of subjects.entries()) await tried.recorded(subject, held.slice(at), []);
      for (const one of held) {
        const asking = within(subjects[0] ?? alice, one.organization ?? '');
        await tried.holds(asking, held, { audience: [one.audience ?? ''] });
      }
      const roles = ['b', 'c'].map((last) => ({
        uid: 'u'.repeat(39) + last,
        name: 'n'.repeat(189) + last,
        description: 'd'.repeat(2000),
        privileges: [],
      }));
      for (const role of roles) await store.putRole(role, system);
      for (const role of roles)
        tried.same('a role of long names', await store.role(role.uid), { ...role, version: 1, inherits: [] });
      await tried.unchanged(async () => {
        const long = user('a'.repeat(513));
        await tried.rejectsInput('an id of 513 characters', () => store.grant(long, 'a', system));
        const on = 'r'.repeat(1025);
        await tried.rejectsInput('a resource of 1025', () => store.grant(alice, { permission: 'a', on }, system));
        const role = { uid: 'a', name: 'n', privileges: [] };
        await tried.rejectsInput('a uid of 41', () => store.putRole({ ...role, uid: 'u'.repeat(41) }, system));
        await tried.rejectsInput('a name of 191', () => store.putRole({ ...role, name: 'n'.repeat(191) }, system));
      });
    },
  },
  {
    name: '10,000 privileges are granted to one subject, all held, and revoked',
    check: async (tried) => {
      const { store } = tried;
      const lists = Array.from({ length: 10 }, (_, list) =>
        Array.from({ length: 1000 }, (__, at): Privilege => ({ permission: `read:${list}`, on: `things:id:${at}` })),
      );
      for (const list of lists) await store.grant(alice, list, system);
      await tried.holds(alice, lists.flat());
      for (const list of lists.slice(1)) await store.revoke(alice, list, system);
      await tried.holds(alice, lists[0] ?? []);
      const recorded = (await store.subject(user(alice.id))).privileges.map(plain);
      tried.same('how many are recorded', recorded.length, 1000);
    },
  },
];

/** Each of these users is granted one permission that is its own, and the half of them lose it again. */
async function eachItsOwn(tried: TriedRoleStore, names: readonly string[]): Promise<void> {
  const { store } = tried;
  for (const [at, id] of names.entries()) await store.grant(user(id), `held:${at}`, system);
  tried.sameSet(
    '`subjects`',
    (await store.subjects({ take: 1000 })).items,
    names.map((id) => user(id)),
  );
  for (const [at, id] of names.entries()) {
    if (at % 2 === 1) await store.revoke(user(id), `held:${at}`, system);
  }
  for (const [at, id] of names.entries()) await tried.holds(user(id), at % 2 === 1 ? [] : [`held:${at}`]);
  const left = names.filter((_, at) => at % 2 === 0).map((id) => user(id));
  tried.sameSet('`subjects`', (await store.subjects({ take: 1000 })).items, left);
}

const odd = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a|b', 'a/b', '/', '%', '_', 'a%7Cb', '..', ' ', 'a b'],
  ...[`'`, '"', '\\', '`', `'; drop table grants; --`, '👩‍💻', 'Zo\u{e9}', 'Zoe\u{301}', 'null', '0', '$1', '{}', 'a,b'],
];

const ids = [...odd, 'a', 'A', ' a', 'a ', 'a\n', '*', '?', 'a:b', '["a"]', 'strasse', 'stra\u{df}e', '1', '01', '1.0'];

const texts = [...odd, 'x\ty', 'a\nb', 'Zo\u{c9}'];

const permissions = [
  '__proto__',
  'constructor',
  'a|b',
  'a/b',
  '%',
  '_',
  `'`,
  '$1',
  '{}',
  'a,b',
  'A',
  'a',
  'a:',
  'null',
  '*',
  'a:*',
];
