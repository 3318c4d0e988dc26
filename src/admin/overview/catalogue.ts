// Which permissions there are to assign, what each means, and on which resources.

import { everyPermission } from '../../core/permission.ts';
import type { PermissionCatalogue } from '../../core/permission.ts';
import { adminPermissions } from '../permissions.ts';
import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';

/** The API's own permissions, and those of its administration. */
export const showCatalogue: Handle = ({ admin: { catalogue, api, ownAudience } }) => {
  return ok({
    everything: everyPermission,
    apis: [
      { ...api, permissions: listed(catalogue) },
      ...ownAudience.map((identifier) => ({
        identifier,
        name: 'Administration',
        permissions: listed(adminPermissions),
      })),
    ],
  });
};

function listed(catalogue: PermissionCatalogue): object[] {
  return catalogue.names.map((name) => ({ name, ...catalogue.definition(name) }));
}
