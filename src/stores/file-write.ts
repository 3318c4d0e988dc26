// A file and what shall be in it go in; it stands beside the file, safe on the disk, until it takes the file's place or is dropped.

import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stateOf } from './file-reading.ts';
import type { FileState } from './file-reading.ts';

/** What shall take a file's place. */
export interface Replacement {
  /** Puts it there, whole or not at all. */
  commit(): Promise<FileState>;
  /** Lets go of it, whether it was put there or not. */
  drop(): Promise<void>;
}

/** `id`: one that nobody else has. @throws Error when it cannot be written; then nothing is left of it. */
export async function replacement(path: string, id: string, bytes: Uint8Array): Promise<Replacement> {
  const temporary = temporaryOf(path, id);
  // Its directory may be written to, and it itself not: then somebody does not want it changed.
  await access(path, constants.W_OK);
  const like = await stat(path);
  const file = await open(temporary, 'wx', 0o600);
  const drop = async (): Promise<void> => {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
  };
  try {
    await file.writeFile(bytes);
    await takeAfter(file, like);
    await file.sync();
  } catch (error) {
    await drop();
    throw error;
  }
  const commit = async (): Promise<FileState> => {
    await rename(temporary, path);
    await syncDirectory(dirname(path)).catch(() => undefined);
    return stateOf(bytes, await file.stat({ bigint: true }));
  };
  return { commit, drop };
}

export function temporaryOf(path: string, id: string): string {
  return `${path}.${id}.tmp`;
}

// Who may not give a file away keeps it.
async function takeAfter(file: FileHandle, like: { uid: number; gid: number; mode: number }): Promise<void> {
  const own = await file.stat();
  if (own.uid !== like.uid || own.gid !== like.gid) {
    await file.chown(like.uid, like.gid).catch(() => file.chown(own.uid, like.gid).catch(() => undefined));
  }
  await file.chmod(like.mode & 0o7777);
}

// The file is there already; that its name is, too, after a failure of the power is all that this adds.
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
