// What a route can ask, and what is refused when it is made rather than answered yes on a request.

import { describe, expect, it } from '@jest/globals';
import { allOf, anyOf, anywhere, definePermissions, on, policy, type Requirement } from 'rightful';
import { session, storeOf } from './authorizing.ts';

const yes = policy('always', () => true);

/** TypeScript refuses most of these; JavaScript does not. */
const all = allOf as (...requirements: unknown[]) => Requirement;
const any = anyOf as (...requirements: unknown[]) => Requirement;

async function ask(requirement: unknown): Promise<boolean> {
  const one = session({ store: storeOf('*') });
  const decision = await one.decide({ scope: 'read:contacts write:contacts' }, requirement as Requirement);
  return decision.permit;
}

describe('a requirement', () => {
  it('is plain data, frozen', () => {
    const made = allOf('read:contacts', anyOf(on('users:read', 'users:id:{id}', { id: '7' }), anywhere('users:read')));
    expect(made).toEqual({
      allOf: [
        'read:contacts',
        {
          anyOf: [
            { permission: 'users:read', on: 'users:id:{id}', parameters: { id: '7' } },
            { permission: 'users:read', anywhere: true },
          ],
        },
      ],
    });
    expect(Object.isFrozen(made) && Object.isFrozen(made.allOf) && Object.isFrozen(made.allOf[1])).toBe(true);
  });

  it('is asked the same when it was written by hand', async () => {
    expect(await ask({ allOf: ['read:contacts', { anyOf: [{ permission: 'write:contacts', anywhere: true }] }] })).toBe(
      true,
    );
    expect(await ask({ permission: 'read:contacts', on: 'contacts:id:1' })).toBe(true);
  });

  it('keeps the parameters it was made with', async () => {
    const parameters = { id: '7' };
    const asked = on('users:read', 'users:id:{id}', parameters);
    parameters.id = '8';
    const one = session({ store: storeOf({ permission: 'users:read', on: 'users:id:7' }) });
    expect((await one.decide({ scope: 'users:read' }, asked)).permit).toBe(true);
  });

  const bad: [string, () => unknown][] = [
    ['allOf of nothing', () => all()],
    ['anyOf of nothing', () => any()],
    ['allOf of undefined', () => all(undefined)],
    ['anyOf of null', () => any('read:contacts', null)],
    ['allOf of an array in place of a requirement', () => all(['read:contacts'])],
    ['anyOf of an array in place of a requirement', () => any(['read:contacts', 'write:contacts'])],
    ['allOf of an empty name', () => all('')],
    ['allOf of a number', () => all(5)],
    ['allOf of a pattern', () => all('read:*')],
    ['anyOf of the administrator', () => any('*')],
    ['allOf of two names in one string', () => all('read:contacts write:contacts')],
    ['anyOf with a policy for a branch', () => any('read:contacts', yes)],
    ['anyOf with policies for a branch', () => any('read:contacts', allOf(yes, yes))],
    ['anyOf of policies', () => any(yes)],
    ['an empty group further down', () => all('read:contacts', { anyOf: [] })],
    ['a policy branch further down', () => all('read:contacts', { anyOf: [yes, 'read:contacts'] })],
    ['on without a permission', () => on('', 'users:id:1')],
    ['on for a pattern of permissions', () => on('users:*', 'users:id:1')],
    ['on without a resource', () => on('users:read', '')],
    ['on with null for a resource', () => on('users:read', null as unknown as string)],
    ['on with a list for a resource', () => on('users:read', ['users:id:1'] as unknown as string)],
    [
      'on with a list for parameters',
      () => on('users:read', 'users:id:{id}', ['1'] as unknown as Record<string, string>),
    ],
    ['on with null for parameters', () => on('users:read', 'users:id:{id}', null as unknown as Record<string, string>)],
    ['anywhere for nothing', () => anywhere(undefined as unknown as string)],
    ['anywhere for a pattern', () => anywhere('users:*')],
    ['a policy without a name', () => policy('', () => true)],
    ['a policy with a number for a name', () => policy(5 as unknown as string, () => true)],
    ['a policy without a test', () => policy('owns', undefined as unknown as () => true)],
    ['a policy with a value for a test', () => policy('owns', true as unknown as () => true)],
  ];

  it.each(bad)('cannot be made as %s: TypeError (S7)', (_, make) => {
    expect(make).toThrow(TypeError);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an empty name', ''],
    ['a number', 5],
    ['a list', ['read:contacts']],
    ['an empty list', []],
    ['an empty object', {}],
    ['a function', () => 'read:contacts'],
    ['a pattern', 'read:*'],
    ['a policy alone', yes],
    ['policies alone', allOf(yes, yes)],
    ['a permission on nothing', { permission: 'read:contacts' }],
    ['a permission on a resource and anywhere', { permission: 'read:contacts', on: 'contacts:1', anywhere: true }],
    ['anywhere that is not true', { permission: 'read:contacts', anywhere: 'yes' }],
    ['two groups at once', { allOf: ['read:contacts'], anyOf: ['read:contacts'] }],
    ['a permission and a group at once', { permission: 'read:contacts', anywhere: true, anyOf: ['write:contacts'] }],
    ['a group that is no list', { allOf: 'read:contacts' }],
    ['an empty group', { allOf: [] }],
    ['a group that only inherits its members', Object.create({ allOf: ['read:contacts'] })],
    ['a policy without a test', { allOf: ['read:contacts', { policy: 'owns' }] }],
  ])('cannot be asked as %s: TypeError (S7)', async (_, requirement) => {
    await expect(ask(requirement)).rejects.toThrow(TypeError);
  });

  it('asks no more and no less for a member that nobody knows', async () => {
    // What is left of a kind that was spread into another must not replace it.
    const forged = { policy: 'never', test: () => false, kind: 'all', parts: [] };
    expect(await ask({ allOf: ['read:contacts', { policy: 'never', test: () => false }] })).toBe(false);
    expect(await ask({ allOf: ['read:contacts', forged] }).catch(() => false)).toBe(false);
  });

  it('that names what the catalogue does not hold is refused when it is asked', async () => {
    const permissions = definePermissions({ 'read:contacts': 'See contacts' });
    const one = session({ permissions });
    const access = await one.access({ scope: 'read:contacts' });
    for (const asked of [
      'read:contact',
      on('toString', 'x'),
      anywhere('constructor'),
      allOf('read:contacts', '__proto__'),
    ]) {
      expect(() => one.authorizer.decide(access, asked as Requirement)).toThrow(TypeError);
    }
    expect(() => one.authorizer.decide(access, 'read:contacts')).not.toThrow();
  });
});

describe('the resource of on()', () => {
  const one = session({
    store: storeOf(
      { permission: 'users:read', on: 'users:*' },
      { permission: 'users:write', on: 'users:id:7' },
      'users:all',
    ),
  });
  const scope = 'users:read users:write users:all';

  async function permits(requirement: Requirement, params?: object): Promise<boolean> {
    const decision = await one.decide({ scope }, requirement, params === undefined ? {} : { params });
    if (!decision.permit) expect(decision.lacking).toBe('privilege');
    return decision.permit;
  }

  it('is filled in from the parameters of the route', async () => {
    const asked = on('users:write', 'users:id:{id}');
    expect(await permits(asked, { id: '7' })).toBe(true);
    expect(await permits(asked, { id: '8' })).toBe(false);
    expect(await permits(asked, { id: '70' })).toBe(false);
  });

  it('is filled in from the parameters given by hand, and then from those alone', async () => {
    expect(await permits(on('users:write', 'users:id:{id}', { id: '7' }), { id: '8' })).toBe(true);
    expect(await permits(on('users:write', 'users:id:{id}', { id: '8' }), { id: '7' })).toBe(false);
    expect(await permits(on('users:write', 'users:id:{id}', {}), { id: '7' })).toBe(false);
  });

  it('can have several places, and none', async () => {
    expect(await permits(on('users:write', 'users:{what}:{which}'), { what: 'id', which: '7' })).toBe(true);
    expect(await permits(on('users:write', '{kind}:id:{id}'), { kind: 'users', id: '7' })).toBe(true);
    expect(await permits(on('users:write', 'users:id:7'))).toBe(true);
    expect(await permits(on('users:write', 'users:{what}:{which}'), { what: 'id' })).toBe(false);
  });

  it('is text where it is filled in: a value is not a place again', async () => {
    expect(await permits(on('users:write', 'users:id:{id}'), { id: '{other}', other: '7' })).toBe(false);
  });

  // A holder of `users:*` or of everything would otherwise pass whatever the parameter is.
  it.each<[string, object | undefined]>([
    ['there are none', undefined],
    ['it is missing', { other: '7' }],
    ['it is undefined', { id: undefined }],
    ['it is null', { id: null }],
    ['it is empty', { id: '' }],
    ['it is a list', { id: ['7'] }],
    ['it is an object', { id: { toString: () => '7' } }],
    ['it is true', { id: true }],
    ['it holds *', { id: '*' }],
    ['it ends in *', { id: '7*' }],
    ['it holds ?', { id: '7?' }],
    ['it holds :', { id: '7:8' }],
    ['it holds /', { id: '7/permissions:delegate' }],
    ['it is inherited', Object.create({ id: '7' }) as object],
  ])('refuses a parameter when %s, whoever asks (403 insufficient_privilege)', async (_, params) => {
    const byRoute = (permission: string): Promise<boolean> => permits(on(permission, 'users:id:{id}'), params);
    expect([await byRoute('users:read'), await byRoute('users:write'), await byRoute('users:all')]).toEqual([
      false,
      false,
      false,
    ]);
    if (params === undefined) return;
    const byHand = on('users:all', 'users:id:{id}', { ...params });
    expect(await permits(byHand)).toBe(false);
  });

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
    'refuses the parameter {%s} that every object has',
    async (name) => {
      const asked = on('users:all', `users:id:{${name}}`);
      expect(await permits(asked, {})).toBe(false);
      expect(await permits(asked, { id: '7' })).toBe(false);
      expect(await permits(asked, { [name]: '7' })).toBe(true);
    },
  );

  it.each(['a.b', 'a~b', 'a%20b', 'a b', '{7', '7}', '\u00e4', '..', '-', '0'])('takes the value %j', async (id) => {
    expect(await permits(on('users:read', 'users:id:{id}'), { id })).toBe(true);
  });

  it.each(['users:id:{id', 'users:id:id}', '{', '}', 'users:}{', 'users:{id}:{'])(
    'has no brace without its other half: %s',
    (resource) => {
      expect(() => on('users:read', resource)).toThrow(TypeError);
    },
  );

  // Read as text it would be one resource whatever the request says, and a denial of users:id:7 would never be met.
  it('is no text with braces that are no place', () => {
    const templates = [
      'users:id:{id}}',
      'users:id:{{id}',
      'users:{{id}}',
      'users:id:{}',
      'users:{id}:}',
      'users:{a}b}',
    ];
    const misspelt = ['users:id:{user id}', 'users:id:{user.id}', 'users:id:{id:number}', 'users:id:{:id}'];
    const accepted = [...templates, ...misspelt].filter((resource) => {
      try {
        return Boolean(on('users:read', resource));
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return false;
      }
    });
    expect(accepted).toEqual([]);
  });
});
