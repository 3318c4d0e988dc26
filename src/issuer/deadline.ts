// Work and a time limit go in, the work's result comes out, or a rejection as soon as the time is over or the signal aborts.

/** `timeoutMs` covers all of the work, also work that does not heed its signal. No timer outlives the call. */
export async function withDeadline<Result>(
  timeoutMs: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  outer.throwIfAborted();
  // AbortSignal.any is not used: in the oldest supported Node a composite signal can be collected before it fires.
  const controller = new AbortController();
  const stop = (): void => controller.abort(outer.reason);
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs).unref();
  outer.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work(controller.signal), rejectedOnAbort(controller.signal)]);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', stop);
  }
}

function rejectedOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
