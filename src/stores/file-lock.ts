// The path of a lock goes in, the lock comes out when nobody else holds it, in this process or another; or an error after a while.

import { randomUUID } from 'node:crypto';
import { open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../core/options.ts';
import { isGone, thisProcess } from './file-lock-owner.ts';
import type { LockOwner } from './file-lock-owner.ts';

/** A lock that is held. */
export interface HeldLock {
  /** Nobody else ever had this one. */
  readonly id: string;
  /** @throws Error when it was taken away. */
  verify(): Promise<void>;
  release(): Promise<void>;
}

/** Who holds it shows every so often that it is still there; where that is not seen so long, the lock counts no more. */
const heartbeatMs = 10_000;
const abandonedMs = 60_000;
// A lock is written at once when it is made.
const unwrittenMs = 2_000;

/** `tidy`: what is to be done about a lock whose holder is gone, by its id. @throws Error after `timeoutMs`, or when none can be made. */
export async function lockFile(
  path: string,
  timeoutMs: number,
  tidy: (id: string) => Promise<void>,
): Promise<HeldLock> {
  const id = randomUUID();
  const until = Date.now() + timeoutMs;
  for (;;) {
    if (await isMade(path, id)) return held(path, id);
    const stale = await staleLock(path);
    if (stale !== undefined && (await isBroken(path, stale))) {
      await tidy(stale);
      continue;
    }
    if (Date.now() >= until) throw new Error(`Somebody else holds ${path} for longer than ${timeoutMs} ms`);
    // Shorter than who has let go of it waits, so that two take turns.
    await pause(1 + Math.random() * 3);
  }
}

/** How long a holder leaves a lock free for others before it takes it again. */
export const restMs = 5;

async function isMade(path: string, id: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(JSON.stringify({ ...thisProcess(), id }));
    } catch (error) {
      // One in which nobody stands would keep everybody out.
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function held(path: string, id: string): HeldLock {
  const beat = (): void => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  };
  const timer = setInterval(beat, heartbeatMs).unref();
  const verify = async (): Promise<void> => {
    if ((await lockAt(path))?.id !== id) throw new Error(`Somebody took ${path} away`);
  };
  const release = async (): Promise<void> => {
    clearInterval(timer);
    if ((await lockAt(path))?.id === id) await rm(path, { force: true });
  };
  return { id, verify, release };
}

/** What is written in a lock; empty where that cannot be read. */
async function lockAt(path: string): Promise<Partial<LockOwner & { id: string }> | undefined> {
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isRecord(read) ? read : {};
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : {};
  }
}

/** The id of the lock whose holder is gone; '' where it has none; undefined: it may be held. */
async function staleLock(path: string): Promise<string | undefined> {
  const lock = await lockAt(path);
  const made = await stat(path).catch(() => undefined);
  if (lock === undefined || made === undefined) return undefined;
  const { id = '', pid, host, started } = lock;
  const isWritten = typeof pid === 'number' && typeof host === 'string';
  const ageMs = Date.now() - made.mtimeMs;
  if (isWritten && isGone({ pid, host, ...(started !== undefined && { started }) })) return id;
  return ageMs > (isWritten ? abandonedMs : unwrittenMs) ? id : undefined;
}

// One process breaks it at a time, and looks again before it does: a lock that somebody has taken since is never broken.
async function isBroken(path: string, stale: string): Promise<boolean> {
  const breaking = `${path}.break`;
  const id = randomUUID();
  if (!(await isMade(breaking, id))) {
    const gone = await staleLock(breaking);
    if (gone !== undefined && (await lockAt(breaking))?.id === gone) await rm(breaking, { force: true });
    return false;
  }
  try {
    if ((await staleLock(path)) !== stale) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    await rm(breaking, { force: true });
  }
}
