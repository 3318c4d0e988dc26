// What a user may do, and what who calls may.

import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';
import { checkedQuery } from '../query.ts';
import * as asks from './asks.ts';
import { effectiveOf } from './effective.ts';
import { flag, placeOf } from './place.ts';
import { permissionViews, scopesByAction } from './role-view.ts';
import { userIn } from './user-roles.ts';

/** All that the store gives the user there, by roles too, and does not deny. */
export const ofUser: Handle = async (call) => {
  const place = await placeOf(call, asks.listUserPermissions, checkedQuery(call.query, ['orgId']));
  const effective = await effectiveOf(await userIn(call), place, call.admin);
  return ok(
    permissionViews(
      effective.grantsOf(() => true),
      call.admin,
    ),
  );
};

/** What guards of this administration would let pass for this very token: what is held and delegated as well. Nothing is cached. */
export const own: Handle = ({ access, admin, query }) => {
  flag('reloadcache', checkedQuery(query, ['reloadcache']).reloadcache);
  const { names } = admin.way.settings.catalogue ?? { names: [] };
  const known = new Set<string>(names);
  const { permissions } = access;
  const others = permissions.list().filter(({ permission }) => !known.has(permission));
  return ok(scopesByAction([...names.flatMap((name) => permissions.listOf(name)), ...others], admin));
};

/** The same without where. */
export const ownActions: Handle = async (call) => {
  const { body, ...answer } = await own(call);
  return { ...answer, body: Object.fromEntries(Object.keys(body as object).map((action) => [action, true])) };
};
