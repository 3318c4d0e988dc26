// An application's hook goes in and is told; whatever it does, nothing changes: it may throw, or reject later.

import { isPromise } from './next.ts';

export function tell(hook: () => unknown): void {
  try {
    const told = hook();
    if (isPromise(told)) Promise.resolve(told).then(undefined, () => {});
  } catch {
    // What an observer throws is nobody's answer.
  }
}
