// A time limit and signals go in, one signal for all that is done within them comes out, and waits that end with it.

import { TenantFault } from './auth0-faults.ts';
import type { MonotonicClock } from './cache-load.ts';

/** Time that never goes back, and the date beside it. */
export interface TenantClock extends MonotonicClock {
  /** Milliseconds since 1970. */
  readonly dateMs: () => number;
}

export const machineClock: TenantClock = Object.freeze<TenantClock>({
  now: () => performance.now(),
  // Not unref'd: a script that waits for its change is not to end before. Each timer is short, and cleared.
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  dateMs: () => Date.now(),
});

export interface Limits {
  readonly clock: TenantClock;
  readonly timeoutMs: number;
  /** Whoever may end the work before its time. */
  readonly signals: readonly (AbortSignal | undefined)[];
}

/** The time that one piece of work has. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #clock: TenantClock;
  readonly #endMs: number;

  constructor(signal: AbortSignal, clock: TenantClock, timeoutMs: number) {
    this.signal = signal;
    this.#clock = clock;
    this.#endMs = clock.now() + timeoutMs;
  }

  /** Whether there is time for a wait, and for something after it. */
  covers(waitMs: number): boolean {
    return this.#clock.now() + waitMs < this.#endMs;
  }

  /** Rejects with the signal's reason where that comes first. */
  wait(waitMs: number): Promise<void> {
    let cancel = (): void => {};
    const over = new Promise<void>((resolve) => {
      cancel = this.#clock.after(waitMs, resolve);
    });
    return this.during(over).finally(cancel);
  }

  /** The same, rejected with the signal's reason where that comes first: also what heeds no signal ends in time. */
  during<Value>(work: Promise<Value>): Promise<Value> {
    const { signal } = this;
    return new Promise<Value>((resolve, reject) => {
      const stop = (): void => reject(signal.reason);
      const done = (): void => signal.removeEventListener('abort', stop);
      signal.addEventListener('abort', stop, { once: true });
      work.then(resolve, reject).finally(done);
      if (signal.aborted) stop();
    });
  }
}

/** No timer and no listener outlives the call. */
export async function withinLimits<Result>(
  { clock, timeoutMs, signals }: Limits,
  work: (deadline: Deadline) => Promise<Result>,
): Promise<Result> {
  for (const signal of signals) signal?.throwIfAborted();
  // AbortSignal.any is not used: in the oldest supported Node a composite signal can be collected before it fires.
  const controller = new AbortController();
  const stops = signals.map((signal) => whenAborted(signal, (reason) => controller.abort(reason)));
  const late = (): void => controller.abort(new TenantFault(`the tenant gave no answer within ${timeoutMs} ms`));
  const cancel = clock.after(timeoutMs, late);
  try {
    return await work(new Deadline(controller.signal, clock, timeoutMs));
  } finally {
    cancel();
    for (const stop of stops) stop();
  }
}

function whenAborted(signal: AbortSignal | undefined, run: (reason: unknown) => void): () => void {
  const heard = (): void => run(signal?.reason);
  signal?.addEventListener('abort', heard, { once: true });
  return () => signal?.removeEventListener('abort', heard);
}
