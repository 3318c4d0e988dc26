// Names as code and files write them go in, the uids that roles have in a store come out.

import { createHash } from 'node:crypto';
import { builtInRoles, isBuiltIn } from '../core/built-in-roles.ts';
import { maxLength } from './change-input.ts';

/** The words for the built-in roles, and the uid that each stands for. */
export const builtInRoleNames = Object.freeze({
  Viewer: builtInRoles.viewer,
  Editor: builtInRoles.editor,
  Admin: builtInRoles.admin,
  'Grafana Admin': builtInRoles.serverAdmin,
  'Server administrator': builtInRoles.serverAdmin,
});

/** A built-in role: by one of its names, or by its uid. */
export type BuiltInRoleName = keyof typeof builtInRoleNames | (typeof builtInRoles)[keyof typeof builtInRoles];

/** Every way to write a built-in role, for who wrote another. */
export const builtInExpectation = `one of ${Object.keys(builtInRoleNames).join(', ')}`;

/** The uid of a built-in role; undefined where nobody calls one so. */
export function builtInNamed(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  if (isBuiltIn(name)) return name;
  return Object.hasOwn(builtInRoleNames, name) ? builtInRoleNames[name as keyof typeof builtInRoleNames] : undefined;
}

/** How the name of every role begins that code declares. */
export const fixedPrefix = 'fixed:';

const fixedUidPrefix = 'fixed_';

/** The uid of the fixed role of that name: the same one in every store, and nobody's choice. */
export function fixedRoleUid(name: string): string {
  return hashedUid(fixedUidPrefix, name);
}

/** Nobody but a fixed role may have such a uid. */
export function isFixedUid(uid: string): boolean {
  return uid.startsWith(fixedUidPrefix);
}

/** A uid that is the same wherever `text` is; of SHA-256, what of it there is room for. */
export function hashedUid(prefix: string, text: string): string {
  return `${prefix}${createHash('sha256').update(text).digest('base64url')}`.slice(0, maxLength.uid);
}

const reserved = [fixedPrefix, 'builtin:', 'basic:', 'managed:', 'plugins:', 'extsvc:'];

/** With which of the beginnings that are not for custom roles a name begins, in upper or lower case. */
export function reservedPrefix(name: string): string | undefined {
  return reserved.find((prefix) => name.toLowerCase().startsWith(prefix));
}
