// What is to be read goes in; what was read comes out, whether it still is being read, and what went wrong.

import { useEffect, useState } from 'preact/hooks';
import { asProblem } from './problem.ts';
import type { Problem } from './problem.ts';

export interface Loaded<Answer> {
  /** What was read last, also while it is read anew. */
  readonly data: Answer | undefined;
  readonly problem: Problem | undefined;
  readonly isBusy: boolean;
  /** Reads it once more. */
  readonly reload: () => void;
}

/** `key`: of what is read; another one reads anew. Undefined: there is nothing to read. */
export function useLoaded<Answer>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<Answer>,
): Loaded<Answer> {
  const [data, setData] = useState<Answer>();
  const [problem, setProblem] = useState<Problem>();
  const [done, setDone] = useState<string>();
  const [round, setRound] = useState(0);
  const wanted = key === undefined ? undefined : `${round} ${key}`;
  useEffect(() => {
    if (wanted === undefined) return undefined;
    const controller = new AbortController();
    const finish = (act: () => void): void => {
      if (controller.signal.aborted) return;
      act();
      setDone(wanted);
    };
    load(controller.signal).then(
      (answer) =>
        finish(() => {
          setData(() => answer);
          setProblem(undefined);
        }),
      (cause: unknown) =>
        finish(() => {
          const failed = asProblem(cause);
          setProblem(failed);
          // What is there no more is not shown any longer as if it were.
          if (failed.status === 404) setData(undefined);
        }),
    );
    return () => controller.abort();
  }, [wanted]);
  return { data, problem, isBusy: wanted !== undefined && done !== wanted, reload: () => setRound((last) => last + 1) };
}

/** Two that are shown once both were read; `reload` reads what did not come. */
export function together<One, Other>(one: Loaded<One>, other: Loaded<Other>): Loaded<readonly [One, Other]> {
  return {
    data: one.data === undefined || other.data === undefined ? undefined : [one.data, other.data],
    problem: one.problem ?? other.problem,
    isBusy: one.isBusy || other.isBusy,
    reload() {
      for (const each of [one, other]) if (each.problem !== undefined) each.reload();
    },
  };
}
