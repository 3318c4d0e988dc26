// A plan goes in, it is written whole or not at all, one after the other, whichever process it comes from; then it is told.

import { UnavailableError } from '../core/errors.ts';
import type { Clock } from '../core/in-time.ts';
import type { Announcements } from './announcements.ts';
import { writeClosures } from './postgres-closure.ts';
import type { Connections, Run } from './postgres-connections.ts';
import { writeMutations } from './postgres-mutations.ts';
import { everything, noticeText } from './postgres-notices.ts';
import type { Signature } from './postgres-notices.ts';
import { isConnectionLost, sqlStateOf } from './postgres-port.ts';
import { recordsOf } from './postgres-records.ts';
import { digest, personDigest } from './postgres-texts.ts';
import type { DraftEntry, Ledger, Seen, StoredRecords, WholePlan } from './records.ts';

export interface LedgerSettings {
  readonly connections: Connections;
  /** As it is written in a statement. */
  readonly schema: string;
  readonly channel: string;
  /** What this process signs with. */
  readonly signature: Signature;
  readonly clock: Clock;
  readonly announcements: Announcements;
  /** @throws UnavailableError when the database cannot be used. */
  readonly usable: () => Promise<void>;
}

type MakePlan = (records: StoredRecords, seen: Seen) => Promise<WholePlan | undefined>;

/** What a change came to. */
interface Outcome {
  readonly revision: number;
  readonly plan: WholePlan | undefined;
}

// Somebody else's transaction, which is not ours, was in the way: serialization failure, deadlock.
const passingStates: readonly (string | undefined)[] = ['40001', '40P01'];
const maxAttempts = 4;

export class PostgresLedger implements Ledger {
  readonly #settings: LedgerSettings;
  /** The last change that was asked for: writers wait here, and not each on a connection of the pool. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: LedgerSettings) {
    this.#settings = settings;
  }

  async change(plan: MakePlan): Promise<number> {
    const turn = this.#last.then(() => this.#change(plan));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  look: Ledger['look'] = async (work) => {
    const { connections, schema, clock, usable } = this.#settings;
    await usable();
    return connections.snapshot(async (run) => {
      const [row] = await run(`select revision from ${schema}.state`);
      return work(recordsOf(run, schema), { now: clock.now(), revision: Number(row?.[0]) });
    });
  };

  async #change(make: MakePlan): Promise<number> {
    const { announcements, usable } = this.#settings;
    await usable();
    const { revision, plan } = await this.#attempt(make, maxAttempts);
    if (plan !== undefined) announcements.announce(plan.changes);
    return revision;
  }

  async #attempt(make: MakePlan, attempts: number): Promise<Outcome> {
    const { connections } = this.#settings;
    try {
      return await connections.change((run) => this.#write(run, make));
    } catch (error) {
      if (!passingStates.includes(sqlStateOf(error)) || attempts <= 1) throw error;
      return this.#attempt(make, attempts - 1);
    }
  }

  async #write(run: Run, make: MakePlan): Promise<Outcome> {
    const { schema, channel, signature, clock } = this.#settings;
    // The one row that every writer changes first: they come one after the other.
    const [row] = await run(`update ${schema}.state set revision = revision + 1 returning revision`);
    const first = Number(row?.[0]);
    const now = clock.now();
    const plan = await make(recordsOf(run, schema), { now, revision: first - 1 });
    if (plan === undefined) return { revision: first - 1, plan };
    const revision = first - 1 + plan.entries.length;
    if (revision > first) await run(`update ${schema}.state set revision = $1`, [revision]);
    await writeMutations(run, schema, plan.mutations);
    const written = plan.mutations.flatMap((one) => (one.kind === 'role' ? [one.uid] : []));
    await writeClosures(run, schema, [...new Set([...plan.changedRoles, ...written])]);
    await writeEntries(run, schema, { entries: plan.entries, first, at: now });
    const notice = noticeText({ from: signature.from, after: first - 1, revision, changes: plan.changes });
    await run('select pg_notify($1, $2)', [channel, notice]);
    await this.#commit(run, revision);
    return { revision, plan };
  }

  async #commit(run: Run, revision: number): Promise<void> {
    try {
      await run('commit');
    } catch (error) {
      // The server has said no. Otherwise nobody knows, and it may come to be later.
      if (!isConnectionLost(error)) throw error;
      this.#settings.signature.doubt(revision);
      this.#settings.announcements.announce([everything]);
      throw new UnavailableError(undefined, {
        cause: new Error('Whether the change was written is not known', { cause: error }),
      });
    }
  }
}

/** What is remembered, the first entry with the revision `first`, and each other one with the next. */
interface Remembered {
  readonly entries: readonly DraftEntry[];
  readonly first: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

async function writeEntries(run: Run, schema: string, { entries, first, at }: Remembered): Promise<void> {
  const whole = entries.map((entry, no) => ({ ...entry, revision: first + no, at }));
  await run(
    `insert into ${schema}.audit (revision, at, action, actor, subject, roles, permissions, entry)
     select revision, $2::float8, action, actor, subject, array(select json_array_elements_text(roles)),
       array(select json_array_elements_text(permissions)), entry
     from unnest($1::bigint[], $3::text[], $4::bytea[], $5::bytea[], $6::json[], $7::json[], $8::json[])
       as e (revision, action, actor, subject, roles, permissions, entry)`,
    [
      whole.map(({ revision }) => revision),
      at,
      whole.map(({ action }) => action),
      whole.map(({ by }) => actorDigest('system' in by ? by : by.subject)),
      whole.map(({ subject }) => (subject === undefined ? null : personDigest(subject))),
      whole.map(({ roles }) => JSON.stringify(roles ?? [])),
      whole.map(({ permissions }) => JSON.stringify(permissions)),
      whole.map((entry) => JSON.stringify(entry)),
    ],
  );
}

/** A subject, or the name of what is none. */
export function actorDigest(actor: { readonly system: string } | Parameters<typeof personDigest>[0]): string {
  return 'system' in actor ? digest(JSON.stringify(['system', actor.system])) : personDigest(actor);
}
