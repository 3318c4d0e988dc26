// Scopes and privileges go in, an Access comes out with no token behind it: for the unit test of a handler.

import { RequestAccess } from '../core/access.ts';
import type { Access } from '../core/access.ts';
import { scopesIn } from '../core/delegation.ts';
import { effectivePermissions } from '../core/effective.ts';
import type { EffectivePermissionsInput } from '../core/effective.ts';
import { frozenDeep } from '../core/frozen.ts';
import { checkedChoice, checkedMembers, checkedString, expectation, isRecord } from '../core/options.ts';
import { PermissionSet } from '../core/permission-set.ts';
import type { PermissionSetOptions } from '../core/permission-set.ts';
import type { Privilege, Subject } from '../core/privilege.ts';
import { ReadOnlySet } from '../core/read-only-set.ts';
import type { Claims } from '../core/token.ts';

/** What the access of a test is made of; everything is optional, and without `scopes` or `privileges` nothing may be done. */
export interface TestAccessOptions extends Partial<EffectivePermissionsInput> {
  /** Members that differ from the default: user `test-user` of issuer `https://issuer.example/`. */
  subject?: Partial<Subject>;
  /** Default: `test-client`. */
  client?: string;
  /** Claims beside `iss`, `sub`, `client_id` and `scope`. */
  claims?: Claims;
}

/**
 * An access as a guard would hand it to a handler, by the same rules.
 *
 * @throws TypeError when an option is unknown or not of its type.
 */
export function createTestAccess(options: TestAccessOptions = {}): Access {
  const given = checkedMembers(options, 'options', known);
  const { subject: differing, client: sent, claims: more, ...rest } = given;
  const subject = testSubject(differing);
  const client = sent === undefined ? 'test-client' : checkedString(sent, 'client');
  if (more !== undefined && !isRecord(more)) throw expectation('claims', 'an object', more);
  const { scopes = [], privileges = [], firstParty, scopePermissions, ...reading } = rest;
  const delegated = typeof scopes === 'string' ? scopesIn(scopes) : scopesIn([...list(scopes, 'scopes')]);
  const held = [...list(privileges, 'privileges')] as Privilege[];
  const rule = { firstParty, scopePermissions, ...reading } as Omit<EffectivePermissionsInput, 'scopes' | 'privileges'>;
  return new RequestAccess({
    claims: frozenDeep({
      iss: subject.issuer,
      sub: subject.id,
      client_id: client,
      scope: delegated.join(' '),
      ...structuredClone(more ?? {}),
    }),
    subject,
    client,
    scopes: new ReadOnlySet(delegated),
    privileges: PermissionSet.from(held, reading as PermissionSetOptions),
    permissions: effectivePermissions({ ...rule, scopes: delegated, privileges: held }),
  });
}

function testSubject(value: unknown): Readonly<Subject> {
  const { issuer, id, kind, organization } = checkedMembers(value ?? {}, 'subject', knownOfSubject);
  return Object.freeze({
    issuer: issuer === undefined ? 'https://issuer.example/' : checkedString(issuer, 'subject.issuer'),
    id: id === undefined ? 'test-user' : checkedString(id, 'subject.id'),
    kind: checkedChoice(kind, 'subject.kind', ['user', 'client']),
    ...(organization !== undefined && { organization: checkedString(organization, 'subject.organization') }),
  });
}

const knownOfSubject = ['issuer', 'id', 'kind', 'organization'] as const;

function list(value: unknown, name: string): Iterable<unknown> {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) return value as Iterable<unknown>;
  throw expectation(name, 'a list', value);
}

const known = [
  'scopes',
  'privileges',
  'firstParty',
  'scopePermissions',
  'permissions',
  'dialect',
  'now',
  'subject',
  'client',
  'claims',
] as const satisfies readonly (keyof TestAccessOptions)[];
