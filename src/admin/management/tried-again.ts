// What is read and then written goes in; where somebody else was faster it is read and written once more.

import { ApiVersionConflictError, ChangedMeanwhileError } from '../../core/change-errors.ts';

/** Of so many at the same moment each has its turn: one of them is made each time. */
const tries = 20;

/** @throws ApiVersionConflictError or ChangedMeanwhileError when others were faster each time. */
export async function triedAgain<Value>(attempt: () => Promise<Value>): Promise<Value> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await attempt();
    } catch (cause) {
      const isOutdated = cause instanceof ApiVersionConflictError || cause instanceof ChangedMeanwhileError;
      if (!isOutdated || left === 0) throw cause;
    }
  }
}
