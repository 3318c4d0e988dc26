// A role and what shall be different about it go in; it is read, changed and written, once more where somebody else was faster.

import { RoleVersionConflictError } from '../../core/change-errors.ts';
import type { RestedOn, Role, RoleInput } from '../../core/role-store.ts';
import type { Call } from '../exchange.ts';
import { existingRole } from './named-in-path.ts';

/** Who sends no version overwrites nobody: what was written meanwhile is read again. */
const tries = 5;

/**
 * `unlessChanged`: what the edit rests on beside the role.
 *
 * @returns the role as it was written.
 * @throws RoleVersionConflictError when others were faster each time; ChangedMeanwhileError when that is not as it was read.
 */
export async function editRole(
  uid: string,
  { admin, access }: Pick<Call, 'admin' | 'access'>,
  edit: (role: Role) => Role,
  unlessChanged?: RestedOn,
): Promise<Role> {
  const write = async (role: RoleInput): Promise<unknown> => {
    if (unlessChanged === undefined) return admin.store.putRole(role, { access });
    return admin.store.changeAll([{ kind: 'put-role', role }], { access }, { unlessChanged });
  };
  for (let left = tries - 1; ; left -= 1) {
    const edited = edit(await existingRole(uid, admin));
    try {
      await put(edited, write);
      return edited;
    } catch (cause) {
      if (!(cause instanceof RoleVersionConflictError) || left === 0) throw cause;
    }
  }
}

async function put(role: Role, write: (role: RoleInput) => Promise<unknown>): Promise<void> {
  try {
    await write(role);
  } catch (cause) {
    // A store whose versions must rise refuses the one that was read; the next one it takes only if nobody has written since.
    const isRising = cause instanceof RoleVersionConflictError && cause.version === role.version;
    if (!isRising) throw cause;
    await write({ ...role, version: role.version + 1 });
  }
}
