// The body that makes or changes an API goes in, what it says comes out checked.

import { isScopeToken, openIdScopes } from '../../core/permission.ts';
import type { ApiRecord } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { RequestFault } from '../faults.ts';
import { listIn, membersOf, textIn } from './payload.ts';
import { excerpt, invalid, longest } from './properties.ts';
import { refusedNames, settingNames, settingsIn } from './resource-server-settings.ts';

/** What is undefined was not sent. */
export interface ResourceServerFields {
  readonly name: string | undefined;
  readonly permissions: ApiRecord['permissions'] | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
}

const names = ['name', 'scopes', ...settingNames, ...refusedNames] as const;

/** @throws RequestFault */
export function newFields(body: unknown, admin: Administered): ResourceServerFields & { readonly identifier: string } {
  const sent = membersOf(body, { required: ['identifier'], optional: names });
  return {
    identifier: textIn(sent.identifier, 'identifier', { atMost: longest.identifier }),
    ...fieldsOf(sent, admin),
  };
}

/** @throws RequestFault */
export function changedFields(body: unknown, admin: Administered): ResourceServerFields {
  return fieldsOf(membersOf(body, { optional: names }), admin);
}

function fieldsOf(sent: Readonly<Record<string, unknown>>, { limits }: Administered): ResourceServerFields {
  const { name, scopes } = sent;
  return {
    name: name === undefined ? undefined : nameIn(name),
    permissions: scopes === undefined ? undefined : permissionsIn(scopes, limits.permissionsPerApi),
    settings: settingsIn(sent),
  };
}

function nameIn(value: unknown): string {
  const name = textIn(value, 'name', { atMost: longest.name });
  if (/[<>]/.test(name)) throw invalid('Payload', 'String must not hold < or >', 'name');
  return name;
}

function permissionsIn(value: unknown, room: number): ApiRecord['permissions'] {
  const items = listIn(value, 'scopes', { atLeast: 0, atMost: Infinity });
  if (items.length > room) {
    throw new RequestFault(400, `An API has at most ${room} permissions.`, { code: 'entity_limit_reached' });
  }
  const permissions = items.map((item, at) => permissionIn(item, `scopes[${at}]`));
  const seen = new Set<string>();
  for (const [at, { name }] of permissions.entries()) {
    if (seen.has(name)) throw invalid('Payload', `Named twice: ${excerpt(name)}`, `scopes[${at}].value`);
    seen.add(name);
  }
  return permissions;
}

const longestDescription = 500;

function permissionIn(item: unknown, property: string): ApiRecord['permissions'][number] {
  const { value, description } = membersOf(item, { required: ['value'], optional: ['description'] }, property);
  const name = textIn(value, `${property}.value`, { atMost: longest.permission });
  // RFC 6749 section 3.3; a `*` would be taken for a pattern, and no guard can ask for what delegates no permission.
  const isName = isScopeToken(name) && !name.includes('*') && !openIdScopes.has(name);
  if (!isName) throw invalid('Payload', `Not a name that a permission can have: ${excerpt(name)}`, `${property}.value`);
  // Clients send null and '' for none.
  if (description === undefined || description === null || description === '') return { name };
  return { name, description: textIn(description, `${property}.description`, { atMost: longestDescription }) };
}
