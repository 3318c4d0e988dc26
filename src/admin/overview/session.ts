// What the dashboard has to know before anybody signed in, and who it was that signed in.

import { ok } from '../exchange.ts';
import type { Handle, OpenHandle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { adminPermissions } from '../permissions.ts';
import { namesOf } from './names.ts';

/** How to sign in: nothing of it is secret. */
export const showSettings: OpenHandle = ({ admin: { dashboard, issuer, ownAudience, api, apiAuthorizer } }) => {
  if (dashboard === undefined) throw new RequestFault(404, 'There is no dashboard here');
  const { clientId, scope, pictures } = dashboard;
  return ok({
    issuer,
    audience: ownAudience[0],
    clientId,
    scope: scope ?? ['openid', ...dashboardScopes].join(' '),
    api,
    explainsTokens: apiAuthorizer !== undefined,
    pictures,
  });
};

/** All that the pages of the dashboard call. */
export const dashboardScopes = [
  'read:users',
  'update:users',
  'read:roles',
  'create:roles',
  'update:roles',
  'delete:roles',
  'read:role_members',
  'create:role_members',
  'delete:role_members',
  'read:user_effective_permissions',
  'read:resource_servers',
  'read:audit',
] as const satisfies readonly (typeof adminPermissions.names)[number][];

/** Who signed in, and what of the administration is open to them. */
export const showSession: Handle = async ({ access, admin }) => {
  const { issuer, id, kind, organization } = access.subject;
  const names = await namesOf([{ issuer, id, kind }], admin);
  return ok({
    subject: { issuer, id, kind, ...(organization !== undefined && { organization }), ...names({ issuer, id, kind }) },
    permissions: adminPermissions.names.filter((name) => access.can(name)),
    scopes: [...access.scopes],
  });
};
