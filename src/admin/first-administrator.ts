// Who is named by configuration goes in; where the store has no administrator, that user is one afterwards.

import type { Administered } from './administered.ts';
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
    let after: string | undefined;
    do {
      const page = await this.#admin.store.holdersOf('*', { take: pageOf, ...(after !== undefined && { after }) });
      const isOne = page.items.some(({ subject, privileges }) => {
        return subject.kind === 'user' && privileges.some((one) => isWithoutBounds(one));
      });
      if (isOne) return true;
      after = page.next;
    } while (after !== undefined);
    return false;
  }
}

function isWithoutBounds(privilege: object): boolean {
  const bounds = privilege as Record<string, unknown>;
  return ['on', 'organization', 'audience', 'expiresAt'].every(
    (name) => bounds[name] === undefined || bounds[name] === '*',
  );
}
