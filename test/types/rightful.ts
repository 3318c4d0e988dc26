// Compiled, never run: which names a catalogue lets through 'rightful', and which it does not.

import {
  allOf,
  anyOf,
  anywhere,
  createAuthorizer,
  definePermissions,
  effectivePermissions,
  on,
  PermissionSet,
  policy,
} from 'rightful';
import type { Access, Authorizer, AuthorizerOptions, PermissionOf, Privilege, Requirement } from 'rightful';
import { createTestAccess } from 'rightful/testing';
import type { Equal } from './equal.ts';

export const permissions = definePermissions({
  'read:contacts': 'See contacts',
  'write:contacts': 'Change contacts',
  'users:read': { description: 'See users', on: ['global:users:*'] },
  'users:create': { description: 'Create users', on: [] },
});

type Name = 'read:contacts' | 'write:contacts' | 'users:read' | 'users:create';

export const union: Equal<PermissionOf<typeof permissions>, Name> = true;
export const names: readonly Name[] = permissions.names;

const issuer = 'https://issuer.example/';
const audience = 'https://contacts.example';
const always = policy('always', () => true);
declare const access: Access;
declare const anyText: string;

export const authorizer = createAuthorizer({ issuer, audience, permissions });
export const typed: Equal<typeof authorizer, Authorizer<Name>> = true;

export const decisions = [
  authorizer.decide(access, 'read:contacts'),
  authorizer.decide(access, on('users:read', 'users:id:{id}'), { params: { id: '7' } }),
  authorizer.decide(access, anywhere('users:read')),
  authorizer.decide(access, allOf('read:contacts', 'write:contacts')),
  authorizer.decide(access, anyOf('read:contacts', allOf(on('users:read', 'users:*'), anywhere('users:create')))),
  authorizer.decide(access, allOf('read:contacts', always)),
  authorizer.decide(access, { allOf: ['read:contacts', { permission: 'users:read', on: 'users:id:7' }] }),
  // @ts-expect-error a name that is misspelt
  authorizer.decide(access, 'raed:contacts'),
  // @ts-expect-error a name in another case
  authorizer.decide(access, 'Read:Contacts'),
  // @ts-expect-error on a resource
  authorizer.decide(access, on('raed:contacts', 'contacts:id:7')),
  // @ts-expect-error anywhere
  authorizer.decide(access, anywhere('raed:contacts')),
  // @ts-expect-error in all of
  authorizer.decide(access, allOf('read:contacts', 'raed:contacts')),
  // @ts-expect-error in any of
  authorizer.decide(access, anyOf('raed:contacts', 'read:contacts')),
  // @ts-expect-error in all of, on a resource
  authorizer.decide(access, allOf('read:contacts', on('raed:contacts', 'contacts:id:7'))),
  // @ts-expect-error in any of all of
  authorizer.decide(access, anyOf('read:contacts', allOf('write:contacts', 'raed:contacts'))),
  // @ts-expect-error in all of any of, anywhere
  authorizer.decide(access, allOf('read:contacts', anyOf('write:contacts', anywhere('raed:contacts')))),
  // @ts-expect-error beside a policy
  authorizer.decide(access, allOf('raed:contacts', always)),
  // @ts-expect-error any text
  authorizer.decide(access, anyText),
  // @ts-expect-error a list is no requirement
  authorizer.decide(access, ['read:contacts']),
];

export const nobody = [
  // @ts-expect-error all of nothing
  allOf(),
  // @ts-expect-error any of nothing
  anyOf(),
  // @ts-expect-error a list is no requirement
  allOf(['read:contacts']),
  // @ts-expect-error a policy answers with yes or no
  policy('owns it', () => 'yes'),
];

export const coarse = [
  createAuthorizer({
    issuer,
    audience,
    permissions,
    scopePermissions: { contacts: ['read:contacts', 'write:contacts'] },
  }),
  // @ts-expect-error a coarse scope of a name that is misspelt
  createAuthorizer({ issuer, audience, permissions, scopePermissions: { contacts: ['raed:contacts'] } }),
  // @ts-expect-error the order of the options does not matter
  createAuthorizer({ scopePermissions: { contacts: ['raed:contacts'] }, issuer, audience, permissions }),
];

export const options: AuthorizerOptions<Name>[] = [
  { issuer, audience, permissions, scopePermissions: { contacts: ['read:contacts'] } },
  // @ts-expect-error options of their own type, and a name that is misspelt
  { issuer, audience, permissions, scopePermissions: { contacts: ['raed:contacts'] } },
  // @ts-expect-error an option that there is not
  { issuer, audience, permisions: permissions },
  // @ts-expect-error a choice that there is not
  { issuer, audience, permissionsClaim: 'adds' },
];

const anything = createAuthorizer({ issuer, audience });
export const uncatalogued = [
  anything.decide(access, 'raed:contacts'),
  anything.decide(access, anyText),
  anything.decide(access, allOf(on('raed:contacts', 'contacts:id:7'), anyOf('x', anywhere('y')))),
  createAuthorizer({ issuer, audience, scopePermissions: { contacts: ['whatever'] } }),
];

export const requirement: Requirement<Name>[] = [
  'read:contacts',
  on('users:read', 'users:id:{id}'),
  allOf('read:contacts', anyOf('users:read', 'users:create')),
  // @ts-expect-error a requirement of the API's own names
  'raed:contacts',
  // @ts-expect-error a requirement of the API's own names, inside
  allOf('read:contacts', anyOf('users:read', 'raed:contacts')),
];

export const privileges: Privilege[] = [
  { permission: 'read:contacts', on: 'contacts:id:7', expiresAt: 5 },
  // @ts-expect-error a privilege is a permission at least
  { on: 'contacts:id:7' },
  // @ts-expect-error a denial is the only effect
  { permission: 'read:contacts', effect: 'allow' },
  // @ts-expect-error null is no resource
  { permission: 'read:contacts', on: null },
];

export const sets = [
  PermissionSet.from(privileges, { permissions }).has('read:contacts', 'contacts:id:7'),
  effectivePermissions({ scopes: 'read:contacts', privileges, permissions }).hasAnywhere('read:contacts'),
  createTestAccess({ scopes: 'read:contacts', privileges: ['read:contacts'], permissions }).can('read:contacts'),
];

// @ts-expect-error what an access holds cannot be written to
access.scopes.add('read:contacts');
// @ts-expect-error who an access is for cannot be written to
access.subject.id = 'admin';
