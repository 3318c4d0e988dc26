// Answers go in with whom they are about, the answer to the very same question comes out again: a bounded memory that forgets
// whatever a change may concern.

import { LRUCache } from 'lru-cache';
import type { Subject } from '../core/privilege.ts';
import type { KeptAnswer } from './cache-answer.ts';
import type { ReadChange } from './cache-change.ts';
import { SubjectIndex } from './subject-index.ts';
import type { Person } from '../core/role-store.ts';

/** All that decides an answer. */
export interface CacheQuestion {
  readonly subject: Readonly<Subject>;
  /** The identifiers of the API that asks. */
  readonly audience: readonly string[];
}

/** An answer that is remembered. Times are milliseconds of a monotonic clock. */
export interface Entry {
  readonly question: CacheQuestion;
  readonly answer: KeptAnswer;
  /** When its load began: what changed later may be missing. */
  readonly asOfMs: number;
  /** Until when it is served without the store being asked. */
  serveUntilMs: number;
  /** Whether it is served although it is too old, since the store failed. */
  isStale: boolean;
}

interface Linked extends Entry {
  /** The same subject in another organization, or asked about for another API. */
  next: Linked | undefined;
  previous: Linked | undefined;
}

/** At most `maxEntries` answers, the least recently used forgotten first. */
export class Entries {
  /** By subject, so that a change finds all of its entries. */
  readonly #bySubject: SubjectIndex<Linked>;
  readonly #recent: LRUCache<Linked, true>;

  constructor(maxEntries: number, ignoresIssuer: boolean) {
    this.#bySubject = new SubjectIndex(ignoresIssuer);
    this.#recent = new LRUCache({ max: maxEntries, dispose: (_true, entry) => this.#unlink(entry) });
  }

  /** An entry is found by all that decides its answer. Its being found makes it recent. */
  find(subject: Readonly<Subject>, audience: readonly string[]): Entry | undefined {
    const entry = this.#entryOf(subject, audience);
    if (entry !== undefined) this.#recent.get(entry);
    return entry;
  }

  /** The same, and it is no more recent than before. */
  peek({ subject, audience }: CacheQuestion): Entry | undefined {
    return this.#entryOf(subject, audience);
  }

  #entryOf(subject: Readonly<Subject>, audience: readonly string[]): Linked | undefined {
    let entry = this.#bySubject.get(subject);
    while (entry !== undefined && !isAbout(entry.question, subject, audience)) entry = entry.next;
    return entry;
  }

  /** In place of what is remembered so far. */
  keep(entry: Entry): void {
    this.forget(entry.question);
    const { subject } = entry.question;
    const next = this.#bySubject.get(subject);
    const linked: Linked = { ...entry, next, previous: undefined };
    if (next !== undefined) next.previous = linked;
    this.#bySubject.set(subject, linked);
    this.#recent.set(linked, true);
  }

  forget({ subject, audience }: CacheQuestion): void {
    const entry = this.#entryOf(subject, audience);
    if (entry !== undefined) this.#recent.delete(entry);
  }

  /** Forgets every answer that the change may concern. */
  evict({ subject, role }: ReadChange): void {
    if (subject === undefined && role === undefined) this.clear();
    if (subject !== undefined) this.#evictSubject(subject);
    const concerned = role === undefined ? [] : concernedBy(role, [...this.#recent.keys()]);
    for (const entry of concerned) this.#recent.delete(entry);
  }

  /** In every organization, and for every API: who holds something in one may be told so in the answers for all. */
  #evictSubject(subject: Person): void {
    let entry = this.#bySubject.get(subject);
    while (entry !== undefined) {
      this.#recent.delete(entry);
      entry = this.#bySubject.get(subject);
    }
  }

  clear(): void {
    this.#recent.clear();
  }

  get size(): number {
    return this.#recent.size;
  }

  #unlink({ question, next, previous }: Linked): void {
    if (next !== undefined) next.previous = previous;
    if (previous !== undefined) previous.next = next;
    else this.#bySubject.set(question.subject, next);
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
  for (const { question, answer } of entries) {
    if (!answer.roles.has(role)) continue;
    const organizations = named.get(question.audience) ?? new Set();
    named.set(question.audience, organizations.add(question.subject.organization));
  }
  return entries.filter(({ question, answer }) => {
    const isNamedHere = named.get(question.audience)?.has(question.subject.organization) ?? false;
    return answer.roles.has(role) || !answer.tellsRoles || !isNamedHere;
  });
}

function isAbout(question: CacheQuestion, subject: Readonly<Subject>, audience: readonly string[]): boolean {
  const { issuer, organization } = question.subject;
  return issuer === subject.issuer && organization === subject.organization && isSame(question.audience, audience);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/** What is in a question, as a text that no other has. */
export function questionText(subject: Readonly<Subject>, audience: readonly string[]): string {
  const { issuer, id, kind, organization } = subject;
  return JSON.stringify([issuer, id, kind, organization ?? null, audience]);
}
