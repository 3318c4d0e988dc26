// What a provisioning document says of one role goes in, the role as it shall be comes out, and who inherits it.

import { isScopeToken } from '../core/permission.ts';
import type { Privilege } from '../core/privilege.ts';
import { checkedPrivilege, checkedRole } from './change-input.ts';
import type { Place } from './place.ts';
import { flagAt, optionalText, organizationAt, refuse, roleNameAt, roleUidAt } from './provisioning-members.ts';
import type { Organizations, Where } from './provisioning-members.ts';
import type { WantedRole } from './role-draft.ts';
import { builtInExpectation, builtInNamed, hashedUid } from './role-names.ts';

/** A built-in role that inherits the role, and where. */
export interface ProvisionedInheritor extends Where {
  readonly at: Place;
  /** Its uid. */
  readonly builtIn: string;
}

/** A role as a document says it. */
export interface ProvisionedRole {
  readonly at: Place;
  readonly role: WantedRole;
  readonly version: number;
  /** The document says the uid; where it does not, that in `role` is for a new one. */
  readonly hasUid: boolean;
  /** It is replaced whatever version is stored. */
  readonly overrides: boolean;
  readonly builtIns: readonly ProvisionedInheritor[];
}

const members = ['name', 'uid', 'description', 'version', 'orgId', 'global', 'permissions', 'builtInRoles'];
const unread = ['displayName', 'group', 'hidden'];
const ofVersion2 = ['state', 'overrideRole', 'force'];

/** @throws PlaceError */
export function provisionedRoleAt(place: Place, organizations: Organizations, apiVersion: unknown): ProvisionedRole {
  refuse(place, {
    from: 'write the permissions themselves',
    teams: 'roles are assigned to subjects, one by one',
  });
  place.members([...members, ...unread, ...(apiVersion === 1 ? [] : ofVersion2)]);
  const name = roleNameAt(place.at('name'));
  if (builtInNamed(name) !== undefined) throw place.at('name').error('no name of a built-in role');
  const where = organizationAt(place, organizations);
  const uid = optionalText(place, 'uid') === undefined ? undefined : roleUidAt(place.at('uid'));
  const version = place.has('version') ? place.at('version').whole() : 1;
  if (version === 0) throw place.at('version').error('1 or more');
  const written = {
    uid: uid ?? hashedUid('provisioned_', JSON.stringify([name, where.organization ?? null])),
    name,
    version,
    description: optionalText(place, 'description'),
    ...where,
    privileges: place.items('permissions').map(privilegeAt),
  };
  return {
    at: place,
    role: checking(place, () => checkedRole(written)),
    version,
    hasUid: uid !== undefined,
    overrides: flagAt(place, 'overrideRole'),
    builtIns: place.items('builtInRoles').map((one) => inheritorAt(one, where, organizations)),
  };
}

function privilegeAt(place: Place): Privilege {
  refuse(place, { state: 'leave out what the role shall not hold' });
  place.members(['action', 'scope']);
  const permission = place.at('action').text();
  // In a store a `*` would stand for many permissions; in such a document it never did.
  if (!isScopeToken(permission) || permission.includes('*')) {
    throw place.at('action').error('the name of a permission, in the characters of a scope (RFC 6749 section 3.3)');
  }
  return checking(place, () => checkedPrivilege({ permission, on: resourceAt(place) }, 'permission', undefined));
}

// A privilege without a scope is held on no resource, and not on all of them.
function resourceAt(place: Place): string {
  const scope = optionalText(place, 'scope') ?? '';
  if (scope === 'n/a') return '';
  if (!isPattern(scope)) throw place.at('scope').error('a resource pattern');
  return scope;
}

function isPattern(on: string): boolean {
  try {
    checkedPrivilege({ permission: 'any', on }, 'permission', undefined);
    return true;
  } catch {
    return false;
  }
}

function inheritorAt(place: Place, role: Where, organizations: Organizations): ProvisionedInheritor {
  place.members(['name', 'orgId', 'global']);
  const builtIn = builtInNamed(place.at('name').value);
  if (builtIn === undefined) throw place.at('name').error(builtInExpectation);
  const saysWhere = place.has('orgId') || flagAt(place, 'global');
  // A role of every organization is given in every one to nobody who did not ask for it.
  const where = saysWhere || role.organization === undefined ? organizationAt(place, organizations) : role;
  if (role.organization !== undefined && where.organization !== role.organization) {
    throw place.at(flagAt(place, 'global') ? 'global' : 'orgId').error('that of the role, which is not `global`');
  }
  return { at: place, builtIn, ...where };
}

function checking<Value>(place: Place, check: () => Value): Value {
  try {
    return check();
  } catch (cause) {
    throw place.failing(cause);
  }
}
