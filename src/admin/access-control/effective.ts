// Somebody and an organization go in, what they may do there comes out: grants less denials, for the API whose permissions are
// assigned and for its administration, each read by its own catalogue.

import { UnavailableError } from '../../core/errors.ts';
import { ownName } from '../../core/own-names.ts';
import type { PermissionCatalogue } from '../../core/permission.ts';
import { PermissionSet } from '../../core/permission-set.ts';
import { readPrivileges } from '../../core/privilege-reading.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Person } from '../../core/role-store.ts';
import { isMeantFor } from '../../core/store-answer.ts';
import type { Administered } from '../administered.ts';
import { adminPermissions } from '../permissions.ts';

/** One API, by the names of its audience and of its permissions. */
interface Served {
  readonly audience: readonly string[];
  readonly catalogue: PermissionCatalogue;
}

export function apisOf({ api, catalogue, ownAudience, way }: Administered): Served[] {
  return [
    { audience: [api.identifier], catalogue },
    { audience: ownAudience, catalogue: way.settings.catalogue ?? adminPermissions },
  ];
}

/** What somebody may do, in one organization or in all. */
export class Effective {
  readonly #sets: readonly (Served & { readonly set: PermissionSet })[];

  constructor(sets: readonly (Served & { readonly set: PermissionSet })[]) {
    this.#sets = sets;
  }

  /** The grants of these permissions, by their own names; what `*` grants is among them under each name that is known. */
  grantsOf(isAsked: (name: string) => boolean): Privilege[] {
    const known = (name: string): boolean => this.#sets.some(({ catalogue }) => catalogue.has(name));
    return this.#sets.flatMap(({ set, catalogue }) => [
      ...catalogue.names.filter(isAsked).flatMap((name) => set.listOf(name)),
      ...set.list().filter(({ permission }) => !known(permission) && isAsked(permission)),
    ]);
  }

  may(permission: string, resource: string): boolean {
    return this.#sets.some(({ set, catalogue }) => set.has(ownName(permission, catalogue), resource));
  }
}

/** @throws UnavailableError when the store cannot say. */
export async function effectiveOf(
  { issuer, id, kind }: Person,
  organization: string | undefined,
  admin: Administered,
): Promise<Effective> {
  const subject = { issuer, id, kind, ...(organization !== undefined && { organization }) };
  const apis = apisOf(admin);
  const audience = [...new Set(apis.flatMap((one) => one.audience))];
  const held = readHeld(await admin.store.privilegesOf(subject, { audience }));
  const dialect = admin.way.settings.dialect.name;
  return new Effective(
    apis.map((api) => {
      const meant = held.filter((one) => isMeantFor(one, subject, api.audience));
      return { ...api, set: PermissionSet.from(meant, { permissions: api.catalogue, dialect }) };
    }),
  );
}

function readHeld(answer: unknown): readonly Privilege[] {
  try {
    return readPrivileges(answer);
  } catch (cause) {
    throw new UnavailableError(undefined, { cause });
  }
}
