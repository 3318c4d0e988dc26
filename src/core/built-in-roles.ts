// The roles that every role store has: Viewer < Editor < Admin, each with what the one below it has, and the server's administrator
// beside them. They hold nothing until they are given something.

import type { Role } from './role-store.ts';

/** The uids of the built-in roles. */
export const builtInRoles = Object.freeze({
  viewer: 'builtin:viewer',
  editor: 'builtin:editor',
  admin: 'builtin:admin',
  serverAdmin: 'builtin:server-admin',
});

const names = new Map([
  [builtInRoles.viewer, 'Built-in Viewer'],
  [builtInRoles.editor, 'Built-in Editor'],
  [builtInRoles.admin, 'Built-in Admin'],
  [builtInRoles.serverAdmin, 'Built-in server administrator'],
] as [string, string][]);

const lower = new Map([
  [builtInRoles.editor, builtInRoles.viewer],
  [builtInRoles.admin, builtInRoles.editor],
] as [string, string][]);

export function isBuiltIn(uid: string): boolean {
  return names.has(uid);
}

/** The built-in role whose privileges one has as well, whatever it inherits besides. */
export function lowerBuiltIn(uid: string): string | undefined {
  return lower.get(uid);
}

/** Nobody but these may have a uid that begins so. */
export const builtInPrefix = 'builtin:';

const untouched = new Map(
  [...names].map(([uid, name]): [string, Role] => {
    return [uid, Object.freeze({ uid, name, version: 1, privileges: Object.freeze([]), inherits: Object.freeze([]) })];
  }),
);

/** The built-in roles as they are before anybody changes them, by uid. */
export function untouchedBuiltIns(): ReadonlyMap<string, Role> {
  return untouched;
}
