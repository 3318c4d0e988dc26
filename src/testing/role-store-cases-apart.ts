// Who is who and what is what: names that differ by however little are different, and each character of them is kept.

import type { Privilege, Subject } from '../core/privilege.ts';
import { alice, api, bob, client, issuer, otherApi, system, user, within } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';

export const apartRules: readonly RoleRule[] = [
  {
    name: 'what is given in one organization is held in no other',
    check: async (tried) => {
      const { store } = tried;
      const organizations = ['org_1', 'org_2', 'ORG_1', 'org_1 ', '__proto__', 'org|1', "org'1"];
      const given = organizations.map((organization, at): Privilege => ({ permission: `held:${at}`, organization }));
      await store.putRole(
        { uid: 'editor', name: 'editor', privileges: ['edit', { permission: 'own', organization: 'org_1' }] },
        system,
      );
      await store.grant(alice, [...given, 'held:everywhere'], system);
      await store.assign(alice, 'editor', { organization: 'org_1' }, system);
      await store.assign(bob, 'editor', {}, system);
      for (const [at, organization] of organizations.entries()) {
        const inFirst = at === 0 ? ['edit', 'own'] : [];
        await tried.holds(within(alice, organization), [`held:${at}`, 'held:everywhere', ...inFirst]);
        await tried.holds(within(bob, organization), at === 0 ? ['edit', 'own'] : ['edit']);
      }
      await tried.holds(alice, ['held:everywhere']);
      await store.deassign(within(alice, 'org_2'), 'editor', {}, system);
      await store.revoke(alice, { permission: 'held:1', organization: 'org_2' }, system);
      await tried.holds(within(alice, 'org_2'), ['held:everywhere']);
      await tried.holds(within(alice, 'org_1'), ['held:0', 'held:everywhere', 'edit', 'own']);
    },
  },
  {
    name: 'what is given for one API is held for no other',
    check: async (tried) => {
      const { store } = tried;
      const held: Privilege[] = [
        { permission: 'here', audience: api },
        { permission: 'there', audience: otherApi },
        { permission: 'anywhere' },
        { permission: 'anywhere', audience: otherApi, effect: 'deny' },
        { permission: 'oddly', audience: '__proto__' },
      ];
      await store.grant(alice, held, system);
      await store.putRole({ uid: 'editor', name: 'editor', privileges: held }, system);
      await store.assign(bob, 'editor', {}, system);
      for (const subject of [alice, bob]) {
        for (const audience of [[api], [otherApi], [api, otherApi], [`${api}/`], ['__proto__'], []]) {
          await tried.holds(subject, held, { audience });
        }
      }
    },
  },
  {
    name: 'a user and a client of the same id are two subjects',
    check: async (tried) => {
      const { store } = tried;
      await store.grant(user('app'), 'a', system);
      await store.grant(client('app'), 'b', system);
      await store.putRole({ uid: 'editor', name: 'editor', privileges: ['c'] }, system);
      await store.assign(client('app'), 'editor', {}, system);
      await tried.holds(user('app'), ['a']);
      await tried.holds(client('app'), ['b', 'c']);
      await store.revoke(user('app'), ['a', 'b'], system);
      await store.deassign(user('app'), 'editor', {}, system);
      await tried.recorded(client('app'), ['b'], [{ role: 'editor' }]);
      tried.same('`subjects`', (await store.subjects()).items, [{ issuer, id: 'app', kind: 'client' }]);
    },
  },
  {
    name: 'the same id at another issuer is another subject',
    only: { issuers: 'many' },
    check: async (tried) => {
      const { store } = tried;
      tried.true("`holdsForAnyIssuer` not to be true for issuers: 'many'", store.holdsForAnyIssuer !== true, 'true');
      const issuers = [
        issuer,
        'https://issuer.example',
        'https://ISSUER.example/',
        'https://other.example/',
        '__proto__',
      ];
      const subjects = issuers.map((other): Subject => ({ ...alice, issuer: other }));
      await store.putRole({ uid: 'editor', name: 'editor', privileges: ['edit'] }, system);
      for (const [at, subject] of subjects.entries()) await store.grant(subject, `held:${at}`, system);
      await store.assign({ ...alice, issuer: 'https://other.example/' }, 'editor', {}, system);
      for (const [at, subject] of subjects.entries())
        await tried.holds(subject, [`held:${at}`, ...(at === 3 ? ['edit'] : [])]);
      tried.sameSet('`subjects`', (await store.subjects()).items, subjects);
      await store.revoke(alice, 'held:3', system);
      await store.deassign(alice, 'editor', {}, system);
      await tried.holds({ ...alice, issuer: 'https://other.example/' }, ['held:3', 'edit']);
    },
  },
  {
    name: 'a store that does not look at the issuer says so',
    only: { issuers: 'any' },
    check: async (tried) => {
      tried.true("`holdsForAnyIssuer` to be true for issuers: 'any'", tried.store.holdsForAnyIssuer === true, 'false');
      await tried.store.grant(alice, 'a', system);
      await tried.holds({ ...alice, issuer: 'https://other.example/' }, ['a']);
    },
  },
];
