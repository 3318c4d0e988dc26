// A change goes in and is made by whoever calls; where that is more than they hold, the operator hears of it.

import { BeyondCeilingError } from '../../core/change-errors.ts';
import { InsufficientPrivilegeError } from '../../core/errors.ts';
import type { ChangedBy, RoleStore } from '../../core/role-store.ts';
import type { Call } from '../exchange.ts';

/** @throws whatever the change is refused with. */
export async function changing<Result>(
  { access, admin, request }: Call,
  change: (store: RoleStore, by: ChangedBy) => Promise<Result> | Result,
): Promise<Result> {
  try {
    return await change(admin.store, { access });
  } catch (cause) {
    if (cause instanceof BeyondCeilingError) {
      const missing = cause.missing.map(({ permission, on }) => ({ permission, ...(on !== undefined && { on }) }));
      admin.way.reportRefusal(new InsufficientPrivilegeError(undefined, { missing, cause }), request);
    }
    throw cause;
  }
}
