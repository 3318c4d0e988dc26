// What shall become of an API goes in, is made together with all that follows from it, and its answer comes out: what an API is no more
// to have is taken from everybody who holds it, whoever was given it meanwhile included.

import { RoleVersionConflictError } from '../../core/change-errors.ts';
import type { Change } from '../../core/change.ts';
import type { ApiRecord } from '../../core/role-store.ts';
import type { Answer, Call } from '../exchange.ts';
import { knownApi } from './known-apis.ts';
import type { KnownApi } from './known-apis.ts';
import { inexistentApi } from './permission-pairs.ts';
import { triedAgain } from './tried-again.ts';
import { withdrawals } from './withdrawn-permissions.ts';

/** An API as it is; `record` undefined: nothing is stored of it. */
export interface ApiRead {
  readonly api: KnownApi;
  readonly record: ApiRecord | undefined;
}

/** What shall become of an API, and the permissions that it is then no more to have. Absent `change`: it stays as it is. */
export interface ApiEdit {
  readonly change: (Change & { readonly kind: 'put-api' | 'delete-api' }) | undefined;
  readonly lost: KnownApi['permissions'];
  readonly answer: Answer;
}

/** @throws RequestFault when there is none of this identifier, or too many hold what it would lose; whatever the store refuses. */
export async function changeApi(
  identifier: string,
  { admin, access }: Call,
  edit: (read: ApiRead) => ApiEdit,
): Promise<Answer> {
  let raisedBy: 0 | 1 = 0;
  return triedAgain(async () => {
    // Before all else: whatever is given after it, and would be overlooked, is a reason to look again.
    const revision = await admin.store.revision();
    const record = await admin.store.api(identifier);
    const api = knownApi(identifier, record, admin);
    if (api === undefined) throw inexistentApi();
    const { change, lost, answer } = edit({ api, record });
    if (change === undefined) return answer;
    const withdrawn = {
      identifier,
      names: new Set(lost.map(({ name }) => name)),
      isWhole: change.kind === 'delete-api',
    };
    if (withdrawn.names.size === 0 && !withdrawn.isWhole) {
      await admin.store.changeAll([change], { access });
      return answer;
    }
    for (;;) {
      const changes: Change[] = [...(await withdrawals(withdrawn, admin, raisedBy)), change];
      try {
        await admin.store.changeAll(changes, { access }, { unlessChanged: { revision } });
        return answer;
      } catch (cause) {
        // Nobody was faster, but the store wants the version of a role that is to be.
        const isRising = raisedBy === 0 && cause instanceof RoleVersionConflictError;
        if (!isRising) throw cause;
        raisedBy = 1;
      }
    }
  });
}
