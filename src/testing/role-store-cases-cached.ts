// A cache over a role store, which relies on what the store tells.

import type { Privilege, Subject } from '../core/privilege.ts';
import type { RoleInput } from '../core/role-store.ts';
import { withCache } from '../stores/cache.ts';
import { alice, api, bob, carol, inHours, otherApi, system, within, role } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import type { TriedRoleStore } from './role-store-cases-tried.ts';

export const cachedRules: readonly RoleRule[] = [
  {
    name: 'a cache over the store serves nothing that was true before a change of a subject',
    check: async (tried) => {
      const { store } = tried;
      const cached = new Cached(tried);
      const end = inHours(1);
      const inOne = within(alice, 'org_1');
      await store.putRole(role('editor', ['e']), system);
      await cached.holds(alice, []);
      await cached.holds(inOne, []);
      await store.grant(alice, 'a', system);
      await cached.holds(alice, ['a']);
      await store.grant(alice, { permission: 'a', expiresAt: end }, system);
      await cached.holds(alice, [{ permission: 'a', expiresAt: end }]);
      await store.grant(alice, { permission: 'a', expiresAt: end + 1 }, system);
      await cached.holds(inOne, [{ permission: 'a', expiresAt: end + 1 }]);
      await store.assign(inOne, 'editor', { expiresAt: end }, system);
      await cached.holds(inOne, [
        { permission: 'a', expiresAt: end + 1 },
        { permission: 'e', expiresAt: end },
      ]);
      await store.assign(inOne, 'editor', { expiresAt: 1 }, system);
      await cached.holds(inOne, [{ permission: 'a', expiresAt: end + 1 }]);
      await store.assign(inOne, 'editor', {}, system);
      await cached.holds(inOne, [{ permission: 'a', expiresAt: end + 1 }, 'e']);
      await store.deassign(inOne, 'editor', {}, system);
      await store.revoke(alice, 'a', system);
      await cached.holds(alice, []);
      await cached.holds(inOne, []);
      await cached.close();
    },
  },
  {
    name: 'a cache over the store serves nothing that was true before a change of a role',
    check: async (tried) => {
      const { store } = tried;
      const cached = new Cached(tried);
      await store.putRole(role('base', []), system);
      await store.putRole(role('middle', [], ['base']), system);
      await store.putRole(role('top', [], ['middle']), system);
      await store.assign(alice, 'top', {}, system);
      await store.assign(bob, 'base', {}, system);
      await store.assign(carol, 'builtin:admin', {}, system);
      await cached.all([], [], []);
      // What gives something for the first time is named in no answer yet.
      await store.putRole({ ...role('base', ['a']), version: 1 }, system);
      await cached.all(['a'], ['a'], []);
      await store.putRole({ ...role('middle', ['m'], ['base']), version: 1 }, system);
      await cached.all(['a', 'm'], ['a'], []);
      await store.putRole({ ...role('base', ['b', { permission: 'd', effect: 'deny' }]), version: 2 }, system);
      await cached.all(['b', 'm', { permission: 'd', effect: 'deny' }], ['b', { permission: 'd', effect: 'deny' }], []);
      await store.putRole({ ...role('builtin:viewer', [], ['top']), name: 'Built-in Viewer', version: 1 }, system);
      const whole: Privilege[] = [{ permission: 'b' }, { permission: 'm' }, { permission: 'd', effect: 'deny' }];
      await cached.all(whole, ['b', { permission: 'd', effect: 'deny' }], whole);
      await store.putRole({ ...role('middle', ['n']), version: 2 }, system);
      await cached.all(['n'], ['b', { permission: 'd', effect: 'deny' }], ['n']);
      await store.putRole({ ...role('middle', ['n'], ['base']), version: 3 }, system);
      await store.putRole({ ...role('base', []), version: 3 }, system);
      await cached.all(['n'], [], ['n']);
      await store.putRole({ ...role('base', ['o']), version: 4 }, system);
      await cached.all(['n', 'o'], ['o'], ['n', 'o']);
      await store.deleteRole('middle', { force: true }, system);
      await cached.all([], ['o'], []);
      await store.putRole({ ...role('top', [], ['base']), version: (await store.role('top'))?.version ?? 0 }, system);
      await cached.all(['o'], ['o'], ['o']);
      await store.deleteRole('base', { force: true }, system);
      await cached.all([], [], []);
      await cached.close();
    },
  },
  {
    name: 'a cache is not misled where a role gives something in an organization, for an API or again for the first time',
    check: async (tried) => {
      const { store } = tried;
      const cached = new Cached(tried);
      const asking = [undefined, 'org_1', 'org_2'].flatMap((organization) =>
        [alice, bob, carol].map((one) => (organization === undefined ? one : within(one, organization))),
      );
      const states: RoleInput['privileges'][] = [
        [{ permission: 'a', organization: 'org_1' }],
        [{ permission: 'b', organization: 'org_2' }],
        [
          { permission: 'b', organization: 'org_2' },
          { permission: 'c', audience: api },
        ],
        [{ permission: 'c', audience: otherApi }],
        [{ permission: 'd', expiresAt: 1 }],
        [
          { permission: 'd', expiresAt: 1 },
          { permission: 'e', effect: 'deny' },
        ],
        [{ permission: 'd', expiresAt: inHours(1) }],
        [],
        ['f'],
      ];
      await store.putRole(role('base', []), system);
      await store.putRole(role('top', [], [{ role: 'base', organization: 'org_1' }]), system);
      await store.assign(alice, 'base', {}, system);
      await store.assign(bob, 'top', {}, system);
      await store.assign(carol, 'base', { organization: 'org_2' }, system);
      const isHeld = ({ id, organization }: Subject): boolean =>
        id === alice.id || organization === (id === bob.id ? 'org_1' : 'org_2');
      for (const [at, privileges] of states.entries()) {
        for (const subject of asking)
          for (const audience of [[api], [otherApi]]) await cached.answer(subject, audience);
        await store.putRole({ ...role('base', privileges), version: at + 1 }, system);
        for (const subject of asking) {
          const held = isHeld(subject) ? privileges : [];
          for (const audience of [[api], [otherApi]]) await cached.holds(subject, held, audience);
        }
      }
      await cached.close();
    },
  },
];

/** Answers remembered for an hour, unless the store tells that they are no more. */
class Cached {
  readonly #tried: TriedRoleStore;
  readonly #store: ReturnType<typeof withCache>;

  constructor(tried: TriedRoleStore) {
    this.#tried = tried;
    const { store } = tried;
    // What closes the cache is not to close the store.
    this.#store = withCache(
      {
        holdsForAnyIssuer: store.holdsForAnyIssuer === true,
        privilegesOf: (subject, options) => store.privilegesOf(subject, options),
        ...(store.onChange !== undefined && {
          onChange: (listener) => store.onChange?.(listener) ?? (() => undefined),
        }),
      },
      { maxAgeMs: 3_600_000, timeoutMs: 30_000 },
    );
  }

  answer(subject: Subject, audience: readonly string[] = [api]): Promise<unknown> {
    return this.#tried.answer(subject, audience, this.#store);
  }

  async holds(
    subject: Subject,
    held: readonly (Privilege | string)[],
    audience: readonly string[] = [api],
  ): Promise<void> {
    await this.#tried.holds(subject, held, { store: this.#store, audience });
  }

  async all(...held: readonly (readonly (Privilege | string)[])[]): Promise<void> {
    for (const [at, subject] of [alice, bob, carol].entries()) await this.holds(subject, held[at] ?? []);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
