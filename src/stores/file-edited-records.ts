// The roles or the APIs of a document and how one of them shall be go in; it is written so, and what is the same stays as it is.

import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq, Pair, YAMLMap } from 'yaml';
import type { YAMLSeq } from 'yaml';
import { untouchedBuiltIns } from '../core/built-in-roles.ts';
import type { ApiRecord, Role } from '../core/role-store.ts';
import { inheritedItems, privilegeItems } from './file-lists.ts';
import { deleteMember, memberOf, nodeOf, pairOf } from './file-nodes.ts';

/** Absent `role`: there is none any more. */
export function editRole(roles: YAMLMap, uid: string, role: Role | undefined): void {
  if (role === undefined) return deleteMember(roles, uid);
  const list = listOf(roles, uid);
  const map = roleMap(roles, uid);
  const defaultName = untouchedBuiltIns().get(uid)?.name ?? uid;
  writeText(map, 'name', role.name, defaultName);
  writeText(map, 'version', role.version, 1);
  writeText(map, 'description', role.description);
  writeText(map, 'organization', role.organization);
  if (list !== undefined) map.add(new Pair(nodeOf('permissions'), list));
  writeList(map, 'permissions', (items) => privilegeItems(items, role.privileges));
  writeList(map, 'inherits', (items) => inheritedItems(items, role.inherits));
}

/** A role that was written as a list is written as an object from then on: its version has risen. */
function listOf(roles: YAMLMap, uid: string): YAMLSeq | undefined {
  const list = memberOf(roles, uid)?.value;
  return isSeq(list) ? list : undefined;
}

function roleMap(roles: YAMLMap, uid: string): YAMLMap {
  const pair = memberOf(roles, uid);
  if (isMap(pair?.value)) return pair.value;
  const map = new YAMLMap();
  if (pair === undefined) roles.add(pairOf(uid, map));
  else pair.value = map;
  return map;
}

/** Absent `api`: there is none any more. */
export function editApi(apis: YAMLMap, identifier: string, api: ApiRecord | undefined): void {
  if (api === undefined) return deleteMember(apis, identifier);
  const known = memberOf(apis, identifier)?.value;
  const map = isMap(known) ? known : new YAMLMap();
  if (!isMap(known)) apis.add(pairOf(identifier, map));
  writeText(map, 'name', api.name);
  writeText(map, 'version', api.version, 1);
  const described = memberOf(map, 'permissions')?.value;
  const permissions = isMap(described) ? described : new YAMLMap();
  const before = new Map(permissions.items.map((pair) => [isScalar(pair.key) ? pair.key.value : undefined, pair]));
  permissions.items = api.permissions.map(({ name, description = null }) => {
    const pair = before.get(name);
    return isScalar(pair?.value) && pair.value.value === description ? pair : pairOf(name, description);
  });
  if (permissions.items.length === 0) deleteMember(map, 'permissions');
  else if (!isMap(described)) map.add(pairOf('permissions', permissions));
  const settings = memberOf(map, 'settings');
  if (api.settings === undefined) deleteMember(map, 'settings');
  else if (!isMap(settings?.value) || !isDeepStrictEqual(settings.value.toJSON(), api.settings)) {
    if (settings === undefined) map.add(pairOf('settings', api.settings));
    else settings.value = nodeOf(api.settings);
  }
}

/** What is the default is written only where it stood there before. */
function writeText(map: YAMLMap, name: string, value: string | number | undefined, byDefault?: string | number): void {
  const pair = memberOf(map, name);
  if (value === undefined) return deleteMember(map, name);
  if (pair === undefined) {
    if (value !== byDefault) map.add(pairOf(name, value));
    return;
  }
  const node = pair.value;
  if (isScalar(node) && node.value === value) return;
  const written = nodeOf(value);
  if (isScalar(node) && node.comment) written.comment = node.comment;
  pair.value = written;
}

function writeList(map: YAMLMap, name: string, itemsOf: (items: readonly unknown[]) => unknown[]): void {
  const list = memberOf(map, name)?.value;
  const items = itemsOf(isSeq(list) ? list.items : []);
  if (isSeq(list)) list.items = items;
  else if (items.length > 0) {
    const pair = pairOf(name, []);
    if (isSeq(pair.value)) pair.value.items = items;
    map.add(pair);
  }
}
