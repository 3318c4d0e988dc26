// What is being read goes in; progress, a problem, or what was read comes out.

import type { ComponentChildren } from 'preact';
import type { Loaded } from '../loading.ts';
import { Notice } from './notice.tsx';
import { Progress } from './progress.tsx';

export function LoadedView<Answer>({
  loaded,
  what,
  children,
}: {
  loaded: Loaded<Answer>;
  /** What is read, for whoever waits. */
  what: string;
  children: (data: Answer) => ComponentChildren;
}) {
  const { data, problem, isBusy, reload } = loaded;
  return (
    <>
      {problem !== undefined && !isBusy && <Notice problem={problem} onRetry={reload} />}
      {data === undefined && isBusy && <Progress what={`Reading ${what}`} />}
      {data !== undefined && (
        <div class="loaded" aria-busy={isBusy}>
          {children(data)}
        </div>
      )}
    </>
  );
}
