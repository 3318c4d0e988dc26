// Permissions as the management API speaks of them, a name and the API it is one of, go in and privileges come out, and back.
// What is bound to a resource or to an organization, and what is denied, cannot be said in it.

import { namesOf, ownName } from '../../core/own-names.ts';
import { everyPermission } from '../../core/permission.ts';
import { isInForce } from '../../core/privilege-reading.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Administered } from '../administered.ts';
import { RequestFault } from '../faults.ts';
import { apisOf } from './known-apis.ts';
import type { KnownApi } from './known-apis.ts';
import { listIn, membersOf, textIn } from './payload.ts';
import { excerpt, invalid, longest } from './properties.ts';

/** A permission of an API. */
export interface Pair {
  /** Of the API. */
  readonly identifier: string;
  readonly name: string;
}

export function keyOf({ identifier, name }: Pair): string {
  return JSON.stringify([name, identifier]);
}

/** As many as a store changes at once. */
const atMost = 1000;

/** The permissions that a body names, each once. @throws RequestFault */
export function pairsIn(body: unknown, admin: Administered): readonly Pair[] {
  const { permissions } = membersOf(body, { required: ['permissions'] });
  const items = listIn(permissions, 'permissions', { atMost });
  const pairs = items.map((item, at) => {
    const property = `permissions[${at}]`;
    const names = { required: ['resource_server_identifier', 'permission_name'] as const };
    const { resource_server_identifier: identifier, permission_name: name } = membersOf(item, names, property);
    return inOwnName(
      {
        identifier: textIn(identifier, `${property}.resource_server_identifier`, { atMost: longest.identifier }),
        name: textIn(name, `${property}.permission_name`, { atMost: longest.permission }),
      },
      admin,
    );
  });
  return [...new Map(pairs.map((one) => [keyOf(one), one])).values()];
}

function inOwnName({ identifier, name }: Pair, { api, catalogue }: Administered): Pair {
  return { identifier, name: identifier === api.identifier ? ownName(name, catalogue) : name };
}

/** What a grant is in the words of this API; undefined: they do not suffice, or it is none any more. */
export function pairOf(privilege: Privilege, admin: Administered, now: number): Pair | undefined {
  const { permission, on, effect, organization, audience } = privilege;
  const isSayable = effect === undefined && on === undefined && organization === undefined;
  if (!isSayable || !isInForce(privilege, now)) return undefined;
  // Without an audience it is for whichever API asks, and that is the one that is administered.
  return inOwnName({ identifier: audience ?? admin.api.identifier, name: permission }, admin);
}

/** Privileges that may be given as long as their APIs are as they were read. */
export interface Givable {
  readonly privileges: readonly Privilege[];
  /** Versions by identifier, as a change rests on them: a permission that is withdrawn meanwhile is given to nobody. */
  readonly apis: Readonly<Record<string, number>>;
}

/** `property`: where a body names them. @throws RequestFault when there is no such API, or it has no such permission. */
export async function privilegesGiven(
  pairs: readonly Pair[],
  admin: Administered,
  property = 'permissions',
): Promise<Givable> {
  const identifiers = pairs.map(({ identifier }) => identifier);
  const apis = await apisOf(identifiers, admin);
  const privileges = pairs.map((pair) => {
    checkDefined(pair, apis.get(pair.identifier), property);
    return { permission: pair.name, audience: pair.identifier };
  });
  return { privileges, apis: Object.fromEntries([...apis].map(([identifier, { version }]) => [identifier, version])) };
}

function checkDefined({ identifier, name }: Pair, api: KnownApi | undefined, property: string): void {
  if (api === undefined) throw inexistentApi();
  if (name === everyPermission || api.permissions.some((one) => one.name === name)) return;
  const what = `${excerpt(identifier)} has no permission ${excerpt(name)}`;
  throw invalid('Payload', what, property);
}

export function inexistentApi(): RequestFault {
  return new RequestFault(404, 'The resource server does not exist', { code: 'inexistent_resource_server' });
}

/**
 * Each form in which a permission may be stored: with and without its audience where that is the administered API, and by every
 * name it has.
 */
export function privilegesMeant({ identifier, name }: Pair, { api, catalogue }: Administered): Privilege[] {
  if (identifier !== api.identifier) return [{ permission: name, audience: identifier }];
  return namesOf(name, catalogue).flatMap((permission) => [{ permission, audience: identifier }, { permission }]);
}

/**
 * What is left of an API that is no more can still be taken back: only where nothing is stored of it, it must be known.
 *
 * @throws RequestFault when there is no such API, and nothing of it among `stored`.
 */
export async function checkApisTaken(
  pairs: readonly Pair[],
  stored: readonly Privilege[],
  admin: Administered,
): Promise<void> {
  const unheld = pairs.filter(({ identifier }) => !stored.some(({ audience }) => audience === identifier));
  const apis = await apisOf(
    unheld.map(({ identifier }) => identifier),
    admin,
  );
  if (unheld.some(({ identifier }) => !apis.has(identifier))) throw inexistentApi();
}
