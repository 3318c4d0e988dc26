// Changes go in; they are tried first, so that what they would come to can be looked at, and then made as they were tried.

import { useState } from 'preact/hooks';
import type { Change, Effects } from './answers.ts';
import { useDoing } from './changing.ts';
import type { Doing } from './changing.ts';
import { useSession } from './session.ts';

export interface Review extends Pick<Doing, 'isBusy' | 'problem'> {
  /** What these very changes would come to; undefined: they were not tried. */
  readonly effects: Effects | undefined;
  /** Tries them, or makes them where they were tried. Resolves to whether they were made. */
  go(): Promise<boolean>;
  /** As if nothing was tried. */
  forget(): void;
}

export function useReview(changes: readonly Change[], why: string): Review {
  const { api } = useSession();
  const [tried, setTried] = useState<{ saying: string; effects: Effects }>();
  const doing = useDoing();
  const saying = JSON.stringify(changes);
  const effects = tried?.saying === saying ? tried.effects : undefined;
  return {
    ...doing,
    effects,
    forget() {
      setTried(undefined);
      doing.forgive();
    },
    async go() {
      if (effects === undefined) {
        await doing.run(async () => setTried({ saying, effects: await api.tryOut<Effects>(changes) }));
        return false;
      }
      const isMade = await doing.run(() => api.change(changes, why));
      if (isMade) setTried(undefined);
      return isMade;
    },
  };
}
