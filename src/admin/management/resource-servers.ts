// APIs: which there are, one of them, made, changed, and deleted.

import { isDeepStrictEqual } from 'node:util';
import { ApiVersionConflictError } from '../../core/change-errors.ts';
import type { ApiInput } from '../../core/role-store.ts';
import { created, nothing, ok } from '../exchange.ts';
import type { Answer, Call, Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { knownApi } from './known-apis.ts';
import type { KnownApi } from './known-apis.ts';
import { numberedAnswer, numberedNames, numberedPage } from './paging.ts';
import { invalid, longest, textAt } from './properties.ts';
import { booleanIn, queryOf } from './query.ts';
import { changedFields, newFields } from './resource-server-fields.ts';
import type { ResourceServerFields } from './resource-server-fields.ts';
import { isResourceServerId, resourceServerItem } from './resource-server-items.ts';
import { apiNamed, apisNamed, apisOnPage, checkNoSystem, systemApi } from './resource-server-pages.ts';
import { changeApi } from './resource-server-changes.ts';
import { settingsWith } from './resource-server-settings.ts';

const identifiersAtOnce = 10;

export const list: Handle = async ({ admin, query: sent }): Promise<Answer> => {
  const identifiers = sent.getAll('identifiers');
  const others = new URLSearchParams([...sent].filter(([name]) => name !== 'identifiers'));
  const query = queryOf(others, [...numberedNames, 'include_fields']);
  booleanIn(query, 'include_fields', true);
  const page = numberedPage(query);
  for (const one of identifiers) textAt('Query', 'identifiers', one, { atMost: longest.identifier });
  if (identifiers.length > identifiersAtOnce) {
    throw invalid('Query', `Array is too long (${identifiers.length}), maximum ${identifiersAtOnce}`, 'identifiers');
  }
  const { items, total } = await (identifiers.length > 0
    ? apisNamed(identifiers, page, admin)
    : apisOnPage(page, admin));
  return numberedAnswer('resource_servers', { items: items.map(resourceServerItem), total }, page);
};

export const show: Handle = async (call): Promise<Answer> => {
  booleanIn(queryOf(call.query, ['include_fields']), 'include_fields', true);
  return ok(resourceServerItem(await apiIn(call)));
};

export const create: Handle = async ({ admin, access, body }): Promise<Answer> => {
  const { identifier, ...fields } = newFields(body, admin);
  if (isResourceServerId(identifier)) throw invalid('Payload', 'String has the form of an id', 'identifier');
  if (admin.ownAudience.includes(identifier)) throw systemApi();
  if (knownApi(identifier, await admin.store.api(identifier), admin) !== undefined) throw identifierTaken();
  const record = recordWith({ identifier, name: identifier, permissions: [] }, fields);
  try {
    await admin.store.putApi(record, { access });
  } catch (cause) {
    throw cause instanceof ApiVersionConflictError ? identifierTaken() : cause;
  }
  return created(itemOf(record, admin));
};

function identifierTaken(): RequestFault {
  const message = 'A resource server with the same identifier already exists.';
  return new RequestFault(409, message, { code: 'identifier_taken' });
}

export const update: Handle = async (call): Promise<Answer> => {
  const fields = changedFields(call.body, call.admin);
  const { identifier } = await changeableIn(call);
  return changeApi(identifier, call, ({ api, record }) => {
    const before = record ?? unsaid(api);
    const after = recordWith(before, fields);
    const kept = new Set(after.permissions.map(({ name }) => name));
    const lost = fields.permissions === undefined ? [] : api.permissions.filter(({ name }) => !kept.has(name));
    // Of an API that the application defines no record is made that says nothing.
    const change = isDeepStrictEqual(after, before) ? undefined : ({ kind: 'put-api', api: after } as const);
    return { lost, change, answer: ok(itemOf(after, call.admin)) };
  });
};

export const remove: Handle = async (call): Promise<Answer> => {
  const { identifier } = await changeableIn(call);
  if (identifier === call.admin.api.identifier) {
    const message = 'The resource server is defined by the application itself and cannot be deleted.';
    throw new RequestFault(400, message, { code: 'system_resource_server' });
  }
  return changeApi(identifier, call, ({ api }) => {
    return { lost: api.permissions, change: { kind: 'delete-api', identifier }, answer: nothing };
  });
};

async function changeableIn(call: Call): Promise<KnownApi> {
  const api = await apiIn(call);
  checkNoSystem(api);
  return api;
}

async function apiIn({ params, admin }: Call): Promise<KnownApi> {
  return apiNamed(textAt('Path', 'id', params['id'], { atMost: longest.identifier }), admin);
}

/** What has never been said of it: its permissions are those of the catalogue, until somebody names others. */
function unsaid({ identifier, name }: KnownApi): ApiInput {
  return { identifier, name, permissions: [] };
}

function recordWith(record: ApiInput, { name, permissions, settings }: ResourceServerFields): ApiInput {
  const changed = permissions === undefined ? settings : { ...settings, scopes: permissions.length === 0 ? [] : null };
  const kept = settingsWith(record.settings ?? {}, changed);
  return {
    identifier: record.identifier,
    name: name ?? record.name,
    ...(record.version !== undefined && { version: record.version }),
    permissions: permissions ?? record.permissions,
    ...(Object.keys(kept).length > 0 && { settings: kept }),
  };
}

function itemOf(record: ApiInput, admin: Call['admin']): unknown {
  return resourceServerItem(knownApi(record.identifier, record, admin) as KnownApi);
}
