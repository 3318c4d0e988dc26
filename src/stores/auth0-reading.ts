// What a tenant lists goes in, privileges for one API come out, or a TenantFault: an item that cannot be read is never left out.

import { isRecord } from '../core/options.ts';
import type { Privilege, PrivilegeSource } from '../core/privilege.ts';
import { TenantFault } from './auth0-faults.ts';

const direct: PrivilegeSource = Object.freeze({ kind: 'direct' });

/** From the permissions of a user: one privilege for each way in which the user has it. */
export function privilegesFromPermissions(items: readonly unknown[], audience: string): readonly Privilege[] {
  const privileges = items.flatMap((item) => {
    const { permission, api, sources } = permissionOf(item);
    return api === audience ? sources.map((source) => privilege(permission, audience, source)) : [];
  });
  return Object.freeze(privileges.filter(namesOnePermission));
}

/** From client grants: the scopes of those that are the client's own, and not of users who sign in through it. */
export function privilegesFromGrants(
  items: readonly unknown[],
  { clientId, audience }: { clientId: string; audience: string },
): readonly Privilege[] {
  const scopes = items
    .map(grantOf)
    .filter((grant) => grant.clientId === clientId && grant.audience === audience && grant.isForClient)
    .flatMap((grant) => grant.scopes);
  const privileges = [...new Set(scopes)].map((scope) => privilege(scope, audience, direct));
  return Object.freeze(privileges.filter(namesOnePermission));
}

function privilege(permission: string, audience: string, source: PrivilegeSource): Privilege {
  return Object.freeze({ permission, audience, source });
}

// A tenant knows no patterns: its `*` is a character. Here it would be every permission, and since no guard can ask for a name
// that holds one, nothing is lost without it.
function namesOnePermission({ permission }: Privilege): boolean {
  return !permission.includes('*');
}

interface ReadPermission {
  readonly permission: string;
  /** The identifier of the API it is for. */
  readonly api: string;
  /** At least one. */
  readonly sources: readonly PrivilegeSource[];
}

function permissionOf(item: unknown): ReadPermission {
  if (!isRecord(item)) throw malformed('a permission is not an object');
  const { permission_name: permission, resource_server_identifier: api, sources } = item;
  if (!isText(permission)) throw malformed('a permission has no `permission_name`');
  if (!isText(api)) throw malformed('a permission has no `resource_server_identifier`');
  if (sources !== undefined && sources !== null && !Array.isArray(sources)) throw malformed('`sources` is not a list');
  return { permission, api, sources: sourcesOf(sources ?? []) };
}

// Where it comes from decides nothing, so that what is not understood is no fault.
function sourcesOf(sources: readonly unknown[]): PrivilegeSource[] {
  const read = sources.map(sourceOf);
  const roles = read.filter(({ kind }) => kind === 'role');
  return roles.length < read.length || read.length === 0 ? [direct, ...roles] : roles;
}

/** `{ source_type: 'ROLE', … }` of assigned permissions, `'roles'` of effective ones: those do not say which. */
function sourceOf(source: unknown): PrivilegeSource {
  if (source === 'roles') return Object.freeze({ kind: 'role' });
  if (!isRecord(source) || source['source_type'] !== 'ROLE') return direct;
  const role = [source['source_id'], source['source_name']].find(isText);
  return Object.freeze({ kind: 'role', ...(role !== undefined && { role }) });
}

interface ReadGrant {
  readonly clientId: string;
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly isForClient: boolean;
}

function grantOf(item: unknown): ReadGrant {
  if (!isRecord(item)) throw malformed('a client grant is not an object');
  const { client_id: clientId, audience, scope, subject_type: type } = item;
  if (!isText(clientId)) throw malformed('a client grant has no `client_id`');
  if (!isText(audience)) throw malformed('a client grant has no `audience`');
  if (!Array.isArray(scope) || !scope.every(isText)) throw malformed('`scope` of a client grant is no list of names');
  // A tenant that does not say so knows no other grants than the clients' own.
  return { clientId, audience, scopes: scope, isForClient: type === undefined || type === 'client' };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function malformed(what: string): TenantFault {
  return new TenantFault(`the answer is malformed: ${what}`);
}
