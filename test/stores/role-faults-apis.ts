// Role stores that do wrong in who may overwrite what was read: records of APIs, and changes that rest on something.

import type { ApiInput, ChangeAllOptions, ChangedBy, RestedOn, RoleStore } from 'rightful/stores';
import type { Fault } from './role-faults.ts';

/** Each record of an API is put as something else. */
const puttingApi =
  (change: (api: ApiInput, store: RoleStore) => ApiInput | Promise<ApiInput>): Fault =>
  (store) => ({
    putApi: async (api: ApiInput, by: ChangedBy) => store.putApi(await change(api, store), by),
  });

/** The version there is, whatever was read. */
const asItIs = async (api: ApiInput, store: RoleStore): Promise<ApiInput> => {
  await new Promise(setImmediate);
  const there = await store.api(api.identifier);
  return there === undefined ? api : { ...api, version: there.version };
};

/** Changes rest on something else than they say. */
const restingOn =
  (change: (on: RestedOn) => unknown): Fault =>
  (store) => ({
    changeAll: async (changes: never, by: ChangedBy, options: ChangeAllOptions = {}) => {
      const { unlessChanged, ...others } = options;
      const rested = unlessChanged === undefined ? {} : { unlessChanged: change(unlessChanged) };
      return store.changeAll(changes, by, { ...others, ...(rested as ChangeAllOptions) });
    },
  });

const without =
  (name: keyof RestedOn) =>
  (on: RestedOn): RestedOn =>
    Object.fromEntries(Object.entries(on).filter(([one]) => one !== name));

export const apiFaults: [string, string, Fault][] = [
  ['overwrites APIs', 'an API that has changed since', puttingApi(asItIs)],
  [
    'does not say which version an API has',
    'an API that has changed since',
    (store) => ({
      putApi: async (api: ApiInput, by: ChangedBy) =>
        store.putApi(api, by).catch((error: { code: string }) => {
          throw Object.assign(new Error('conflict'), { code: error.code });
        }),
    }),
  ],
  [
    'brings back what was deleted',
    'an API that is deleted',
    puttingApi(async ({ version, ...api }, store) => {
      const isThere = (await store.api(api.identifier)) !== undefined;
      return { ...api, ...(isThere && version !== undefined && { version }) };
    }),
  ],
  [
    'lets all of them win',
    'of those who make or change the same version of an API',
    puttingApi(async (api, store) => asItIs(api, store)),
  ],
  ['rests on no revision', 'changes that rest on a revision', restingOn(without('revision'))],
  ['rests on no API', 'changes that rest on the version of an API', restingOn(without('apis'))],
  [
    'rests on APIs that there are alone',
    'changes that rest on the version of an API',
    restingOn(({ apis = {}, ...on }) => ({
      ...on,
      apis: Object.fromEntries(Object.entries(apis).filter(([, version]) => version > 0)),
    })),
  ],
  ['rests on no subject', 'changes that rest on what a subject was given', restingOn(without('subjects'))],
  [
    'rests on the first subject',
    'changes that rest on what a subject was given',
    restingOn(({ subjects = [], ...on }) => ({ ...on, subjects: subjects.slice(0, 1) })),
  ],
  ['lets all of them give', 'of those who give something', restingOn(without('subjects'))],
  [
    'rests on whatever it is told',
    'what changes rest on is checked',
    restingOn((on) => (typeof on === 'object' ? on : {})),
  ],
];

/** What another handle does wrong. */
export const apiFaultsOfHandles: [string, string, Fault][] = [
  ['overwrites what another one has written', 'of several handles that write', puttingApi(asItIs)],
];
