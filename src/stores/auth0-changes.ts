// A change as a role store takes it goes in, the request that makes it at a tenant comes out, or an error: what a tenant cannot
// keep is refused before anything is sent, since it would keep more than was meant.

import { NotSupportedError } from '../core/change-errors.ts';
import { checkedMembers } from '../core/options.ts';
import type { Privilege } from '../core/privilege.ts';
import type { Person } from '../core/role-store.ts';
import { userPath } from './auth0-users.ts';
import {
  checkedBy,
  checkedInstant,
  checkedOrganization,
  checkedPrivileges,
  checkedSubject,
  checkedUids,
} from './change-input.ts';

/** Whose users a tenant has, and which API is meant. */
export interface TenantScope {
  readonly issuer: string;
  readonly audience: string;
}

export interface TenantChange {
  readonly person: Person;
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body: unknown;
}

/** @throws TypeError when what is given is not as it must be; NotSupportedError when a tenant cannot keep it. */
export function permissionChange(
  method: TenantChange['method'],
  given: { subject: unknown; privilege: unknown; by: unknown },
  scope: TenantScope,
): TenantChange {
  const { person, organization } = checkedSubject(given.subject);
  const privileges = checkedPrivileges(given.privilege, 'privilege', organization);
  checkSystem(given.by);
  const path = pathOf(person, organization, scope);
  for (const privilege of privileges) checkKeepable(privilege, scope);
  const permissionNames = [...new Set(privileges.map(({ permission }) => permission))];
  const permissions = permissionNames.map((permission_name) => ({
    resource_server_identifier: scope.audience,
    permission_name,
  }));
  return { person, method, path: `${path}/permissions`, body: { permissions } };
}

/** @throws TypeError when what is given is not as it must be; NotSupportedError when a tenant cannot keep it. */
export function roleChange(
  method: TenantChange['method'],
  given: { subject: unknown; role: unknown; options: unknown; by: unknown },
  scope: TenantScope,
): TenantChange {
  const { person, organization } = checkedSubject(given.subject);
  const roles = checkedUids(given.role);
  const known = method === 'POST' ? (['organization', 'expiresAt'] as const) : (['organization'] as const);
  const options: { organization?: unknown; expiresAt?: unknown } = checkedMembers(given.options, 'options', known);
  const expiresAt = checkedInstant(options.expiresAt, 'expiresAt');
  checkSystem(given.by);
  if (expiresAt !== undefined) throw new NotSupportedError('A tenant keeps no assignment that ends by itself');
  const path = pathOf(person, organization ?? checkedOrganization(options.organization, 'organization'), scope);
  return { person, method, path: `${path}/roles`, body: { roles } };
}

function checkSystem(by: unknown): void {
  if (checkedBy(by).access === undefined) return;
  throw new NotSupportedError(
    'What the one who makes the change holds cannot be checked against a tenant: check it before, and make the change as `{ system }`',
  );
}

function pathOf(person: Person, organization: string | undefined, { issuer }: TenantScope): string {
  if (organization !== undefined) throw anywhere();
  if (person.kind === 'client') throw new NotSupportedError('What a client holds is changed at its client grant');
  if (person.issuer !== issuer) throw new NotSupportedError('A tenant has no users of another issuer');
  const path = userPath(person.id);
  if (path === undefined) throw new NotSupportedError('No tenant has a user with that id');
  return path;
}

function checkKeepable(privilege: Privilege, { audience }: TenantScope): void {
  const { permission, on, effect, audience: api = audience, organization, expiresAt } = privilege;
  if (effect !== undefined) throw new NotSupportedError('A tenant keeps no denials');
  if (on !== undefined)
    throw new NotSupportedError('A tenant keeps no resources: the permission would be held on every one');
  if (permission.includes('*')) throw new NotSupportedError('A tenant keeps no patterns of permissions');
  if (organization !== undefined) throw anywhere();
  if (expiresAt !== undefined) throw new NotSupportedError('A tenant keeps no privilege that ends by itself');
  if (api !== audience) throw new NotSupportedError('The store is for the permissions of one API');
}

function anywhere(): NotSupportedError {
  return new NotSupportedError('A tenant keeps what a user holds for every organization alike');
}
