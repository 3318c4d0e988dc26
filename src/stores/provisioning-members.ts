// A member of a provisioning document goes in, what it says comes out, or a PlaceError.

import { isBuiltIn } from '../core/built-in-roles.ts';
import type { InheritedRole } from '../core/role-store.ts';
import { maxLength } from './change-input.ts';
import { PlaceError } from './place.ts';
import type { Place, Step } from './place.ts';
import { isFixedUid, reservedPrefix } from './role-names.ts';

/** Which organizations the numbers of a document mean. */
export interface Organizations {
  readonly defaultOrganization: string | undefined;
  readonly organizations: ReadonlyMap<string, string> | undefined;
}

/** Where something is; without an organization: in every one. */
export type Where = Pick<InheritedRole, 'organization'>;

export function flagAt(place: Place, member: string): boolean {
  if (!place.has(member)) return false;
  const { value } = place.at(member);
  if (typeof value !== 'boolean') throw place.at(member).error('true or false');
  return value;
}

/** An empty text is none. */
export function optionalText(place: Place, member: string): string | undefined {
  if (!place.has(member) || place.at(member).value === '') return undefined;
  return place.at(member).text();
}

/** `global` goes before `orgId`. */
export function organizationAt(place: Place, { defaultOrganization, organizations }: Organizations): Where {
  if (flagAt(place, 'global')) return {};
  if (!place.has('orgId')) {
    if (defaultOrganization !== undefined) return { organization: defaultOrganization };
    throw place
      .at('orgId')
      .error('the number of an organization, as there is neither `global` nor `defaultOrganization`');
  }
  const id = place.at('orgId').whole();
  if (id === 0) return {};
  const organization = organizations === undefined ? String(id) : organizations.get(String(id));
  if (organization === undefined) throw place.at('orgId').error('one of those in `organizations`');
  return { organization };
}

/** The name of a role that is nobody's but the document's. */
export function roleNameAt(place: Place): string {
  const name = place.text();
  const reserved = reservedPrefix(name);
  if (reserved !== undefined) throw place.error(`not to begin with \`${reserved}\``);
  if (name.length > maxLength.name) throw place.error(`at most ${maxLength.name} characters`);
  return name;
}

export function roleUidAt(place: Place): string {
  const uid = place.text();
  if (uid.length > maxLength.uid) throw place.error(`at most ${maxLength.uid} characters`);
  if (isBuiltIn(uid) || isFixedUid(uid) || reservedPrefix(uid) !== undefined) {
    throw place.error('the uid of a custom role');
  }
  return uid;
}

/** @throws PlaceError where it has one of these members: none is supported, for which reason. */
export function refuse(place: Place, unsupported: Readonly<Record<string, string>>): void {
  for (const [member, reason] of Object.entries(unsupported)) {
    if (!place.has(member)) continue;
    const { path } = place.at(member);
    throw new PlaceError(`\`${spelled(path)}\` is not supported: ${reason}`, path, { isName: true });
  }
}

function spelled(path: readonly Step[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}
