// Who is named by configuration goes in; where the store has no administrator, that user is one afterwards.

import type { Way } from '../core/authorizer.ts';
import { everyPermission } from '../core/permission.ts';
import { isInForce } from '../core/privilege-reading.ts';
import type { Privilege } from '../core/privilege.ts';
import type { Person, RoleStore } from '../core/role-store.ts';
import type { Administered } from './administered.ts';
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

  async #make(id: string): Promise<void> {
    const { store } = this.#admin;
    if (await this.#isAnybody()) return;
    await store.grant(userOf(id, this.#admin), '*', { system: 'first administrator' });
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
