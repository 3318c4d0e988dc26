// Roles that were read go in; their names come out, for pages that know a uid alone.

import { untouchedBuiltIns } from '../../core/built-in-roles.ts';

const names = new Map([...untouchedBuiltIns().values()].map(({ uid, name }) => [uid, name]));

export function rememberRoles(roles: readonly { readonly uid: string; readonly name: string }[]): void {
  for (const { uid, name } of roles) names.set(uid, name);
}

/** Its uid, where nobody has read it yet. */
export function roleName(uid: string): string {
  return names.get(uid) ?? uid;
}
