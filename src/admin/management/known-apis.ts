// The identifier of an API goes in, what is known of it comes out: from the store, from the catalogue of the API that is
// administered, or, for the administration itself, from here.

import type { PermissionCatalogue } from '../../core/permission.ts';
import type { ApiInput } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { adminPermissions } from '../permissions.ts';
import { inBatches } from './in-batches.ts';

/** An API whose permissions can be assigned. */
export interface KnownApi {
  readonly identifier: string;
  readonly name: string;
  readonly permissions: readonly { readonly name: string; readonly description: string }[];
  /** The administration's own: nobody changes it. */
  readonly isSystem: boolean;
  /** Whatever else is kept of it. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of what is stored of it; 0: nothing is. */
  readonly version: number;
}

/** Undefined: there is none of that identifier. What is stored goes before the catalogue, but never for the administration. */
export async function apiOf(identifier: string, admin: Administered): Promise<KnownApi | undefined> {
  return knownApi(identifier, await admin.store.api(identifier), admin);
}

/** The same, where what is stored of it was read already. */
export function knownApi(identifier: string, record: ApiInput | undefined, admin: Administered): KnownApi | undefined {
  const { api, ownAudience, catalogue } = admin;
  const isSystem = ownAudience.includes(identifier);
  const isAdministered = identifier === api.identifier;
  const version = record?.version ?? 0;
  if (isSystem && !isAdministered) return ownApi(identifier, version);
  if (record === undefined && !isAdministered) return undefined;
  const isOfCatalogue = isAdministered && !(record !== undefined && definesPermissions(record));
  const permissions = isOfCatalogue ? definedIn(catalogue) : storedIn(record);
  const all = isSystem ? [...permissions, ...definedIn(adminPermissions)] : permissions;
  return {
    identifier,
    name: record?.name ?? api.name,
    // One API may have both under one identifier.
    permissions: [...new Map(all.map((one) => [one.name, one])).values()],
    isSystem,
    settings: record?.settings ?? {},
    version,
  };
}

/** A record may say something of an API and nothing of its permissions; that it has none is one thing that can be said. */
export function definesPermissions({ permissions, settings }: ApiInput): boolean {
  return permissions.length > 0 || (settings !== undefined && Object.hasOwn(settings, 'scopes'));
}

/** Those of them that there are, by identifier. */
export async function apisOf(
  identifiers: Iterable<string>,
  admin: Administered,
): Promise<ReadonlyMap<string, KnownApi>> {
  const found = await inBatches([...new Set(identifiers)], (identifier) => apiOf(identifier, admin));
  return new Map(found.flatMap((api) => (api === undefined ? [] : [[api.identifier, api]])));
}

/** Every API that is there without being stored. */
export function builtInApis({ api, ownAudience }: Administered): readonly string[] {
  return [...new Set([api.identifier, ...ownAudience])];
}

function ownApi(identifier: string, version: number): KnownApi {
  const permissions = definedIn(adminPermissions);
  return { identifier, name: 'Administration', permissions, isSystem: true, settings: {}, version };
}

function definedIn(catalogue: PermissionCatalogue): KnownApi['permissions'] {
  return catalogue.names.map((name) => ({ name, description: catalogue.definition(name)?.description ?? '' }));
}

function storedIn(record: ApiInput | undefined): KnownApi['permissions'] {
  return (record?.permissions ?? []).map(({ name, description = '' }) => ({ name, description }));
}
