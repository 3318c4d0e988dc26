// The path of a file goes in, and what is to be done when it may have changed; it is done then, and every so often besides.

import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

// A change is seen as several; the last of them is soon there.
const togetherMs = 25;

/** @returns what ends it. Nothing of it keeps the process alive. */
export function watchFile(path: string, pollMs: number, changed: () => void): () => void {
  let soon: NodeJS.Timeout | undefined;
  const seen = (): void => {
    clearTimeout(soon);
    soon = setTimeout(changed, togetherMs).unref();
  };
  // The directory, since a file that is replaced is watched no more. Not on every file system is anything seen: hence the polls.
  const watcher = watching(dirname(path), (name) => {
    if (name === null || name === basename(path)) seen();
  });
  const polls = setInterval(changed, pollMs).unref();
  return () => {
    clearTimeout(soon);
    clearInterval(polls);
    watcher?.close();
  };
}

function watching(directory: string, seen: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, (_event, name) => seen(name));
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}
