// A store goes in, the same store with a memory comes out: what it said is served until it is too old or may have changed.

import { UnavailableError } from '../core/errors.ts';
import type { Privilege, PrivilegeChange, PrivilegeStore, Subject } from '../core/privilege.ts';
import { tell } from '../core/tell.ts';
import { AnswerReader } from './cache-answer.ts';
import type { KeptAnswer } from './cache-answer.ts';
import { readChange } from './cache-change.ts';
import type { ReadChange } from './cache-change.ts';
import { Entries, questionText } from './cache-entries.ts';
import type { Asked, CacheQuestion, Entry } from './cache-entries.ts';
import { isSamePerson } from './subject-index.ts';
import { Load } from './cache-load.ts';
import type { LoadOwner, LoadSurroundings, MonotonicClock } from './cache-load.ts';

export interface CacheSettings {
  readonly maxAgeMs: number;
  readonly staleIfErrorMs: number;
  readonly maxSubjects: number;
  readonly timeoutMs: number;
}

/** What a cache has done since it was made. */
export interface CacheStatistics {
  /** Answers that are remembered: a subject counts once for each organization and each API it is asked about. */
  readonly subjects: number;
  /** Questions that were answered from memory, by an answer no older than `maxAgeMs`. */
  readonly hits: number;
  /** Questions that were answered, within `staleIfErrorMs`, by an older one, since the store failed. */
  readonly stale: number;
  /** Times that the store was asked. Many who ask at the same time are one. */
  readonly loads: number;
  /** Loads that failed, were late, or brought what is no list of privileges. */
  readonly errors: number;
}

// So long a store that has failed is not asked again about whom there is a stale answer for: a store that hangs would make each
// request wait for the whole of `timeoutMs`.
const restAfterErrorMs = 1000;

export class CacheMemory implements LoadOwner {
  readonly #store: PrivilegeStore;
  readonly #clock: MonotonicClock;
  readonly #settings: CacheSettings;
  readonly #ignoresIssuer: boolean;
  readonly #entries: Entries;
  readonly #reader = new AnswerReader();
  readonly #loads = new Map<string, Load>();
  readonly #listeners = new Set<(change: PrivilegeChange) => void>();
  readonly #surroundings: LoadSurroundings;
  readonly #unsubscribe: (() => void) | undefined;
  #counts = { hits: 0, stale: 0, loads: 0, errors: 0 };
  #closing: Promise<void> | undefined;

  constructor(store: PrivilegeStore, settings: CacheSettings, clock: MonotonicClock) {
    this.#store = store;
    this.#clock = clock;
    this.#settings = settings;
    // Where answers do not depend on the issuer, neither do changes, whichever issuer they name.
    this.#ignoresIssuer = store.holdsForAnyIssuer === true;
    this.#entries = new Entries(settings.maxSubjects, this.#ignoresIssuer);
    // An answer that takes longer than it may be old is too old when it comes.
    const timeoutMs = Math.min(settings.timeoutMs, settings.maxAgeMs);
    this.#surroundings = {
      ask: (question, options) => asking(store, question, options),
      clock,
      timeoutMs,
      owner: this,
    };
    this.#unsubscribe = store.onChange?.((change) => this.#changed(change));
  }

  /** The warm way: no promise, no timer, nothing made. */
  privilegesOf(
    subject: Asked,
    options: { readonly audience: readonly string[]; readonly signal?: AbortSignal },
  ): readonly Privilege[] | Promise<readonly Privilege[]> {
    const { audience } = options;
    const entry = this.#entries.find(subject, audience);
    if (entry === undefined || this.#clock.now() >= entry.serveUntilMs) return this.#loaded(subject, audience, options);
    if (entry.isStale) this.#counts.stale += 1;
    else this.#counts.hits += 1;
    return entry.answer.privileges;
  }

  #loaded(
    subject: Asked,
    audience: readonly string[],
    options: { readonly signal?: AbortSignal },
  ): readonly Privilege[] | Promise<readonly Privilege[]> {
    if (this.#closing !== undefined) throw new UnavailableError(undefined, { cause: 'The cache is closed' });
    const text = questionText(subject, audience);
    const underWay = this.#loads.get(text);
    if (underWay !== undefined) return underWay.join(options.signal);
    const question = { subject: copyOf(subject), audience: this.#reader.audienceOf(audience) };
    const load = new Load(question, this.#surroundings);
    this.#loads.set(text, load);
    return load.begin() ?? load.join(options.signal);
  }

  /** Milliseconds since the answer that is remembered was asked for; undefined: none that may still be served. */
  ageMsOf(subject: Readonly<Subject>, audience: readonly string[]): number | undefined {
    const entry = this.#entries.peek({ subject, audience });
    if (entry === undefined || this.#clock.now() >= this.#endOf(entry)) return undefined;
    return this.#clock.now() - entry.asOfMs;
  }

  get statistics(): CacheStatistics {
    return { subjects: this.#entries.size, ...this.#counts };
  }

  onChange(listener: (change: PrivilegeChange) => void): () => void {
    const own = (change: PrivilegeChange): void => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** First forgets, then tells. */
  #changed(change: PrivilegeChange): void {
    const read = readChange(change);
    this.#entries.evict(read);
    for (const load of this.#loads.values()) if (this.#isConcerned(load, read)) load.outdate();
    for (const listener of [...this.#listeners]) tell(() => listener(change));
  }

  /** Which roles a subject has is not known before its answer is there. */
  #isConcerned(load: Load, { subject, role }: ReadChange): boolean {
    if (subject === undefined || role !== undefined) return true;
    return isSamePerson(subject, load.question.subject, this.#ignoresIssuer);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    tell(() => this.#unsubscribe?.());
    this.#entries.clear();
    this.#listeners.clear();
    for (const load of [...this.#loads.values()]) load.giveUp(new Error('The cache is closed'));
    await this.#store.close?.();
  }

  begun(): void {
    this.#counts.loads += 1;
  }

  read({ subject, audience }: CacheQuestion, answer: unknown): KeptAnswer {
    return this.#reader.read(answer, { organization: subject.organization, audience });
  }

  keep(question: CacheQuestion, answer: KeptAnswer, asOfMs: number): void {
    // That a role is made is told to nobody, since nobody has it; a token may name it all the same.
    if (question.subject.kind === 'role' && answer.privileges.length === 0) return this.#entries.forget(question);
    const serveUntilMs = asOfMs + this.#settings.maxAgeMs;
    this.#entries.keep({ ...question, answer, asOfMs, serveUntilMs, isStale: false });
  }

  /** The store does answer, and something else than before: what it said before is not kept for an outage. */
  refuse(question: CacheQuestion): void {
    this.#counts.errors += 1;
    this.#entries.forget(question);
  }

  standIn(question: CacheQuestion, waiting: number): readonly Privilege[] | undefined {
    this.#counts.errors += 1;
    const entry = this.#entries.peek(question);
    const now = this.#clock.now();
    if (entry === undefined || now >= this.#endOf(entry)) return undefined;
    entry.isStale = true;
    entry.serveUntilMs = Math.min(now + restAfterErrorMs, this.#endOf(entry));
    this.#counts.stale += waiting;
    return entry.answer.privileges;
  }

  /** From when on it is served no more, whatever happens. */
  #endOf({ asOfMs }: Entry): number {
    return asOfMs + this.#settings.maxAgeMs + this.#settings.staleIfErrorMs;
  }

  ended({ question: { subject, audience } }: Load): void {
    this.#loads.delete(questionText(subject, audience));
  }
}

function asking(
  store: PrivilegeStore,
  { subject }: CacheQuestion,
  options: Parameters<PrivilegeStore['privilegesOf']>[1],
): ReturnType<PrivilegeStore['privilegesOf']> {
  const { kind, id, organization } = subject;
  if (kind !== 'role') return store.privilegesOf(subject as Subject, options);
  const where = organization === undefined ? options : Object.assign(Object.create(options), { organization });
  return store.privilegesOfRole === undefined ? [] : store.privilegesOfRole(id, where);
}

// An authorizer's subjects are frozen, and there anyway.
function copyOf(subject: Asked): Asked {
  if (Object.isFrozen(subject)) return subject;
  const { issuer, id, kind, organization } = subject;
  return Object.freeze({ issuer, id, kind, ...(organization !== undefined && { organization }) });
}
