// A change goes in, the organizations that it is felt in come out; undefined: all of them.

import type { Change } from '../../core/change.ts';
import { isRecord } from '../../core/options.ts';
import type { RoleStore } from '../../core/role-store.ts';

export async function placesOf(change: Change, store: RoleStore): Promise<readonly (string | undefined)[]> {
  switch (change.kind) {
    case 'grant':
    case 'revoke':
      return [change.privilege].flat().map((one: unknown) => organizationIn(one));
    case 'assign':
    case 'deassign':
      return [change.organization];
    case 'put-role':
      return [organizationIn(change.role), ...(await placeOfRole(change.role.uid, store))];
    case 'delete-role':
      return placeOfRole(change.uid, store);
    case 'put-api':
    case 'delete-api':
      return [undefined];
  }
}

/** Of a role that there is: where it gives something now. */
async function placeOfRole(uid: unknown, store: RoleStore): Promise<readonly (string | undefined)[]> {
  const role = typeof uid === 'string' && uid !== '' ? await store.role(uid) : undefined;
  return role === undefined ? [] : [role.organization];
}

// What else it may be, the store refuses.
function organizationIn(value: unknown): string | undefined {
  const organization = isRecord(value) && Object.hasOwn(value, 'organization') ? value['organization'] : undefined;
  return typeof organization === 'string' ? organization : undefined;
}
