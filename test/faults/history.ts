// What was changed and what was answered, and when, goes in; every answer that cannot be right comes out.

import type { AuditEntry, RoleStore } from 'rightful/stores';
import { personOf } from './api.ts';
import type { Answer, Api } from './api.ts';

interface Change {
  readonly user: string;
  /** Whether the user may, by it. */
  readonly held: boolean;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** Undefined: it is not known to have been made. */
  readonly revision: number | undefined;
}

interface Asked extends Answer {
  readonly user: string;
  readonly from: number;
  readonly to: number;
}

/** Where nothing else is said, nobody may at the beginning. */
export class History {
  readonly changes: Change[] = [];
  readonly answers: Asked[] = [];
  readonly #watchers = new Set<(asked: Asked) => void>();

  async ask(api: Api, user: string): Promise<Answer> {
    const from = performance.now();
    const answer = await api.ask(user);
    const asked = { ...answer, user, from, to: performance.now() };
    this.answers.push(asked);
    for (const watcher of this.#watchers) watcher(asked);
    return answer;
  }

  /** Whether it was made for certain. */
  async change(api: Api, user: string, held: boolean): Promise<boolean> {
    const sentAt = performance.now();
    const changed = await api.change(held ? 'grant' : 'revoke', user);
    const revision = changed !== undefined && 'revision' in changed ? changed.revision : undefined;
    this.changes.push({ user, held, sentAt, answeredAt: performance.now(), revision });
    return revision !== undefined;
  }

  /** The next answer of this kind to a question that was not asked yet. */
  next(status: number): Promise<Answer> {
    const now = performance.now();
    return new Promise((resolve) => {
      const watcher = (asked: Asked): void => {
        if (asked.status !== status || asked.from < now) return;
        this.#watchers.delete(watcher);
        resolve(asked);
      };
      this.#watchers.add(watcher);
    });
  }

  /** Answers that no order of what happened allows, where each change acts within so many milliseconds. */
  wrongAnswers(boundMs: number): string[] {
    return this.answers.flatMap((asked) => {
      const { status, code, user, from, to } = asked;
      if (status === 503 && code === 'unavailable') return [];
      const possible = this.#possible(user, from - boundMs, to);
      if (status === 200 && possible.has(true)) return [];
      if (status === 403 && code === 'insufficient_privilege' && possible.has(false)) return [];
      return [`${user} was answered ${status} ${code ?? ''} at ${Math.round(from)}`];
    });
  }

  // All that may have been so at some instant between the two.
  #possible(user: string, from: number, to: number): ReadonlySet<boolean> {
    let now = new Set([false]);
    let found = new Set<boolean>();
    const steps = this.changes
      .filter((change) => change.user === user)
      .flatMap(({ sentAt, answeredAt, held, revision }) => [
        { at: sentAt, next: () => new Set([...now, held]) },
        { at: answeredAt, next: () => (revision === undefined ? now : new Set([held])) },
      ]);
    for (const { at, next } of steps) {
      if (at > to) break;
      if (at >= from) found = new Set([...found, ...now]);
      now = next();
    }
    return new Set([...found, ...now]);
  }

  /** What is wrong with what was kept: acknowledged changes that are not, entries without a change, changes without an entry. */
  async lostChanges(store: RoleStore): Promise<string[]> {
    const entries = await auditOf(store);
    const wrong: string[] = [];
    const heldAt = (user: string, revision: number): boolean => {
      const last = entries.findLast((entry) => entry.subject?.id === user && entry.revision <= revision);
      return last?.action === 'grant';
    };
    for (const { user, held, revision } of this.changes) {
      if (revision === undefined) continue;
      if (revision > 0 && !entries.some((entry) => entry.revision === revision))
        wrong.push(`revision ${revision} has no entry`);
      if (heldAt(user, revision) !== held) wrong.push(`revision ${revision} does not say what was acknowledged`);
    }
    for (const user of new Set(this.changes.map((change) => change.user))) {
      const { privileges } = await store.subject(personOf(user));
      if (privileges.length > 0 !== heldAt(user, Infinity)) wrong.push(`${user} holds what no entry tells of`);
    }
    const revisions = entries.map(({ revision }) => revision);
    if (new Set(revisions).size !== revisions.length) wrong.push(`a revision twice: ${revisions.join()}`);
    if (entries.length > this.changes.length) wrong.push(`${entries.length} entries of ${this.changes.length} changes`);
    if (revisions.at(-1) !== (await store.revision())) wrong.push('the last entry is not of the last revision');
    return wrong;
  }
}

/** Every entry, the oldest first. */
export async function auditOf(store: RoleStore): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (let after: string | undefined; ;) {
    const page = await store.audit({ take: 1000, ...(after !== undefined && { after }) });
    entries.push(...page.items);
    if (page.next === undefined) return entries.toReversed();
    after = page.next;
  }
}

/** Users whose rights are given and taken in turns, and who keep asking, until it is stopped. */
export function traffic(history: History, { asked, changed }: { asked: readonly Api[]; changed: readonly Api[] }) {
  const ending = new AbortController();
  const loops = [
    ...changed.map((api, at) =>
      repeat(async (turn) => {
        const isMade = await history.change(api, `writer-${at}-user-${turn % 3}`, turn % 2 === 0);
        await pause(isMade ? 10 : 50);
      }),
    ),
    ...asked.flatMap((api) =>
      changed.map((_, at) =>
        repeat(async (turn) => {
          await history.ask(api, `writer-${at}-user-${turn % 3}`);
          await pause(3);
        }),
      ),
    ),
  ];
  async function repeat(once: (turn: number) => Promise<void>): Promise<void> {
    for (let turn = 0; !ending.signal.aborted; turn += 1) await once(turn);
  }
  return {
    stop: async () => {
      ending.abort();
      await Promise.all(loops);
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
