// Questions go in one by one, go out together, and each gets its own answer: what is asked at the same time takes one query, and
// what is asked while enough queries are under way waits for the next.

import type { Privilege } from '../core/privilege.ts';
import type { HeldQuestion } from './postgres-reading.ts';

/** Answers to all of these, in their order. */
export type AskMany = (
  questions: readonly HeldQuestion[],
  audience: readonly string[],
) => Promise<readonly (readonly Privilege[])[]>;

type Answer = readonly Privilege[];

interface Caller {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** The same question, asked by some. */
interface Member {
  readonly question: HeldQuestion;
  readonly callers: Set<Caller>;
}

/** What is asked for the same API. */
interface Gathering {
  readonly audience: readonly string[];
  readonly members: Map<string, Member>;
}

// Few connections of the pool, so that others get one too; and no query that takes all the time of the others.
const maxQueries = 4;
const maxMembers = 500;

export class Batches {
  readonly #ask: AskMany;
  readonly #gathering = new Map<string, Gathering>();
  #underWay = 0;
  #isScheduled = false;

  constructor(ask: AskMany) {
    this.#ask = ask;
  }

  /** Rejects with the signal's reason as soon as it aborts; the others are answered all the same. */
  ask(question: HeldQuestion, audience: readonly string[], signal?: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const { callers } = this.#memberOf(question, audience);
      const leave = (): void => {
        callers.delete(caller);
        reject(signal?.reason as Error);
      };
      const over =
        <Given>(go: (given: Given) => void) =>
        (given: Given): void => {
          signal?.removeEventListener('abort', leave);
          go(given);
        };
      const caller: Caller = { resolve: over(resolve), reject: over(reject) };
      callers.add(caller);
      signal?.addEventListener('abort', leave, { once: true });
      this.#schedule();
    });
  }

  #memberOf(question: HeldQuestion, audience: readonly string[]): Member {
    const api = JSON.stringify(audience);
    let gathering = this.#gathering.get(api);
    if (gathering === undefined) {
      gathering = { audience: [...audience], members: new Map() };
      this.#gathering.set(api, gathering);
    }
    const key = JSON.stringify([question.key, question.organization]);
    let member = gathering.members.get(key);
    if (member === undefined) gathering.members.set(key, (member = { question, callers: new Set() }));
    return member;
  }

  // At the end of what runs now: who asks meanwhile comes along.
  #schedule(): void {
    if (this.#isScheduled || this.#underWay >= maxQueries) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    for (const [api, { audience, members }] of this.#gathering) {
      if (this.#underWay >= maxQueries) return;
      this.#gathering.delete(api);
      const asked = [...members].filter(([, { callers }]) => callers.size > 0);
      const rest = asked.splice(maxMembers);
      if (rest.length > 0) this.#gathering.set(api, { audience, members: new Map(rest) });
      if (asked.length > 0)
        void this.#query(
          asked.map(([, member]) => member),
          audience,
        );
    }
  }

  async #query(members: readonly Member[], audience: readonly string[]): Promise<void> {
    this.#underWay += 1;
    try {
      const answers = await this.#ask(
        members.map(({ question }) => question),
        audience,
      );
      for (const [at, { callers }] of members.entries()) {
        for (const { resolve } of callers) resolve(answers[at] ?? []);
      }
    } catch (error) {
      for (const { callers } of members) for (const { reject } of callers) reject(error);
    } finally {
      this.#underWay -= 1;
      if (this.#gathering.size > 0) this.#schedule();
    }
  }
}
