// What a user may do at an API, whatever it comes from and less what is denied, and the roles that take part in it.

import type { PermissionCatalogue } from '../../core/permission.ts';
import { definePermissions, isScopeToken, openIdScopes } from '../../core/permission.ts';
import { PermissionSet } from '../../core/permission-set.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Role } from '../../core/role-store.ts';
import { isMeantFor } from '../../core/store-answer.ts';
import type { Administered } from '../administered.ts';
import type { Answer, Call, Handle } from '../exchange.ts';
import { adminPermissions } from '../permissions.ts';
import { pageAfter } from './checkpoints.ts';
import { rolesInForce } from './held-pairs.ts';
import { apiOf } from './known-apis.ts';
import type { KnownApi } from './known-apis.ts';
import { idIn, userIn } from './named-in-path.ts';
import { firstOrNext, nextAnswer, nextNames } from './paging.ts';
import { permissionItem } from './permission-items.ts';
import { inexistentApi } from './permission-pairs.ts';
import { longest } from './properties.ts';
import { queryOf, textRequired } from './query.ts';
import type { Query } from './query.ts';
import { roleItem } from './role-items.ts';
import { sortedBy } from './sorting.ts';
import { namedRoles } from './user-roles.ts';

const pageNames = [...nextNames, 'include_totals'] as const;

export const listPermissions: Handle = async (call): Promise<Answer> => {
  const query = queryOf(call.query, [...pageNames, 'resource_server_identifier']);
  const page = firstOrNext(query);
  const { api, held } = await heldAt(call, query);
  const list = ['effective permissions', idIn(call), api.identifier];
  const names = sortedBy(
    api.permissions.map(({ name }) => name).filter((name) => held.set.has(name)),
    (name) => name,
  );
  const { items, next } = pageAfter(names, page, { keyOf: (name) => name, list });
  const told = items.map((name) => {
    const item = permissionItem({ identifier: api.identifier, name }, api);
    return { ...item, sources: [...new Set(held.givers(name).map(kindOf))].sort() };
  });
  return nextAnswer('permissions', told, next);
};

export const listRolesOfPermission: Handle = async (call): Promise<Answer> => {
  const query = queryOf(call.query, [...pageNames, 'resource_server_identifier', 'permission_name']);
  const page = firstOrNext(query);
  const name = textRequired(query, 'permission_name', { atMost: longest.permission });
  const { api, held } = await heldAt(call, query);
  // Who holds everything holds what the API does not define, too, and nothing comes of it.
  const isDefined = api.permissions.some((one) => one.name === name);
  const givers = isDefined && held.set.has(name) ? held.givers(name) : [];
  const uids = [...new Set(givers.flatMap(({ source }) => source?.via ?? source?.role ?? []))];
  const list = ['roles of a permission', idIn(call), api.identifier, name];
  return rolesAnswer(await namedRoles(uids, call.admin), page, list);
};

export const listRoles: Handle = async (call): Promise<Answer> => {
  const page = firstOrNext(queryOf(call.query, pageNames));
  const { roles } = await call.admin.store.subject(await userIn(call));
  const found = await namedRoles(rolesInForce(roles, Date.now()), call.admin);
  return rolesAnswer(found, page, ['effective roles', idIn(call)]);
};

function rolesAnswer(roles: readonly Role[], page: ReturnType<typeof firstOrNext>, list: readonly string[]): Answer {
  const keyOf = ({ name, uid }: Role): string => JSON.stringify([name, uid]);
  const { items, next } = pageAfter(roles, page, { keyOf, list });
  // Users are in no groups here: whoever has a role was given it.
  const told = items.map((role) => ({ ...roleItem(role), sources: ['direct'] }));
  return nextAnswer('roles', told, next);
}

interface Held {
  readonly set: PermissionSet;
  /** The grants that give a permission on every resource. */
  givers(name: string): readonly Privilege[];
}

/** What the user of the call holds at the API that the query names, in no organization. */
async function heldAt(call: Call, query: Query): Promise<{ readonly api: KnownApi; readonly held: Held }> {
  const { admin } = call;
  const bounds = { atMost: longest.identifier };
  const identifier = textRequired(query, 'resource_server_identifier', bounds);
  const person = await userIn(call);
  const api = await apiOf(identifier, admin);
  if (api === undefined) throw inexistentApi();
  const privileges = [...(await admin.store.privilegesOf(person, { audience: [identifier] }))];
  const meant = privileges.filter((one) => isMeantFor(one, person, [identifier]));
  return { api, held: heldOf(meant, api, admin) };
}

function heldOf(privileges: readonly Privilege[], api: KnownApi, { api: administered, ...admin }: Administered): Held {
  const catalogue = api.identifier === administered.identifier ? admin.catalogue : catalogueOf(api);
  const options = { permissions: catalogue, dialect: admin.way.settings.dialect.name };
  const set = PermissionSet.from(privileges, options);
  return {
    set,
    givers: (name) => {
      const grants = set.explain(name).granted;
      const whole = grants.filter((one) => one.on === undefined || PermissionSet.from([one], options).has(name));
      // Several together may reach everywhere, though none does alone.
      return whole.length > 0 ? whole : grants;
    },
  };
}

/** Patterns over names are meant as its guards mean them: over the names that it defines. */
function catalogueOf({ isSystem, permissions }: KnownApi): PermissionCatalogue {
  if (isSystem) return adminPermissions;
  const usable = permissions.filter(({ name }) => isScopeToken(name) && !name.includes('*') && !openIdScopes.has(name));
  return definePermissions(Object.fromEntries(usable.map(({ name, description }) => [name, description])));
}

function kindOf({ source }: Privilege): 'direct' | 'roles' {
  return source?.kind === 'role' || source?.kind === 'built-in' ? 'roles' : 'direct';
}
