// The time of this machine: what waits here for somebody else keeps no process alive.

import type { Clock } from '../core/in-time.ts';

export const machineClock: Clock = Object.freeze({
  now: Date.now,
  after: (milliseconds: number, run: () => void) => {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
});
