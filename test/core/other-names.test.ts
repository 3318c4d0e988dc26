// One permission by whatever name: in the store, in scopes, in the claim, in requirements.

import { describe, expect, it } from '@jest/globals';
import {
  definePermissions,
  effectivePermissions,
  PermissionSet,
  type PermissionEntry,
  type Privilege,
  type Warning,
} from 'rightful';
import { session, storeOf } from './authorizing.ts';

const permissions = definePermissions({
  'org.users:read': { description: 'See users', aliases: ['org.users.read'], replaces: ['orgs.users:list'] },
  'org.users:write': { description: 'Change users', sensitive: true, gate: 'delegate' },
});
const names = ['org.users:read', 'org.users.read', 'orgs.users:list'];

describe('a permission with other names', () => {
  it('says what is said of it', () => {
    expect(permissions.names).toEqual(['org.users:read', 'org.users:write']);
    expect(permissions.definition('org.users:write')).toMatchObject({ sensitive: true, gate: 'delegate' });
    expect(names.map((name) => permissions.nameOf(name))).toEqual(Array(3).fill('org.users:read'));
    expect([permissions.has('org.users.read'), permissions.nameOf('org.users')]).toEqual([false, undefined]);
  });

  it.each(names.flatMap((held) => names.flatMap((scope) => names.map((asked) => [held, scope, asked] as const))))(
    'held as %s and delegated as %s is there where %s is asked',
    async (held, scope, asked) => {
      const one = session({ permissions, store: storeOf(held) });
      expect(await one.decide({ scope }, asked)).toMatchObject({ permit: true });
      expect((await one.access({ scope })).permissions.list()).toMatchObject([{ permission: 'org.users:read' }]);
    },
  );

  it.each(names)('denied as %s is denied', async (permission) => {
    const store = storeOf('org.users:read', { permission, effect: 'deny' });
    const decision = await session({ permissions, store }).decide({ scope: 'org.users:read' }, 'org.users:read');
    expect(decision).toMatchObject({
      permit: false,
      lacking: 'privilege',
      missing: [{ permission: 'org.users:read' }],
    });
  });

  it('is denied by a pattern that matches any of its names, and granted only by one that matches its own', async () => {
    const may = async (...held: Privilege[]): Promise<boolean> => {
      const one = session({ permissions, store: storeOf(...held) });
      return (await one.decide({ scope: 'org.users:read' }, 'org.users:read')).permit;
    };
    const read: Privilege = { permission: 'org.users:read' };
    for (const pattern of ['org.users.*', 'orgs.*', '*:list', 'org.users:*', 'o*d']) {
      expect([pattern, await may(read, { permission: pattern, effect: 'deny' })]).toEqual([pattern, false]);
      const set = PermissionSet.from([read, { permission: pattern, effect: 'deny' }], { permissions });
      expect(set.has('org.users:read')).toBe(false);
    }
    expect(await may(read, { permission: 'org.users.x*', effect: 'deny' })).toBe(true);
    const byPattern = ['org.users.*', 'orgs.*', 'org.users:*'].map((permission) => may({ permission }));
    expect(await Promise.all(byPattern)).toEqual([false, false, true]);
    const elsewhere: Privilege = { permission: 'orgs.*', effect: 'deny', on: 'users:1' };
    const cut = PermissionSet.from([read, elsewhere], { permissions });
    expect([cut.has('org.users:read', 'users:1'), cut.has('org.users:read', 'users:2')]).toEqual([false, true]);
  });

  it.each(names)('claimed as %s is held', async (name) => {
    const one = session({ permissions });
    const claims = { scope: 'org.users:read', permissions: [name] };
    expect(await one.decide(claims, 'org.users:read')).toMatchObject({ permit: true });
  });

  it.each(names)('may be delegated by a coarse scope as %s', async (name) => {
    const one = session({ permissions, store: storeOf('org.users:read'), scopePermissions: { users: [name] } });
    expect(await one.decide({ scope: 'users' }, 'org.users:read')).toMatchObject({ permit: true });
  });

  it('is one in the rule alone, too', () => {
    const input = { permissions, privileges: ['orgs.users:list'], scopes: 'org.users.read' };
    expect(effectivePermissions(input).has('org.users:read')).toBe(true);
    expect(PermissionSet.from(['org.users.read'], { permissions }).has('org.users:read')).toBe(true);
  });

  it('names in its reasons the scope that delegates it under another name', async () => {
    const one = session({ permissions, store: storeOf('org.users:read') });
    const decision = await one.decide({ scope: 'org.users.read' }, 'org.users:read');
    expect(decision.because).toMatchObject([{ delegatedBy: { scope: 'org.users.read' } }]);
  });
});

describe('onWarning', () => {
  it('hears once of each other name, and of each stored permission that nobody defines', async () => {
    const heard: Warning[] = [];
    const onWarning = (warning: Warning): void => {
      heard.push(warning);
      throw new Error('what it throws is ignored');
    };
    const store = storeOf('org.users.read', 'gone:read', 'org.*', '*');
    const one = session({ permissions, store, onWarning });
    for (let time = 0; time < 2; time += 1) {
      await one.decide({ scope: 'org.users:read' }, 'orgs.users:list');
    }
    expect(heard).toEqual([
      { code: 'other_name', permission: 'org.users.read', means: 'org.users:read', where: 'store' },
      { code: 'unknown_permission', permission: 'gone:read', where: 'store' },
      { code: 'other_name', permission: 'orgs.users:list', means: 'org.users:read', where: 'requirement' },
    ]);
  });
});

it.each<[string, Record<string, PermissionEntry>, RegExp]>([
  ['an alias that is another permission', { a: { description: '', aliases: ['b'] }, b: '' }, /"b"/],
  ['an alias of two', { a: { description: '', aliases: ['c'] }, b: { description: '', replaces: ['c'] } }, /"c"/],
  ['an alias that cannot be a name', { a: { description: '', aliases: ['x y'] } }, /aliases\[0\]/],
  ['an alias that is a pattern', { a: { description: '', replaces: ['a:*'] } }, /replaces\[0\]/],
  [
    'an alias that is a scope of OpenID Connect',
    { a: { description: '', aliases: ['email'] } },
    /aliases\[0\].*OpenID/,
  ],
  ['aliases that are no list', { a: { description: '', aliases: 'b' as never } }, /aliases/],
  ['another gate', { a: { description: '', gate: 'open' as never } }, /gate/],
  ['sensitive as a word', { a: { description: '', sensitive: 'yes' as never } }, /sensitive/],
])('refuses %s: TypeError', (_, entries, message) => {
  expect(() => definePermissions(entries)).toThrow(TypeError);
  expect(() => definePermissions(entries)).toThrow(message);
});
