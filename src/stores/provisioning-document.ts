// A provisioning document as a plain value goes in, what it asks for comes out, or a PlaceError that says where it is not as it must
// be. Nothing of a store is looked at.

import type { InheritedRole } from '../core/role-store.ts';
import { Place, PlaceError } from './place.ts';
import { flagAt, optionalText, organizationAt, refuse, roleNameAt, roleUidAt } from './provisioning-members.ts';
import type { Organizations } from './provisioning-members.ts';
import { provisionedRoleAt } from './provisioning-role.ts';
import type { ProvisionedRole } from './provisioning-role.ts';
import { builtInExpectation, builtInNamed, fixedPrefix } from './role-names.ts';

export type { Organizations } from './provisioning-members.ts';

/** A built-in role and a fixed one. */
export interface DefaultAssignment {
  readonly at: Place;
  /** The uid of the built-in role. */
  readonly builtIn: string;
  /** The name of the fixed one. */
  readonly fixedRole: string;
}

export interface RoleDeletion {
  readonly at: Place;
  readonly uid: string | undefined;
  readonly name: string | undefined;
  /** Where the role must be; undefined: wherever it is, as its uid says. */
  readonly where: Pick<InheritedRole, 'organization'> | undefined;
  readonly force: boolean;
}

/** What a document asks for. */
export interface ProvisioningDocument {
  readonly removed: readonly DefaultAssignment[];
  readonly added: readonly DefaultAssignment[];
  readonly deletions: readonly RoleDeletion[];
  readonly roles: readonly ProvisionedRole[];
}

/** @throws PlaceError */
export function provisioningDocument(value: unknown, organizations: Organizations): ProvisioningDocument {
  refuse(Place.alone(value, 'the document'), { teams: 'roles are assigned to subjects, one by one' });
  const top = Place.of(value, 'the document', [
    'apiVersion',
    'removeDefaultAssignments',
    'addDefaultAssignments',
    'deleteRoles',
    'roles',
  ]);
  const version = top.at('apiVersion');
  if (version.value !== 1 && version.value !== 2) throw version.error('1 or 2');
  const roles = top.items('roles');
  const isGone = (role: Place): boolean => stateAt(role, version.value) === 'absent';
  return {
    removed: top.items('removeDefaultAssignments').map(defaultAt),
    added: top.items('addDefaultAssignments').map(defaultAt),
    deletions: [
      ...top.items('deleteRoles').map((one) => {
        one.members(['name', 'uid', 'orgId', 'global', 'force']);
        return deletionAt(one, organizations);
      }),
      ...roles.filter(isGone).map((one) => deletionAt(one, organizations)),
    ],
    roles: roles.filter((one) => !isGone(one)).map((one) => provisionedRoleAt(one, organizations, version.value)),
  };
}

function stateAt(role: Place, version: unknown): 'present' | 'absent' {
  if (!role.has('state')) return 'present';
  const state = role.at('state');
  if (version === 1) throw new PlaceError('`state` takes `apiVersion: 2`', state.path, { isName: true });
  if (state.value !== 'present' && state.value !== 'absent') throw state.error('present or absent');
  return state.value;
}

function defaultAt(place: Place): DefaultAssignment {
  place.members(['builtInRole', 'fixedRole', 'predefinedRole']);
  const builtIn = builtInNamed(place.at('builtInRole').value);
  if (builtIn === undefined) throw place.at('builtInRole').error(builtInExpectation);
  if (place.has('fixedRole') && place.has('predefinedRole')) {
    throw place.at('predefinedRole').error('absent beside `fixedRole`');
  }
  const role = place.at(place.has('predefinedRole') ? 'predefinedRole' : 'fixedRole');
  // What fixed roles were called before.
  const name = role.text().replace(/^grafana:roles:/, fixedPrefix);
  if (!name.startsWith(fixedPrefix)) throw role.error(`a name that begins with \`${fixedPrefix}\``);
  return { at: role, builtIn, fixedRole: name };
}

function deletionAt(place: Place, organizations: Organizations): RoleDeletion {
  const uid = optionalText(place, 'uid') === undefined ? undefined : roleUidAt(place.at('uid'));
  const name = optionalText(place, 'name') === undefined ? undefined : roleNameAt(place.at('name'));
  if (uid === undefined && name === undefined) throw place.error('a role with its `name` or its `uid`');
  const isAnywhere = uid !== undefined && !place.has('orgId') && !flagAt(place, 'global');
  return {
    at: place,
    uid,
    name,
    where: isAnywhere ? undefined : organizationAt(place, organizations),
    force: flagAt(place, 'force'),
  };
}
