// A resource as the standard names it goes in, the resource that privileges are on comes out:
//
//   { type: 'contacts', id: '7' }          contacts:id:7
//   { type: 'folders:uid', id: 'a1' }      folders:uid:a1      a type with a `:` is all that stands before the id
//   { type: 'api', id: <its identifier> }  no resource: the permission on all there are
//
// An id is one name: what means something in a pattern, or stands between names, makes it the name of nothing.

import type { Administered } from '../administered.ts';
import type { ResourceAsked } from './asked.ts';

/** Where a permission is asked. */
export interface Place {
  /** Undefined: on all resources, which is what a permission without one asks. */
  readonly on: string | undefined;
}

export const wholeApi = 'api';

/** Undefined: it names no resource that there could be. */
export function placeOf({ type, id }: ResourceAsked, admin: Administered): Place | undefined {
  if (type === wholeApi && id === admin.api.identifier) return { on: undefined };
  const beginning = beginningOf(type, admin);
  return beginning !== undefined && isOneName(id, admin) ? { on: `${beginning}${id}` } : undefined;
}

/** What comes before the id in the names of all resources of a type. */
export function beginningOf(type: string, admin: Administered): string | undefined {
  const names = type.split(':');
  if (!names.every((name) => isOneName(name, admin))) return undefined;
  return names.length === 1 ? `${type}:id:` : `${type}:`;
}

export function isOneName(text: string, { way }: Administered): boolean {
  return text !== '' && way.settings.dialect.isOneName(text);
}
