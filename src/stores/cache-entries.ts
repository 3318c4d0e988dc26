// Answers go in with whom they are about, the answer to the very same question comes out again: a bounded memory that forgets
// whatever a change may concern.

import type { Subject } from '../core/privilege.ts';
import type { Person } from '../core/role-store.ts';
import type { KeptAnswer } from './cache-answer.ts';
import type { ReadChange } from './cache-change.ts';
import { SubjectIndex } from './subject-index.ts';

/** Who is asked about: a subject, or whoever has the role whose uid is the id, at any issuer. */
export type Asked = Readonly<Omit<Subject, 'kind'> & { readonly kind: Subject['kind'] | 'role' }>;

/** All that decides an answer. */
export interface CacheQuestion {
  readonly subject: Asked;
  /** The identifiers of the API that asks. */
  readonly audience: readonly string[];
}

/** An answer that is remembered. Times are milliseconds of a monotonic clock. */
export interface Entry extends CacheQuestion {
  readonly answer: KeptAnswer;
  /** When its load began, or up to a millisecond before: what changed later may be missing. */
  readonly asOfMs: number;
  /** Until when it is served without the store being asked. */
  serveUntilMs: number;
  /** Whether it is served although it is too old, since the store failed. */
  isStale: boolean;
}

/** There is one for each subject that is remembered: the lists it is in are made of its own members. */
interface Linked extends Entry {
  /** The same subject in another organization, or asked about for another API. */
  next: Linked | undefined;
  /** Asked about after it, and before it. */
  newer: Linked | undefined;
  older: Linked | undefined;
}

/** At most `maxEntries` answers, the least recently used forgotten first. */
export class Entries {
  /** By subject, so that a change finds all of its entries. */
  readonly #bySubject: SubjectIndex<Linked>;
  readonly #maxEntries: number;
  #size = 0;
  #newest: Linked | undefined;
  #oldest: Linked | undefined;

  constructor(maxEntries: number, ignoresIssuer: boolean) {
    this.#maxEntries = maxEntries;
    this.#bySubject = new SubjectIndex(ignoresIssuer);
  }

  /** An entry is found by all that decides its answer. Its being found makes it recent. */
  find(subject: Asked, audience: readonly string[]): Entry | undefined {
    const entry = this.#entryOf(subject, audience);
    if (entry !== undefined && entry !== this.#newest) {
      this.#unlink(entry);
      this.#link(entry);
    }
    return entry;
  }

  /** The same, and it is no more recent than before. */
  peek({ subject, audience }: CacheQuestion): Entry | undefined {
    return this.#entryOf(subject, audience);
  }

  #entryOf(subject: Asked, audience: readonly string[]): Linked | undefined {
    let entry = this.#bySubject.get(subject);
    while (entry !== undefined && !isAbout(entry, subject, audience)) entry = entry.next;
    return entry;
  }

  /** In place of what is remembered so far. */
  keep({ subject, audience, answer, asOfMs, serveUntilMs, isStale }: Entry): void {
    this.forget({ subject, audience });
    // A whole number takes no memory of its own.
    const times = { asOfMs: Math.floor(asOfMs), serveUntilMs: Math.floor(serveUntilMs) };
    const next = this.#bySubject.get(subject);
    const entry: Linked = { subject, audience, answer, ...times, isStale, next, newer: undefined, older: undefined };
    this.#bySubject.set(subject, entry);
    this.#link(entry);
    this.#size += 1;
    if (this.#size > this.#maxEntries && this.#oldest !== undefined) this.#delete(this.#oldest);
  }

  forget({ subject, audience }: CacheQuestion): void {
    const entry = this.#entryOf(subject, audience);
    if (entry !== undefined) this.#delete(entry);
  }

  /** Forgets every answer that the change may concern. */
  evict({ subject, role }: ReadChange): void {
    if (subject === undefined && role === undefined) this.clear();
    if (subject !== undefined) this.#evictSubject(subject);
    const concerned = role === undefined ? [] : concernedBy(role, [...this.#all()]);
    for (const entry of concerned) this.#delete(entry);
  }

  /** In every organization, and for every API: who holds something in one may be told so in the answers for all. */
  #evictSubject(subject: Person): void {
    let entry = this.#bySubject.get(subject);
    while (entry !== undefined) {
      this.#delete(entry);
      entry = this.#bySubject.get(subject);
    }
  }

  clear(): void {
    for (const entry of [...this.#all()]) this.#delete(entry);
  }

  get size(): number {
    return this.#size;
  }

  *#all(): Generator<Linked> {
    for (let entry = this.#newest; entry !== undefined; entry = entry.older) yield entry;
  }

  #delete(entry: Linked): void {
    this.#unlink(entry);
    this.#size -= 1;
    const first = this.#bySubject.get(entry.subject);
    if (first === entry) return this.#bySubject.set(entry.subject, entry.next);
    let before = first;
    while (before !== undefined && before.next !== entry) before = before.next;
    if (before !== undefined) before.next = entry.next;
  }

  #link(entry: Linked): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #unlink({ newer, older }: Linked): void {
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
  }
}

/**
 * The entries that a change of `role` may concern:
 *
 * 1. its holders: a privilege says that it comes from the role, or came through it;
 * 2. those that cannot tell: a privilege does not say where it comes from, or names no role though it comes from one;
 * 3. all for an organization and an audience in which no entry names the role: it has given nobody anything there that could be
 *    seen, so who holds it cannot be seen either, and it may give, or deny, from now on.
 */
function concernedBy(role: string, entries: readonly Linked[]): Linked[] {
  const named = new Map<readonly string[], Set<string | undefined>>();
  for (const { subject, audience, answer } of entries) {
    if (!answer.roles.has(role)) continue;
    const organizations = named.get(audience) ?? new Set();
    named.set(audience, organizations.add(subject.organization));
  }
  return entries.filter(({ subject, audience, answer }) => {
    const isNamedHere = named.get(audience)?.has(subject.organization) ?? false;
    const isItself = subject.kind === 'role' && subject.id === role;
    return isItself || answer.roles.has(role) || !answer.tellsRoles || !isNamedHere;
  });
}

function isAbout(question: CacheQuestion, subject: Asked, audience: readonly string[]): boolean {
  const { issuer, organization } = question.subject;
  return issuer === subject.issuer && organization === subject.organization && isSame(question.audience, audience);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/** What is in a question, as a text that no other has. */
export function questionText(subject: Asked, audience: readonly string[]): string {
  const { issuer, id, kind, organization } = subject;
  return JSON.stringify([issuer, id, kind, organization ?? null, audience]);
}
