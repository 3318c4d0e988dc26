// APIs: which there are, one of them, made, changed, and deleted.

import { RoleVersionConflictError } from '../../core/change-errors.ts';
import type { Change } from '../../core/change.ts';
import type { ApiRecord } from '../../core/role-store.ts';
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
import { settingsWith } from './resource-server-settings.ts';
import { withdrawals } from './withdrawn-permissions.ts';

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
  if (knownApi(identifier, await admin.store.api(identifier), admin) !== undefined) {
    const message = 'A resource server with the same identifier already exists.';
    throw new RequestFault(409, message, { code: 'identifier_taken' });
  }
  const record = recordWith({ identifier, name: identifier, permissions: [] }, fields);
  await admin.store.putApi(record, { access });
  return created(itemOf(record, admin));
};

export const update: Handle = async (call): Promise<Answer> => {
  const { admin } = call;
  const fields = changedFields(call.body, admin);
  const api = await apiIn(call);
  checkNoSystem(api);
  const record = recordWith((await admin.store.api(api.identifier)) ?? unsaid(api), fields);
  const kept = new Set(record.permissions.map(({ name }) => name));
  const lost = fields.permissions === undefined ? [] : api.permissions.filter(({ name }) => !kept.has(name));
  await changeWithout(lost, { kind: 'put-api', api: record }, call);
  return ok(itemOf(record, admin));
};

export const remove: Handle = async (call): Promise<Answer> => {
  const api = await apiIn(call);
  checkNoSystem(api);
  if (api.identifier === call.admin.api.identifier) {
    const message = 'The resource server is defined by the application itself and cannot be deleted.';
    throw new RequestFault(400, message, { code: 'system_resource_server' });
  }
  await changeWithout(api.permissions, { kind: 'delete-api', identifier: api.identifier }, call);
  return nothing;
};

async function apiIn({ params, admin }: Call): Promise<KnownApi> {
  return apiNamed(textAt('Path', 'id', params['id'], { atMost: longest.identifier }), admin);
}

/** What has never been said of it: its permissions are those of the catalogue, until somebody names others. */
function unsaid({ identifier, name }: KnownApi): ApiRecord {
  return { identifier, name, permissions: [] };
}

function recordWith(record: ApiRecord, { name, permissions, settings }: ResourceServerFields): ApiRecord {
  const changed = permissions === undefined ? settings : { ...settings, scopes: permissions.length === 0 ? [] : null };
  const kept = settingsWith(record.settings ?? {}, changed);
  return {
    identifier: record.identifier,
    name: name ?? record.name,
    permissions: permissions ?? record.permissions,
    ...(Object.keys(kept).length > 0 && { settings: kept }),
  };
}

function itemOf(record: ApiRecord, admin: Call['admin']): unknown {
  return resourceServerItem(knownApi(record.identifier, record, admin) as KnownApi);
}

/** As many as a store makes as one. */
const changesAtOnce = 1000;
const tries = 5;

/** Makes a change of an API, and takes back what was assigned of permissions that it is no more to have. */
async function changeWithout(
  lost: KnownApi['permissions'],
  change: Change & { readonly kind: 'put-api' | 'delete-api' },
  { admin, access }: Call,
): Promise<void> {
  const identifier = change.kind === 'put-api' ? change.api.identifier : change.identifier;
  const withdrawn = { identifier, names: new Set(lost.map(({ name }) => name)), isWhole: change.kind === 'delete-api' };
  let raisedBy: 0 | 1 = 0;
  for (let left = tries - 1; ; left -= 1) {
    const changes: Change[] = [...(await withdrawals(withdrawn, admin, raisedBy)), change];
    if (changes.length > changesAtOnce) throw tooMany(changes.length - 1);
    try {
      await admin.store.changeAll(changes, { access });
      return;
    } catch (cause) {
      if (!(cause instanceof RoleVersionConflictError) || left === 0) throw cause;
      // Nobody was faster, but the store wants the version that is to be.
      const sent = changes.find((one) => one.kind === 'put-role' && one.role.uid === cause.role);
      raisedBy = sent?.kind === 'put-role' && sent.role.version === cause.version ? 1 : 0;
    }
  }
}

function tooMany(count: number): RequestFault {
  const message = `${count} users, applications and roles hold what the API would lose; take it back from most of them first.`;
  return new RequestFault(409, message, { code: 'permissions_in_use' });
}
