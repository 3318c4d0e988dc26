// What is to be done goes in; whether it is being done comes out, and what went wrong.

import { useState } from 'preact/hooks';
import { asProblem } from './problem.ts';
import type { Problem } from './problem.ts';

export interface Doing {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  /** One at a time: while one is being done, another is not begun. Resolves to whether it was done. */
  run(act: () => Promise<unknown>): Promise<boolean>;
  /** Nothing went wrong any more. */
  forgive(): void;
}

export function useDoing(): Doing {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  return {
    isBusy,
    problem,
    forgive: () => setProblem(undefined),
    async run(act) {
      if (isBusy) return false;
      setBusy(true);
      setProblem(undefined);
      try {
        await act();
        return true;
      } catch (cause) {
        setProblem(asProblem(cause));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
