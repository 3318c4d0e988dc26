// Role stores that do wrong in who may change what.

import type { ChangedBy, Privilege, PrivilegeInput, RoleInput, Subject } from 'rightful/stores';
import { createTestAccess } from 'rightful/testing';
import { system, list, changing, permitting, withoutCeiling, refusing } from './role-faults.ts';
import type { Fault } from './role-faults.ts';

const names = 'nobody gives a permission';

const kept = 'a role whose name is kept for code';

export const ceilingFaults: [string, string, Fault][] = [
  ['lets people change what code keeps', kept, permitting('role_reserved')],
  [
    'lets people make what code keeps',
    kept,
    changing((change, name, store, given) =>
      change().catch((error: unknown) => {
        const [role] = given as [RoleInput];
        if (name !== 'putRole' || !(error instanceof TypeError) || !role.name.startsWith('MANAGED:')) throw error;
        return store.putRole(role, system);
      }),
    ),
  ],
  ['has no ceiling', names, withoutCeiling(() => true)],
  [
    'passes over the other names that who makes a change knows',
    'whoever makes a change and knows other names',
    (store) => ({
      grant: (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) => {
        return store.grant(subject, privilege, 'access' in by ? { access: by.access } : by);
      },
    }),
  ],
  [
    'asks for the first of a list only',
    names,
    refusing('beyond_ceiling', (error) =>
      Object.assign(new Error('beyond'), {
        code: error['code'],
        missing: (error['missing'] as Privilege[]).slice(0, 1),
      }),
    ),
  ],
  [
    'does not say what is missing',
    names,
    refusing('beyond_ceiling', ({ code }) => Object.assign(new Error('beyond'), { code, missing: [] })),
  ],
  [
    'gives a part of what is asked for',
    names,
    changing((change, name, store, given) =>
      change().catch(async (error: { code?: string; missing: Privilege[] }) => {
        if (error.code === 'beyond_ceiling' && name === 'grant') {
          const missing = error.missing.map((one) => JSON.stringify(one));
          const rest = list(given[1] as PrivilegeInput).filter((one) => !missing.includes(JSON.stringify(one)));
          if (rest.length > 0)
            await store.grant(
              given[0] as Subject,
              rest.map((one) => ({ ...one, expiresAt: 5_000_000_000_000 })),
              system,
            );
        }
        throw error;
      }),
    ),
  ],
  [
    "gives '*' to who has '**'",
    names,
    withoutCeiling(
      (_name, missing, held) =>
        missing.every(({ permission }) => permission === '*') && held.some(({ permission }) => permission === '**'),
    ),
  ],
  [
    'gives a pattern to who has one name of it',
    names,
    withoutCeiling(
      (_name, missing, held) =>
        missing.every(({ permission }) => permission.endsWith(':*')) &&
        held.some(({ permission }) => permission === 'b:c'),
    ),
  ],
  [
    'gives all resources to who has some',
    'nobody gives a resource',
    withoutCeiling((_name, missing) => missing.every(({ on }) => on === undefined)),
  ],
  [
    'gives no resource to who has one',
    'nobody gives a resource',
    withoutCeiling((_name, missing) => missing.some(({ on }) => on === '')),
  ],
  [
    'adds single resources up',
    'nobody gives a resource',
    withoutCeiling(
      (_name, [one], held) => one?.on === 'x:*' && held.filter(({ on }) => on?.startsWith('x:')).length === 2,
    ),
  ],
  [
    'gives in other organizations',
    'nobody gives in an organization',
    withoutCeiling((_name, missing) => missing.some(({ organization }) => organization !== undefined)),
  ],
  [
    'gives everywhere what is held in one organization',
    'nobody gives in an organization',
    withoutCeiling(
      (_name, missing, held) =>
        missing.every(({ organization }) => organization === undefined) &&
        held.every(({ organization }) => organization !== undefined),
    ),
  ],
  [
    'gives for other APIs',
    'nobody gives in an organization',
    withoutCeiling((_name, missing) => missing.some(({ audience }) => audience !== undefined)),
  ],
  [
    'does not look at the denials of who gives',
    'what is denied to somebody',
    withoutCeiling(
      (_name, missing, held) =>
        missing.every(({ effect }) => effect === undefined) && held.some(({ effect }) => effect === 'deny'),
    ),
  ],
  [
    'gives for longer',
    'nobody gives for longer',
    withoutCeiling((_name, missing) => missing.every(({ expiresAt }) => expiresAt !== undefined)),
  ],
  [
    'gives for good what ends',
    'nobody gives for longer',
    withoutCeiling(
      (_name, missing, held) =>
        missing.every(({ expiresAt }) => expiresAt === undefined) &&
        held.some(({ expiresAt }) => expiresAt !== undefined),
    ),
  ],
  [
    'lets everybody deny',
    'what is denied to somebody',
    withoutCeiling((name, missing) => name === 'grant' && missing.every(({ effect }) => effect === 'deny')),
  ],
  ['lets everybody revoke', 'nobody revokes', withoutCeiling((name) => name === 'revoke')],
  [
    'lets everybody lift denials',
    'nobody revokes',
    withoutCeiling((name, missing) => name === 'revoke' && missing.every(({ effect }) => effect === 'deny')),
  ],
  [
    'takes a client for the user of that id',
    'what counts is what the very subject holds',
    (store) => ({
      grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) =>
        store.grant(
          subject,
          privilege,
          'subject' in by && by.subject.kind === 'client'
            ? createTestAccess({ subject: { ...by.subject, kind: 'user' } })
            : by,
        ),
    }),
  ],
  ['lets everybody assign', 'nobody assigns or deassigns', withoutCeiling((name) => name === 'assign')],
  ['lets everybody deassign', 'nobody assigns or deassigns', withoutCeiling((name) => name === 'deassign')],
  [
    'assigns in every organization what is had in one',
    'who has a role gives',
    withoutCeiling(
      (name, missing) => name === 'assign' && missing.every(({ organization }) => organization === undefined),
    ),
  ],
  [
    'does not count what roles give',
    'who has a role gives',
    (store) => ({
      grant: async (subject: Subject, privilege: PrivilegeInput, by: ChangedBy) => {
        const own = 'subject' in by ? (await store.subject(by.subject)).privileges : [];
        if ('subject' in by && own.length === 0)
          throw Object.assign(new Error('beyond'), { code: 'beyond_ceiling', missing: list(privilege) });
        return store.grant(subject, privilege, by);
      },
    }),
  ],
  [
    'looks at what a role will give only',
    'nobody writes a role',
    (store) => ({
      putRole: async (role: RoleInput, by: ChangedBy) =>
        store.putRole(role, by).catch(async (error: { code?: string; missing: Privilege[] }) => {
          const after = new Set(role.privileges.map((one) => (typeof one === 'string' ? one : one.permission)));
          if (
            error.code !== 'beyond_ceiling' ||
            error.missing.some(({ permission }) => after.has(permission)) ||
            role.inherits?.length === 0
          )
            throw error;
          return store.putRole(role, system);
        }),
    }),
  ],
  ['lets everybody delete roles', 'nobody writes a role', withoutCeiling((name) => name === 'deleteRole')],
  ['lets everybody write APIs', 'nobody writes an API', withoutCeiling((name) => name === 'putApi')],
  [
    'lets nobody write APIs',
    'who holds everything',
    (store) => ({
      putApi: async (api: never, by: ChangedBy) => {
        if (!('system' in by)) throw Object.assign(new Error('beyond'), { code: 'beyond_ceiling', missing: [] });
        return store.putApi(api, by);
      },
    }),
  ],
  [
    'believes the token',
    'what the token of an Access says',
    changing((change, name, store, given) =>
      change().catch((error: { code?: string; missing: Privilege[] }) => {
        const access = given.at(-1) as { privileges?: { has(name: string): boolean } };
        if (
          error.code !== 'beyond_ceiling' ||
          !error.missing.every(({ permission }) => access.privileges?.has(permission))
        )
          throw error;
        return (store[name] as (...all: unknown[]) => Promise<number>)(...given.slice(0, -1), system);
      }),
    ),
  ],
  [
    'believes what looks like an Access',
    'what is not an Access',
    changing((change, name, store, given) =>
      change().catch((error: Error) => {
        const by = given.at(-1) as { subject?: Subject } | undefined;
        if (!(error instanceof TypeError) || by?.subject?.id !== 'admin' || !('can' in by)) throw error;
        return (store[name] as (...all: unknown[]) => Promise<number>)(
          ...given.slice(0, -1),
          createTestAccess({ subject: by.subject }),
        );
      }),
    ),
  ],
  [
    'needs nobody to make a change',
    'what is not an Access',
    changing((change, name, store, given) =>
      given.at(-1) === undefined
        ? (store[name] as (...all: unknown[]) => Promise<number>)(...given.slice(0, -1), system)
        : change(),
    ),
  ],
];
