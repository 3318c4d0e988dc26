// What one instance is asked and told goes in, in simulated time; what it asks the database, and how long it serves what is no longer
// so, comes out.

import { Agenda } from './agenda.ts';
import { Queries } from './queries.ts';
import type { Database, Query } from './queries.ts';
import { Remembered } from './remembered.ts';
import { holdsRole } from './workload.ts';
import type { Change, Workload } from './workload.ts';

/** How an instance hears of changes. */
export interface Listening {
  /** From the acknowledged commit until the cache has forgotten. */
  readonly noticeMs: { readonly p50Ms: number; readonly p99Ms: number };
  readonly heartbeatMs: number;
  readonly queryTimeoutMs: number;
  /** How often the connection is lost, and in which share of the cases nobody is told: a half-open connection. */
  readonly lossesPerHour: number;
  readonly silentShare: number;
}

export interface InstanceSettings {
  readonly workload: Workload;
  readonly cache: { readonly maxSubjects: number; readonly maxAgeMs: number };
  readonly database: Database;
  readonly listening: Listening;
}

/** How an instance is doing: all since it was last counted anew. */
export interface Counts {
  requests: number;
  /** Answered from memory. */
  hits: number;
  /** Answered from memory although it had been changed. */
  stale: number;
  /** Waited for what another request had asked. */
  joined: number;
  loads: number;
  queries: number;
  /** Notices heard. */
  heard: number;
  /** Entries forgotten for changes. */
  forgotten: number;
  /** Milliseconds from a question to its answer, for each load. */
  waitsMs: number[];
  /** Milliseconds from the commit of a change of somebody who is remembered until nobody is answered by the old state any more. */
  stalenessMs: number[];
  /** By second. */
  loadsBySecond: number[];
}

export function noCounts(): Counts {
  const none = { requests: 0, hits: 0, stale: 0, joined: 0, loads: 0, queries: 0, heard: 0, forgotten: 0 };
  return { ...none, waitsMs: [], stalenessMs: [], loadsBySecond: [] };
}

type Event = { readonly atMs: number } & (
  | { readonly query: Query }
  | { readonly committed: Change }
  | { readonly notice: Change }
  | { readonly connection: 'silent' | 'lost' | 'listens' }
);

interface Load {
  readonly firstMs: number;
  asOfMs: number;
}

export class Instance {
  counts = noCounts();
  readonly #settings: InstanceSettings;
  readonly #remembered: Remembered;
  readonly #queries: Queries;
  readonly #agenda = new Agenda<Event>();
  readonly #loads = new Map<number, Load>();
  /** When it was changed last. */
  readonly #committed = new Map<number, number>();
  /** What is remembered and is no longer so, with the times of the changes. */
  readonly #outdated = new Map<number, number[]>();
  #isHearing = true;

  constructor(settings: InstanceSettings) {
    this.#settings = settings;
    this.#remembered = new Remembered(settings.cache, settings.workload.subjects);
    this.#queries = new Queries(settings.database);
  }

  get size(): number {
    return this.#remembered.size;
  }

  /** It is heard of `delayMs` after the commit. */
  change(change: Change, delayMs: number): void {
    this.#agenda.add({ atMs: change.atMs, committed: change });
    this.#agenda.add({ atMs: change.atMs + delayMs, notice: change });
  }

  connection(atMs: number, connection: 'silent' | 'lost' | 'listens'): void {
    this.#agenda.add({ atMs, connection });
  }

  /** One turn of the event loop: what has come to pass until now, then who asks. */
  turn(nowMs: number, asking: readonly number[]): void {
    for (let event = this.#agenda.due(nowMs); event !== undefined; event = this.#agenda.due(nowMs)) this.#pass(event);
    for (const subject of asking) this.#asked(subject, nowMs);
    this.#send(nowMs);
  }

  #asked(subject: number, nowMs: number): void {
    const { counts } = this;
    counts.requests += 1;
    if (this.#remembered.serves(subject, nowMs)) {
      counts.hits += 1;
      if (this.#outdated.has(subject)) counts.stale += 1;
    } else if (this.#loads.has(subject)) counts.joined += 1;
    else {
      this.#loads.set(subject, { firstMs: nowMs, asOfMs: nowMs });
      this.#load(subject, nowMs);
    }
  }

  #load(subject: number, nowMs: number): void {
    const { counts } = this;
    const second = Math.floor(nowMs / 1000);
    counts.loads += 1;
    counts.loadsBySecond[second] = (counts.loadsBySecond[second] ?? 0) + 1;
    this.#queries.ask(subject);
  }

  #send(nowMs: number): void {
    for (let query = this.#queries.send(nowMs); query !== undefined; query = this.#queries.send(nowMs)) {
      this.counts.queries += 1;
      this.#agenda.add({ atMs: query.answeredMs, query });
    }
  }

  #pass(event: Event): void {
    if ('query' in event) this.#answered(event.query);
    else if ('committed' in event) this.#changed(event.committed);
    else if ('notice' in event) this.#heard(event.notice, event.atMs);
    else this.#connected(event.connection, event.atMs);
    this.#send(event.atMs);
  }

  #answered({ sentMs, answeredMs, subjects }: Query): void {
    this.#queries.answered();
    for (const subject of subjects) {
      const load = this.#loads.get(subject);
      // One that was begun again meanwhile waits for a later query.
      if (load === undefined || load.asOfMs > sentMs) continue;
      this.#loads.delete(subject);
      this.counts.waitsMs.push(answeredMs - load.firstMs);
      this.#settle(subject, answeredMs);
      this.#remembered.keep(subject, load.asOfMs);
      const committedMs = this.#committed.get(subject);
      const readMs = sentMs - (this.#settings.database.lagMs ?? 0);
      if (committedMs !== undefined && committedMs > readMs) this.#outdated.set(subject, [committedMs]);
      const surplus = this.#remembered.surplus();
      if (surplus !== undefined) this.#forget(surplus, answeredMs);
    }
  }

  #changed({ subject, atMs }: Change): void {
    if (subject === undefined) return;
    this.#committed.set(subject, atMs);
    if ((this.#remembered.endMs(subject) ?? 0) <= atMs) return;
    this.#outdated.set(subject, [...(this.#outdated.get(subject) ?? []), atMs]);
  }

  #heard({ subject, role }: Change, nowMs: number): void {
    if (!this.#isHearing) return;
    this.counts.heard += 1;
    if (subject !== undefined) {
      this.#forgetAll([subject], nowMs);
      this.#loadAgain([subject], nowMs);
    }
    if (role === undefined) return;
    const { roleShare } = this.#settings.workload;
    const all = this.#remembered.subjects();
    const holders = all.filter((one) => holdsRole(one, role, roleShare));
    // Whom a role gives something that nobody has been seen to hold cannot be seen.
    this.#forgetAll(holders.length === 0 ? all : holders, nowMs);
    this.#loadAgain([...this.#loads.keys()], nowMs);
  }

  #connected(connection: 'silent' | 'lost' | 'listens', nowMs: number): void {
    this.#isHearing = connection === 'listens';
    if (connection === 'silent') return;
    this.#forgetAll(this.#remembered.subjects(), nowMs);
    this.#loadAgain([...this.#loads.keys()], nowMs);
  }

  #loadAgain(subjects: readonly number[], nowMs: number): void {
    for (const subject of subjects) {
      const load = this.#loads.get(subject);
      if (load === undefined) continue;
      load.asOfMs = nowMs;
      this.#load(subject, nowMs);
    }
  }

  #forgetAll(subjects: readonly number[], nowMs: number): void {
    for (const subject of subjects) if (this.#forget(subject, nowMs)) this.counts.forgotten += 1;
  }

  #forget(subject: number, nowMs: number): boolean {
    this.#settle(subject, nowMs);
    return this.#remembered.forget(subject);
  }

  /** How long what was outdated could have been served. */
  #settle(subject: number, nowMs: number): void {
    const changes = this.#outdated.get(subject);
    if (changes === undefined) return;
    const endMs = Math.min(nowMs, this.#remembered.endMs(subject) ?? nowMs);
    for (const committedMs of changes) this.counts.stalenessMs.push(Math.max(0, endMs - committedMs));
    this.#outdated.delete(subject);
  }
}
