// A promise and a time limit go in, the value comes out, or an UnavailableError: what is late, or fails, is nobody's permit.

import { UnavailableError } from './errors.ts';

/** Time, as far as the way of a request needs it. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls `run` once after so many milliseconds, unless the function it returns is called before. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
}

export interface TimeLimit {
  /** Who is waited for, as the operator is told. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly abort?: () => void;
}

/** Rejects with an UnavailableError when the time is over, and with the promise's own error when that comes first. */
export function inTime<Value>(
  answer: PromiseLike<Value>,
  { what, timeoutMs, clock, abort }: TimeLimit,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => {
      abort?.();
      reject(new UnavailableError(undefined, { cause: `${what} did not answer within ${timeoutMs} ms` }));
    });
    const settle =
      <Given>(go: (given: Given) => void) =>
      (given: Given): void => {
        cancel();
        go(given);
      };
    Promise.resolve(answer).then(settle(resolve), settle(reject));
  });
}
