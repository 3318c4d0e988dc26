// A role goes in, the form in which it is changed comes out, and back.

import type { InheritedRole, Privilege, Role, RoleInput } from './answers.ts';
import { emptyPrivilege } from './parts/privilege-fields.tsx';
import type { PrivilegeForm } from './parts/privilege-fields.tsx';
import { withoutSource } from './wording.ts';

/** As typed. */
export interface RoleDraft {
  /** The version that it changes; 0: there is none yet. */
  base: number;
  uid: string;
  name: string;
  description: string;
  organization: string;
  privileges: readonly Privilege[];
  inherits: readonly InheritedRole[];
  /** What is being put together to be added. */
  adding: PrivilegeForm;
  inheriting: string;
  why: string;
}

export function draftOf(role?: Role): RoleDraft {
  return {
    base: role?.version ?? 0,
    uid: role?.uid ?? '',
    name: role?.name ?? '',
    description: role?.description ?? '',
    organization: role?.organization ?? '',
    privileges: role?.privileges.map(withoutSource) ?? [],
    inherits: role?.inherits ?? [],
    adding: emptyPrivilege,
    inheriting: '',
    why: '',
  };
}

export function roleIn(draft: RoleDraft): RoleInput {
  const { base, uid, name, description, organization, privileges, inherits } = draft;
  return {
    uid: base === 0 ? uidOf(draft) : uid,
    name: name.trim(),
    ...(base > 0 && { version: base }),
    ...(description.trim() !== '' && { description: description.trim() }),
    ...(organization.trim() !== '' && { organization: organization.trim() }),
    privileges,
    inherits,
  };
}

const longestUid = 40;

/** What was typed, or else made of the name. */
export function uidOf({ uid, name }: Pick<RoleDraft, 'uid' | 'name'>): string {
  if (uid.trim() !== '') return uid.trim();
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, longestUid);
}
