// Who is named by configuration goes in; where the store has no administrator, that user is one afterwards.

import { ChangeRefusedError } from '../core/change-errors.ts';
import type { Change } from '../core/change.ts';
import { UnavailableError } from '../core/errors.ts';
import type { Way } from '../core/authorizer.ts';
import { everyPermission } from '../core/permission.ts';
import { isInForce } from '../core/privilege-reading.ts';
import type { Privilege } from '../core/privilege.ts';
import type { Person, RoleStore } from '../core/role-store.ts';
import type { Administered } from './administered.ts';
import { triedAgain } from './management/tried-again.ts';
import { rolesBy, rolesReached } from './overview/reached.ts';
import { heldBy } from './overview/subjects.ts';
import { userOf } from './people.ts';

const pageOf = 100;

/** Somebody has to be the first to hand anything out: nobody could, where nobody holds anything. */
export class FirstAdministrator {
  readonly #admin: Administered;
  #done: Promise<void> | undefined;

  constructor(admin: Administered) {
    this.#admin = admin;
  }

  /** Resolves when there is one, or none was named. What fails is tried again by the next call. */
  isThere(): Promise<void> | undefined {
    const { firstAdministrator: id } = this.#admin;
    if (id === undefined) return undefined;
    if (this.#done === undefined) {
      this.#done = this.#make(id);
      this.#done.catch(() => (this.#done = undefined));
    }
    return this.#done;
  }

  // Of several who are named at the same moment, by one instance each, one is: what was read must still be so.
  async #make(id: string): Promise<void> {
    const { store } = this.#admin;
    const change: Change = { kind: 'grant', subject: userOf(id, this.#admin), privilege: everyPermission };
    try {
      await triedAgain(async () => {
        const revision = await store.revision();
        if (await this.#isAnybody()) return;
        await store.changeAll([change], { system: 'first administrator' }, { unlessChanged: { revision } });
      });
    } catch (cause) {
      // Whoever calls has no part in it.
      throw cause instanceof ChangeRefusedError ? new UnavailableError(undefined, { cause }) : cause;
    }
  }

  async #isAnybody(): Promise<boolean> {
    const { store, way } = this.#admin;
    let after: string | undefined;
    do {
      const page = await store.holdersOf(everyPermission, { take: pageOf, ...(after !== undefined && { after }) });
      for (const { subject, privileges } of page.items) {
        if (subject.kind !== 'user' || !privileges.some((one) => isEverything(one, way))) continue;
        if (!(await isDenied(subject, store))) return true;
      }
      after = page.next;
    } while (after !== undefined);
    return false;
  }
}

// As the stores count administrators, of whom one is always left.
function isEverything({ permission, on, organization, audience, expiresAt }: Privilege, { settings }: Way): boolean {
  const isEverywhere = on === undefined || settings.dialect.reachOf(on) === 'everything';
  const isUnbounded = organization === undefined && audience === undefined && expiresAt === undefined;
  return permission === everyPermission && isEverywhere && isUnbounded;
}

async function isDenied(person: Person, store: RoleStore): Promise<boolean> {
  const record = await store.subject(person);
  const assigned = record.roles.map(({ role }) => role);
  const roles = await rolesReached(await rolesBy(assigned, store), store);
  return heldBy(record, roles).some((one) => one.effect === 'deny' && isInForce(one, Date.now()));
}
