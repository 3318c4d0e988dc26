// A question goes in, the store's answer comes out to everybody who waits for it: one load, begun again when what it asks about
// changes meanwhile, and given up when it takes too long or nobody waits any more.

import { isPromise } from '../core/next.ts';
import type { Privilege, PrivilegeStore } from '../core/privilege.ts';
import type { KeptAnswer } from './cache-answer.ts';
import type { CacheQuestion } from './cache-entries.ts';

/** Time that never goes back. */
export interface MonotonicClock {
  /** Milliseconds since some instant. */
  readonly now: () => number;
  /** Calls `run` once after so many milliseconds, unless the function it returns is called before. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
}

/** Who says what a load comes to. */
export interface LoadOwner {
  /** The store is asked, for the first time or once more. */
  begun(): void;
  /** @throws what is wrong with the answer. */
  read(question: CacheQuestion, answer: unknown): KeptAnswer;
  /** `asOfMs`: when the store was asked. */
  keep(question: CacheQuestion, answer: KeptAnswer, asOfMs: number): void;
  /** The answer was none that can be read. */
  refuse(question: CacheQuestion): void;
  /** There was no answer. What may be served to so many in its place, if anything. */
  standIn(question: CacheQuestion, waiting: number): readonly Privilege[] | undefined;
  /** The load is over. */
  ended(load: Load): void;
}

export interface LoadSurroundings {
  /** Puts the question to the store. */
  readonly ask: (
    question: CacheQuestion,
    options: Parameters<PrivilegeStore['privilegesOf']>[1],
  ) => ReturnType<PrivilegeStore['privilegesOf']>;
  readonly clock: MonotonicClock;
  /** How long all of it may take, loading again included. */
  readonly timeoutMs: number;
  readonly owner: LoadOwner;
}

type Outcome = { readonly privileges: readonly Privilege[] } | { readonly error: unknown };

export class Load {
  readonly question: CacheQuestion;
  readonly #surroundings: LoadSurroundings;
  #asOfMs = 0;
  #isOutdated = false;
  #aborter: AbortController | undefined;
  #cancelTimer: (() => void) | undefined;
  #outcome: Outcome | undefined;
  #waiting = 0;
  readonly #callers = new Set<(outcome: Outcome) => void>();

  constructor(question: CacheQuestion, surroundings: LoadSurroundings) {
    this.question = question;
    this.#surroundings = surroundings;
  }

  /** What it came to, where the store answers at once. @throws what the store throws at once. */
  begin(): readonly Privilege[] | undefined {
    this.#waiting = 1;
    this.#ask();
    this.#waiting -= 1;
    if (this.#outcome !== undefined) return valueOf(this.#outcome);
    const { clock, timeoutMs } = this.#surroundings;
    this.#cancelTimer = clock.after(timeoutMs, () => this.#timeOut());
    return undefined;
  }

  /** Waits with the others. Who leaves, by `signal`, leaves the others waiting. */
  join(signal: AbortSignal | undefined): Promise<readonly Privilege[]> {
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        signal?.removeEventListener('abort', leave);
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.privileges);
      };
      const leave = (): void => {
        this.#callers.delete(settle);
        reject(signal?.reason);
        this.#left();
      };
      this.#callers.add(settle);
      if (signal?.aborted) return leave();
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** Something it asks about has changed: its answer is nobody's any more, and it is asked again. */
  outdate(): void {
    this.#isOutdated = true;
    this.#abort('What is asked about has changed');
  }

  /** Ends it with an error for everybody who waits. */
  giveUp(error: unknown): void {
    this.#end({ error });
    this.#abort(error);
  }

  #left(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.giveUp(new Error('Nobody waits any more'));
  }

  // One at a time: the next one only when the one before has come to something.
  #ask(): void {
    const { clock, owner } = this.#surroundings;
    this.#isOutdated = false;
    this.#aborter = undefined;
    this.#asOfMs = clock.now();
    owner.begun();
    const aborting = (): AbortController => (this.#aborter ??= new AbortController());
    const options = {
      audience: this.question.audience,
      get signal(): AbortSignal {
        return aborting().signal;
      },
    };
    try {
      const answer = this.#surroundings.ask(this.question, options);
      if (!isPromise(answer)) return this.#answered(answer);
      Promise.resolve(answer).then(
        (later) => this.#answered(later),
        (error: unknown) => this.#failed(error),
      );
    } catch (error) {
      this.#failed(error);
    }
  }

  #answered(answer: unknown): void {
    if (this.#outcome !== undefined) return;
    if (this.#isOutdated) return this.#askAgain();
    const { clock, timeoutMs } = this.#surroundings;
    // A timer fires late where the process is busy; an answer is late all the same.
    if (clock.now() - this.#asOfMs >= timeoutMs) return this.#end(this.#failure(late(timeoutMs)));
    const conclude = this.#read(answer);
    // Reading it may have run the store's own code, which may have told of a change, or closed the cache.
    if (this.#outcome !== undefined) return;
    if (this.#isOutdated) this.#askAgain();
    else this.#end(conclude());
  }

  #read(answer: unknown): () => Outcome {
    const { owner } = this.#surroundings;
    const { question } = this;
    try {
      const read = owner.read(question, answer);
      return () => {
        owner.keep(question, read, this.#asOfMs);
        return { privileges: read.privileges };
      };
    } catch (error) {
      return () => {
        owner.refuse(question);
        return { error };
      };
    }
  }

  #failed(error: unknown): void {
    if (this.#outcome !== undefined) return;
    if (this.#isOutdated) this.#askAgain();
    else this.#end(this.#failure(error));
  }

  #failure(error: unknown): Outcome {
    const privileges = this.#surroundings.owner.standIn(this.question, this.#waiting);
    return privileges === undefined ? { error } : { privileges };
  }

  #timeOut(): void {
    const error = late(this.#surroundings.timeoutMs);
    this.#end(this.#failure(error));
    this.#abort(error);
  }

  // In a turn of its own: a store that tells of a change whenever it is asked keeps no timer from firing.
  #askAgain(): void {
    setImmediate(() => {
      if (this.#outcome === undefined) this.#ask();
    });
  }

  #end(outcome: Outcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.#cancelTimer?.();
    this.#surroundings.owner.ended(this);
    for (const settle of this.#callers) settle(outcome);
    this.#callers.clear();
  }

  #abort(reason: unknown): void {
    (this.#aborter ??= new AbortController()).abort(reason);
  }
}

function valueOf(outcome: Outcome): readonly Privilege[] {
  if ('error' in outcome) throw outcome.error;
  return outcome.privileges;
}

function late(timeoutMs: number): Error {
  return new Error(`The store did not answer within ${timeoutMs} ms`);
}
