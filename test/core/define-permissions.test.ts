// What an API can define as its permissions, and what the refusal of anything else says.

import { describe, expect, it } from '@jest/globals';
import { definePermissions, PermissionCatalogue, type PermissionEntry } from 'rightful';

type Entries = Record<string, PermissionEntry>;

function define(entries: unknown): PermissionCatalogue {
  return definePermissions(entries as Entries);
}

describe('definePermissions', () => {
  it('keeps the names in their order, with what is said of each', () => {
    const permissions = definePermissions({
      'read:contacts': 'See contacts',
      'users:read': { description: 'See users', on: ['global:users:*'] },
      'users:create': { description: 'Create users', on: [] },
    });
    expect(permissions).toBeInstanceOf(PermissionCatalogue);
    expect(permissions.names).toEqual(['read:contacts', 'users:read', 'users:create']);
    expect(permissions.definition('read:contacts')).toEqual({ description: 'See contacts' });
    expect(permissions.definition('users:read')).toEqual({ description: 'See users', on: ['global:users:*'] });
    expect(permissions.definition('users:create')).toEqual({ description: 'Create users', on: [] });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'takes %s for a name like any other, there only when it is defined (S6)',
    (name) => {
      const without = definePermissions({ 'read:contacts': 'See contacts' });
      const having = define({ [name]: 'A name like any other' });
      expect([without.has(name), without.definition(name)]).toEqual([false, undefined]);
      expect([having.has(name), having.definition(name)]).toEqual([true, { description: 'A name like any other' }]);
    },
  );

  it.each(['read:contacts', 'org.users.role:update', '!', '#[]^_`{|}~', 'Email', 'openid2', 'profile:read'])(
    'takes the name %s',
    (name) => {
      expect(define({ [name]: 'A description' }).names).toEqual([name]);
    },
  );

  it.each([
    ['openid'],
    ['profile'],
    ['email'],
    ['address'],
    ['phone'],
    ['offline_access'],
    [''],
    [' '],
    ['read contacts'],
    ['read:contacts '],
    ['read:"contacts"'],
    ['read:\\contacts'],
    ['read:\tcontacts'],
    ['read:contacts\n'],
    ['read:cont\u00e4cts'],
    ['read:c\u043entacts'],
    ['read:contacts\u200b'],
    ['*'],
    ['read:*'],
    ['*:contacts'],
  ])('refuses the name %j, and says what was expected and what came (S4, S7)', (name) => {
    const defining = (): unknown => define({ 'read:contacts': 'See contacts', [name]: 'A description' });
    expect(defining).toThrow(TypeError);
    expect(defining).toThrow(/^Expected .+, got .+$/su);
    expect(defining).toThrow(`got ${JSON.stringify(name)} (string)`);
  });

  it.each<[string, unknown, RegExp]>([
    ['no object', 'read:contacts', /`permissions`.*got "read:contacts"/u],
    ['null', null, /`permissions`.*got null/u],
    ['a list of names', ['read:contacts'], /`permissions`.*got a list/u],
    ['nothing', undefined, /`permissions`.*got undefined/u],
    ['a description that is a number', { 'read:contacts': 5 }, /read:contacts.*got 5/u],
    ['a description that is null', { 'read:contacts': null }, /read:contacts.*got null/u],
    ['an entry without description', { 'read:contacts': { on: [] } }, /read:contacts.*description.*got undefined/u],
    ['an unknown member', { 'read:contacts': { description: '', scope: 'x' } }, /`scope`.*read:contacts/u],
    ['`on` as a string', { 'users:read': { description: '', on: 'users:*' } }, /users:read'\]\.on.*got "users:\*"/u],
    ['`on` as null', { 'users:read': { description: '', on: null } }, /users:read'\]\.on.*got null/u],
    ['a pattern that is a number', { 'users:read': { description: '', on: [5] } }, /users:read'\]\.on/u],
    ['an empty pattern', { 'users:read': { description: '', on: [''] } }, /users:read'\]\.on/u],
  ])('refuses %s', (_, entries, message) => {
    expect(() => define(entries)).toThrow(TypeError);
    expect(() => define(entries)).toThrow(message);
  });

  it('copies what it is given, and what it gives cannot be written to', () => {
    const on = ['users:*'];
    const entries: Entries = { 'users:read': { description: 'See users', on } };
    const permissions = define(entries);
    on.push('*');
    entries['users:write'] = 'Added later';
    expect(permissions.names).toEqual(['users:read']);
    expect(permissions.definition('users:read')).toEqual({ description: 'See users', on: ['users:*'] });
    expect(() => (permissions.names as string[]).push('users:write')).toThrow(TypeError);
    expect(() => Object.assign(permissions.definition('users:read')?.on ?? {}, { length: 0 })).toThrow(TypeError);
    expect(Object.isFrozen(permissions) && Object.isFrozen(permissions.definition('users:read'))).toBe(true);
  });
});
