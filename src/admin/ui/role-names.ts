// Roles that were read go in; their names come out, for pages that know a uid alone.

const names = new Map([
  ['builtin:viewer', 'Built-in Viewer'],
  ['builtin:editor', 'Built-in Editor'],
  ['builtin:admin', 'Built-in Admin'],
  ['builtin:server-admin', 'Built-in server administrator'],
]);

export function rememberRoles(roles: readonly { readonly uid: string; readonly name: string }[]): void {
  for (const { uid, name } of roles) names.set(uid, name);
}

/** Its uid, where nobody has read it yet. */
export function roleName(uid: string): string {
  return names.get(uid) ?? uid;
}
