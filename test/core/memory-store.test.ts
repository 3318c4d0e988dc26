// Users, clients and roles as plain objects, and what the store makes of them.

import { describe, expect, it } from '@jest/globals';
import { allOf, definePermissions, type Privilege } from 'rightful';
import { memoryStore, type MemoryStoreOptions, type Subject } from 'rightful/stores';
import { issuer, session } from './authorizing.ts';

const alice: Subject = { issuer, id: 'auth0|alice', kind: 'user' };
const soon = Date.now() + 3_600_000;
const past = Date.now() - 1;

function held(options: MemoryStoreOptions, subject: Partial<Subject> = {}): Privilege[] {
  return [...(memoryStore(options).privilegesOf({ ...alice, ...subject }, { audience: [] }) as Privilege[])];
}

/** What alice may do of these, with every scope there is. */
async function may(options: MemoryStoreOptions, names: string[], claims = {}): Promise<string[]> {
  const access = await session({ store: memoryStore(options) }).access({
    sub: 'auth0|alice',
    scope: names.join(' '),
    ...claims,
  });
  return names.filter((name) => access.can(name));
}

describe('memoryStore', () => {
  it('answers with what is held directly and through roles, each with its source', () => {
    const privileges = held({
      users: {
        'auth0|alice': {
          permissions: ['read:contacts', { permission: 'users:read', on: 'users:id:7' }],
          roles: ['editor', { role: 'auditor', organization: 'org_1', expiresAt: soon }],
        },
      },
      roles: { editor: ['write:contacts'], auditor: [{ permission: 'logs:read', effect: 'deny' }] },
    });
    expect(privileges).toEqual([
      { permission: 'read:contacts', source: { kind: 'direct' } },
      { permission: 'users:read', on: 'users:id:7', source: { kind: 'direct' } },
      { permission: 'write:contacts', source: { kind: 'role', role: 'editor' } },
      {
        permission: 'logs:read',
        effect: 'deny',
        organization: 'org_1',
        expiresAt: soon,
        source: { kind: 'role', role: 'auditor', expiresAt: soon },
      },
    ]);
    expect(privileges.every((one) => Object.isFrozen(one) && Object.isFrozen(one.source))).toBe(true);
  });

  it('knows users by sub and clients by client id, and mixes them up never', () => {
    const options: MemoryStoreOptions = {
      users: { app: { permissions: ['a'] } },
      clients: { app: { permissions: ['b'] } },
    };
    expect(held(options, { id: 'app', kind: 'user' })).toMatchObject([{ permission: 'a' }]);
    expect(held(options, { id: 'app', kind: 'client' })).toMatchObject([{ permission: 'b' }]);
  });

  it.each(['nobody', 'toString', '__proto__', 'constructor', 'auth0|Alice', ' auth0|alice'])(
    'holds nothing for %s',
    (id) => {
      expect(held({ users: { 'auth0|alice': { permissions: ['a'] } } }, { id })).toEqual([]);
    },
  );

  it('holds for the users of its issuer only, where it has one (S17)', () => {
    const users = { 'auth0|alice': { permissions: ['a'] } };
    expect(held({ issuer, users })).toHaveLength(1);
    expect(held({ issuer: 'https://issuer.example', users })).toEqual([]);
    expect(held({ users }, { issuer: 'https://other.example' })).toHaveLength(1);
  });

  it('keeps two issuers with the same sub apart (S17)', async () => {
    const other = 'https://other.example';
    const store = memoryStore({ issuer, users: { 'auth0|alice': { permissions: ['a'] } } });
    const one = session({ store, issuer: [issuer, other] });
    expect((await one.access({ sub: 'auth0|alice', scope: 'a' })).can('a')).toBe(true);
    expect((await one.access({ iss: other, sub: 'auth0|alice', scope: 'a' })).can('a')).toBe(false);
  });

  it('gives a role until its assignment ends', async () => {
    const until = (expiresAt?: number): MemoryStoreOptions => ({
      users: { 'auth0|alice': { roles: [expiresAt === undefined ? 'editor' : { role: 'editor', expiresAt }] } },
      roles: { editor: ['a', { permission: 'b', expiresAt: past }, { permission: 'c', expiresAt: soon }] },
    });
    expect(await may(until(), ['a', 'b', 'c'])).toEqual(['a', 'c']);
    expect(await may(until(soon), ['a', 'b', 'c'])).toEqual(['a', 'c']);
    expect(await may(until(past), ['a', 'b', 'c'])).toEqual([]);
  });

  it('ends a privilege by whichever comes first, its own end or its role’s', () => {
    const roles = { editor: [{ permission: 'a', expiresAt: 500 }] };
    const of = (expiresAt: number): unknown =>
      held({ roles, users: { 'auth0|alice': { roles: [{ role: 'editor', expiresAt }] } } });
    expect([of(400), of(600)]).toMatchObject([[{ expiresAt: 400 }], [{ expiresAt: 500 }]]);
  });

  it('gives a role in its organization, and one without in every one', async () => {
    const options: MemoryStoreOptions = {
      users: {
        'auth0|alice': {
          permissions: [{ permission: 'direct', organization: 'org_1' }],
          roles: [{ role: 'editor', organization: 'org_1' }, 'reader'],
        },
      },
      roles: { editor: ['edit', { permission: 'elsewhere', organization: 'org_2' }], reader: ['read'] },
    };
    const names = ['direct', 'edit', 'elsewhere', 'read'];
    expect(await may(options, names, { org_id: 'org_1' })).toEqual(['direct', 'edit', 'read']);
    expect(await may(options, names, { org_id: 'org_2' })).toEqual(['read']);
    expect(await may(options, names)).toEqual(['read']);
  });

  it('denies through a role as it grants', async () => {
    const options: MemoryStoreOptions = {
      users: { 'auth0|alice': { permissions: ['a', 'b'], roles: ['suspended'] } },
      roles: { suspended: [{ permission: 'a', effect: 'deny' }] },
    };
    expect(await may(options, ['a', 'b'])).toEqual(['b']);
  });

  it('holds patterns, which the catalogue expands (S10)', async () => {
    const permissions = definePermissions({ 'read:contacts': 'See', 'write:contacts': 'Change' });
    const store = memoryStore({ users: { alice: { permissions: ['read:*'] } } });
    const scope = 'read:contacts write:contacts';
    const [having, without] = [session({ store, permissions }), session({ store })];
    expect(await having.decide({ scope }, 'read:contacts')).toMatchObject({ permit: true });
    expect(await having.decide({ scope }, allOf('read:contacts', 'write:contacts'))).toMatchObject({ permit: false });
    expect(await without.decide({ scope }, 'read:contacts')).toMatchObject({ lacking: 'privilege' });
  });

  it('keeps its own copy', () => {
    const permissions = ['a'];
    const users = { 'auth0|alice': { permissions } };
    const store = memoryStore({ users });
    permissions.push('b');
    const answer = store.privilegesOf(alice, { audience: [] }) as Privilege[];
    expect(answer).toHaveLength(1);
    expect(() => answer.push({ permission: 'b' })).toThrow(TypeError);
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /`options`/u],
    ['an unknown member', { user: {} }, /`user`/u],
    ['an empty issuer', { issuer: '' }, /`issuer`/u],
    ['users that are a list', { users: ['alice'] }, /`users`.*got a list/u],
    ['a user that is a list', { users: { alice: ['a'] } }, /users\['alice'\]/u],
    ['an unknown member of a user', { users: { alice: { privileges: [] } } }, /`privileges`.*users\['alice'\]/u],
    ['permissions in one string', { users: { alice: { permissions: 'a b' } } }, /users\['alice'\]\.permissions/u],
    [
      'an empty permission',
      { users: { alice: { permissions: [''] } } },
      /permission.*users\['alice'\]\.permissions\[0\]/u,
    ],
    [
      'an unknown member of a privilege',
      { users: { alice: { permissions: [{ permission: 'a', scope: '*' }] } } },
      /`scope`.*permissions\[0\]/u,
    ],
    [
      'null for `on`',
      { users: { alice: { permissions: ['b', { permission: 'a', on: null }] } } },
      /`on`.*permissions\[1\]/u,
    ],
    [
      'another effect',
      { clients: { app: { permissions: [{ permission: 'a', effect: 'allow' }] } } },
      /`effect`.*clients\['app'\]/u,
    ],
    [
      'NaN for an end',
      { users: { alice: { permissions: [{ permission: 'a', expiresAt: Number.NaN }] } } },
      /`expiresAt`/u,
    ],
    ['an unknown role', { users: { alice: { roles: ['editor'] } } }, /users\['alice'\]\.roles.*got "editor"/u],
    [
      'a role that every object has',
      { users: { alice: { roles: ['toString'] } }, roles: {} },
      /roles.*got "toString"/u,
    ],
    [
      'an unknown role of a client',
      { clients: { app: { roles: [{ role: 'editor' }] } } },
      /clients\['app'\]\.roles.*got "editor"/u,
    ],
    ['a role in capitals', { users: { alice: { roles: ['Editor'] } }, roles: { editor: [] } }, /got "Editor"/u],
    [
      'roles in one string',
      { users: { alice: { roles: 'editor' } }, roles: { editor: ['a'] } },
      /users\['alice'\]\.roles/u,
    ],
    [
      'an unknown member of an assignment',
      { users: { alice: { roles: [{ role: 'editor', until: 5 }] } }, roles: { editor: ['a'] } },
      /`until`/u,
    ],
    [
      'an end that is a string',
      { users: { alice: { roles: [{ role: 'editor', expiresAt: '2030' }] } }, roles: { editor: ['a'] } },
      /expiresAt/u,
    ],
    [
      'null for an organization',
      { users: { alice: { roles: [{ role: 'editor', organization: null }] } }, roles: { editor: ['a'] } },
      /organization/u,
    ],
    ['a role that is no list', { roles: { editor: 'a' } }, /roles\['editor'\]/u],
    ['a role with a bad privilege', { roles: { editor: ['a', 5] } }, /roles\['editor'\]\[1\]/u],
  ])('refuses %s: TypeError', (_, options, message) => {
    expect(() => memoryStore(options as MemoryStoreOptions)).toThrow(TypeError);
    expect(() => memoryStore(options as MemoryStoreOptions)).toThrow(message);
  });

  it('refuses a bad assignment also of a role that holds nothing, or nothing there', () => {
    const bad = [{ expiresAt: '2030' }, { expiresAt: Number.NaN }, { organization: 5 }];
    const accepted = bad.flatMap((wrong) =>
      [[], [{ permission: 'a', organization: 'org_2' }]].filter((editor) => {
        const assignment = { organization: 'org_1', ...wrong, role: 'editor' };
        const options = { users: { alice: { roles: [assignment] } }, roles: { editor } };
        try {
          return Boolean(memoryStore(options as MemoryStoreOptions));
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          return false;
        }
      }),
    );
    expect(accepted).toEqual([]);
  });
});
