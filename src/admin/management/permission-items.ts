// Permissions go in, what the management API says of each comes out: its API's name and what it allows.

import { everyPermission } from '../../core/permission.ts';
import type { Administered } from '../administered.ts';
import { apisOf } from './known-apis.ts';
import type { KnownApi } from './known-apis.ts';
import type { Pair } from './permission-pairs.ts';

export interface PermissionItem {
  readonly permission_name: string;
  readonly description: string;
  readonly resource_server_name: string;
  readonly resource_server_identifier: string;
}

export async function permissionItems(pairs: readonly Pair[], admin: Administered): Promise<PermissionItem[]> {
  const apis = await apisOf(
    pairs.map(({ identifier }) => identifier),
    admin,
  );
  return pairs.map((pair) => permissionItem(pair, apis.get(pair.identifier)));
}

/** `api` undefined: there is none any more. */
export function permissionItem({ identifier, name }: Pair, api: KnownApi | undefined): PermissionItem {
  return {
    permission_name: name,
    description: descriptionOf(name, api),
    resource_server_name: api?.name ?? identifier,
    resource_server_identifier: identifier,
  };
}

function descriptionOf(name: string, api: KnownApi | undefined): string {
  const defined = api?.permissions.find((one) => one.name === name);
  return defined?.description ?? (name === everyPermission ? 'Every permission there is and will be' : '');
}
