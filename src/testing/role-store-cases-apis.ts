// The record of an API: made once, and changed by who has read it.

import type { RoleStore } from '../core/role-store.ts';
import { api, system } from './role-store-cases-cast.ts';
import type { RoleRule } from './role-store-cases-scene.ts';
import type { TriedRoleStore } from './role-store-cases-tried.ts';
import { numbers } from './role-store-cases-writers.ts';

const conflict = 'api_version_conflict';
const contacts = { identifier: api, name: 'Contacts', permissions: [{ name: 'a' }] };

export const apiRules: readonly RoleRule[] = [
  {
    name: 'an API that has changed since it was read is not replaced',
    check: async (tried) => {
      const { store } = tried;
      await store.putApi(contacts, system);
      await store.putApi({ ...contacts, version: 1, name: 'People' }, system);
      await tried.unchanged(async () => {
        for (const version of [undefined, 0, 1]) {
          const sent = { ...contacts, ...(version !== undefined && { version }) };
          const error = await tried.refused(`version ${version}`, store.putApi(sent, system), conflict);
          tried.same('`version` of the error', error['version'], 2);
          tried.same('`api` of the error', error['api'], api);
        }
        const asItIs = { ...contacts, version: 1, name: 'People' };
        await tried.refused('an older version of the same', store.putApi(asItIs, system), conflict);
        await tried.refused(
          'one of several changes',
          store.changeAll([{ kind: 'put-api', api: contacts }], system),
          conflict,
        );
      });
      await store.putApi({ ...contacts, version: 9 }, system);
      tried.same('the version sent, where it is greater', (await store.api(api))?.version, 9);
    },
  },
  {
    name: 'an API that is deleted is made anew, and not by who has read it before',
    check: async (tried) => {
      const { store } = tried;
      await store.putApi({ ...contacts, version: 0 }, system);
      await store.deleteApi(api, system);
      await tried.unchanged(async () => {
        const sent = { ...contacts, version: 1, name: 'People' };
        const error = await tried.refused('what was read', store.putApi(sent, system), conflict);
        tried.same('`version` of the error', error['version'], 0);
      });
      await store.putApi(contacts, system);
      tried.same('the API', await store.api(api), { ...contacts, version: 1 });
    },
  },
  {
    name: 'of those who make or change the same version of an API at the same time one does, and the others are told',
    check: (tried) => sameVersionOfApi(tried, [tried.store]),
  },
  {
    name: 'of several handles that write the same version of an API one does, and the others are told',
    only: { handles: 'several' },
    check: async (tried) =>
      sameVersionOfApi(tried, [tried.store, (await tried.reopened()).store, (await tried.reopened()).store]),
  },
];

async function sameVersionOfApi(tried: TriedRoleStore, stores: readonly RoleStore[]): Promise<void> {
  for (const version of [0, 1, 2]) {
    const attempts = numbers(10).map((at) => {
      const sent = { ...contacts, ...(version > 0 && { version }), name: `number ${at} of ${version}` };
      return (stores[at % stores.length] ?? tried.store).putApi(sent, system);
    });
    const outcomes = await Promise.allSettled(attempts);
    const won = numbers(10).filter((at) => outcomes[at]?.status === 'fulfilled');
    tried.same('how many write it', won.length, 1);
    for (const [at, attempt] of attempts.entries()) {
      if (!won.includes(at)) await tried.refused('another one', attempt, conflict);
    }
    const written = { ...contacts, name: `number ${won[0]} of ${version}`, version: version + 1 };
    await tried.eventually(async () => tried.same('the API', await tried.store.api(api), written));
  }
  tried.same('how many changes are remembered', (await tried.store.audit()).total, 3);
}
