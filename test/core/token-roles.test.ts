// Roles that a token names give what the store's roles hold that stand behind these names, and nothing else.

import { describe, expect, it } from '@jest/globals';
import { definePermissions, type Privilege } from 'rightful';
import { memoryStore, withCache, type MemoryStoreOptions } from 'rightful/stores';
import { issuer, session, storeOf, type Options } from './authorizing.ts';

const roles: NonNullable<MemoryStoreOptions['roles']> = {
  editor: ['read', 'write'],
  chief: { permissions: ['delete'], inherits: ['editor'] },
  seven: [{ permission: 'read', on: 'users:id:7' }],
  there: [{ permission: 'read', organization: 'acme' }],
  suspended: [{ permission: 'write', effect: 'deny' }],
  all: ['*'],
  readers: ['rea*'],
  past: [{ permission: 'read', expiresAt: 1 }],
};
const roleNames = {
  Editors: 'editor',
  Chiefs: 'chief',
  Sevens: 'seven',
  There: 'there',
  Suspended: 'suspended',
  Everything: 'all',
  Readers: 'readers',
  Past: 'past',
  Several: ['seven', 'editor'],
  Gone: 'no-such-role',
};
const scope = 'read write delete';

interface Case {
  readonly held?: (Privilege | string)[];
  readonly claims?: Record<string, unknown>;
  readonly options?: Options;
}

async function may(names: unknown, { held = [], claims = {}, options = {} }: Case = {}): Promise<string[]> {
  const store = memoryStore({ issuer, roles, users: { alice: { permissions: held } } });
  const one = session({ store, claims: { roles: ['realm_access', 'roles'] }, roleNames, ...options });
  const access = await one.access({ scope, realm_access: { roles: names }, ...claims });
  return scope.split(' ').filter((name) => access.can(name));
}

describe('the roles that a token names', () => {
  it.each<[string, unknown, Case, string[]]>([
    ['give what the store’s role holds', ['Editors'], {}, ['read', 'write']],
    ['give what it inherits', ['Chiefs'], {}, ['read', 'write', 'delete']],
    ['may be one name', 'Editors', {}, ['read', 'write']],
    ['may stand for several', ['Several'], {}, ['read', 'write']],
    ['add to what the store holds', ['Editors'], { held: ['delete'] }, ['read', 'write', 'delete']],
    [
      'never widen what the store restricts',
      ['Editors'],
      { held: [{ permission: 'read', on: 'users:id:7' }] },
      ['write'],
    ],
    ['never lift a denial', ['Editors'], { held: [{ permission: 'write', effect: 'deny' }] }, ['read']],
    ['may deny', ['Suspended'], { held: ['read', 'write'] }, ['read']],
    ['may give everything', ['Everything'], {}, ['read', 'write', 'delete']],
    ['give nothing by a name that nobody maps', ['editor', 'Admins'], {}, []],
    ['give nothing by a role that there is not', ['Gone'], {}, []],
    ['give nothing by inherited names', ['__proto__', 'constructor', 'toString'], {}, []],
    ['give nothing in a list with something else in it', ['Editors', 7], {}, []],
    ['give nothing as anything else', { Editors: true }, {}, []],
    ['give nothing that has expired', ['Past'], {}, []],
    ['give in an organization what is held there', ['There'], { claims: { org_id: 'acme' } }, ['read']],
    ['give in no other what is held there', ['There'], { claims: { org_id: 'globex' } }, []],
    ['count for nothing where claims do not', ['Editors'], { options: { permissionsClaim: 'ignored' } }, []],
    [
      'count for nothing in the token of a machine',
      ['Editors'],
      { claims: { sub: 'app@clients', scope: undefined } },
      [],
    ],
  ])('%s', async (_, names, given, expected) => {
    expect(await may(names, given)).toEqual(expected);
  });

  it('give a pattern only beside what the store holds, as far as the catalogue knows the names', async () => {
    const permissions = definePermissions({ read: 'Read', write: 'Write', delete: 'Delete' });
    const held = [{ permission: 'read', on: 'users:id:7' }];
    expect(await may(['Everything'], { held, options: { permissions } })).toEqual(['write', 'delete']);
    expect(await may(['Everything'], { held })).toEqual([]);
    expect(await may(['Readers'], { held: ['write'], options: { permissions } })).toEqual(['read', 'write']);
  });

  it('say in reasons where they come from', async () => {
    const store = memoryStore({ issuer, roles });
    const one = session({ store, claims: { roles: 'groups' }, roleNames });
    const decision = await one.decide({ scope, groups: ['Chiefs'] }, 'read');
    expect(decision.because).toMatchObject([{ granted: [{ source: { kind: 'role', role: 'editor', via: 'chief' } }] }]);
  });

  it('act as the role is now, through a cache too', async () => {
    const store = memoryStore({ issuer, roles });
    const cached = withCache(store);
    const one = session({ store: cached, claims: { roles: 'groups' }, roleNames });
    const can = async (): Promise<boolean> => (await one.access({ scope, groups: ['Editors'] })).can('write');
    expect([await can(), await can()]).toEqual([true, true]);
    expect(cached.statistics()).toMatchObject({ loads: 2, hits: 2 });
    await store.putRole({ uid: 'editor', name: 'editor', version: 1, privileges: ['read'] }, { system: 'test' });
    expect(await can()).toBe(false);
    await store.putRole({ uid: 'editor', name: 'editor', version: 2, privileges: ['write'] }, { system: 'test' });
    expect(await can()).toBe(true);
  });

  it.each([[['globex', 'acme']], [['acme', 'globex']]])(
    'are put together anew in each organization: %s',
    async (order) => {
      const held = [{ permission: 'read', on: 'users:id:7', organization: 'acme' }];
      const store = memoryStore({ issuer, roles, users: { alice: { permissions: held } } });
      const one = session({ store, claims: { roles: 'groups' }, roleNames });
      const found: Record<string, boolean> = {};
      for (const org_id of order)
        found[org_id] = (await one.access({ scope, groups: ['Editors'], org_id })).can('read');
      expect(found).toEqual({ globex: true, acme: false });
    },
  );

  it('are put together anew where a store writes to a list that it gave', async () => {
    const lists: Record<string, Privilege[]> = { own: [{ permission: 'write' }], role: [{ permission: 'read' }] };
    const store = { privilegesOf: () => lists['own']!, privilegesOfRole: () => lists['role']! };
    const one = session({ store, claims: { roles: 'groups' }, roleNames });
    const can = async (): Promise<string[]> => {
      const access = await one.access({ scope, groups: ['Editors'] });
      return scope.split(' ').filter((name) => access.can(name));
    };
    expect(await can()).toEqual(['read', 'write']);
    lists['own']!.pop();
    expect(await can()).toEqual(['read']);
    lists['role']!.pop();
    expect(await can()).toEqual([]);
  });

  it('are asked in the organization of the token, through a cache too', async () => {
    const store = withCache(memoryStore({ issuer, roles }));
    const one = session({ store, claims: { roles: 'groups' }, roleNames });
    const can = async (org_id: string): Promise<boolean> =>
      (await one.access({ scope, groups: ['There'], org_id })).can('read');
    expect([await can('acme'), await can('globex'), await can('acme')]).toEqual([true, false, true]);
  });

  it('give and deny as soon as there is a role that was none, through a cache too', async () => {
    const store = memoryStore({ issuer, users: { alice: { permissions: ['read'] } } });
    const one = session({ store: withCache(store), claims: { roles: 'groups' }, roleNames });
    const can = async (): Promise<boolean> => (await one.access({ scope, groups: ['Editors'] })).can('read');
    expect(await can()).toBe(true);
    const privileges = [{ permission: 'read', effect: 'deny' as const }];
    await store.putRole({ uid: 'editor', name: 'editor', privileges }, { system: 'test' });
    expect(await can()).toBe(false);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['says nothing', () => undefined],
    ['says nonsense', () => ['read']],
  ])('are a 503 where the store %s, and nothing is left unhandled', async (_, privilegesOfRole) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const store = { privilegesOf: async () => Promise.reject(new Error('down too')), privilegesOfRole };
    const one = session({ store: store as never, claims: { roles: 'groups' }, roleNames });
    expect(await one.outcome({ scope, groups: ['Editors'] })).toBe('unavailable');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('come back once a restricting privilege has ended', async () => {
    const ends = Date.now() + 60;
    const held = [{ permission: 'read', on: 'users:id:7', expiresAt: ends }];
    const store = memoryStore({ issuer, roles, users: { alice: { permissions: held } } });
    const one = session({ store, claims: { roles: 'groups' }, roleNames });
    const can = async (): Promise<boolean> => (await one.access({ scope, groups: ['Editors'] })).can('read');
    expect(await can()).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, ends - Date.now() + 5));
    expect(await can()).toBe(true);
  });

  it.each<[string, Options]>([
    ['names without a claim', { roleNames }],
    ['a claim without names', { claims: { roles: 'groups' } }],
    ['no store', { claims: { roles: 'groups' }, roleNames, store: undefined as never }],
    ['a store that knows no roles', { claims: { roles: 'groups' }, roleNames, store: storeOf('a') }],
    ['the claim as a limit', { claims: { roles: 'groups' }, roleNames, permissionsClaim: 'limits' }],
    ['names that are a list', { claims: { roles: 'groups' }, roleNames: [] as never }],
    ['a name of nothing', { claims: { roles: 'groups' }, roleNames: { a: [] } }],
    ['a name of a number', { claims: { roles: 'groups' }, roleNames: { a: 7 as never } }],
  ])('refuses %s: TypeError', (_, options) => {
    expect(() => session({ store: memoryStore({ issuer }), ...options })).toThrow(TypeError);
  });
});

it('a store that reads patterns otherwise than the authorizer is refused: TypeError', () => {
  const store = memoryStore({ issuer, dialect: 'glob' });
  expect(() => session({ store })).toThrow(/`dialect`.*'glob'/);
  expect(() => session({ store: withCache(store) })).toThrow(/`dialect`/);
  expect(() => session({ store: withCache(store), dialect: 'glob' })).not.toThrow();
});
