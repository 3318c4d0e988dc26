// The path of a file goes in, what is in it at one moment comes out, and how to tell whether it may be another by now.

import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { PrivilegeFileError } from './file-fault.ts';

/** One state of a file. */
export interface FileState {
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly stamp: FileStamp;
}

/** What is seen of a file from outside. */
export interface FileStamp {
  readonly text: string;
  /** Whether its time of change is so long ago that a later change has another one. */
  readonly isSettled: boolean;
  /** Another one where the file was replaced, and not written in place. */
  readonly inode: bigint;
  /** Milliseconds since 1970. */
  readonly changedMs: number;
}

// Some file systems tell times two seconds apart from each other, and no others.
const settledAfterMs = 2_500;

export function stampOf({ ino, size, mtimeNs, ctimeNs, mtimeMs }: BigIntStats): FileStamp {
  const changedMs = Number(mtimeMs);
  const isSettled = Date.now() - changedMs > settledAfterMs;
  return { text: [ino, size, mtimeNs, ctimeNs].join(' '), isSettled, inode: ino, changedMs };
}

export function stateOf(bytes: Uint8Array, stats: BigIntStats): FileState {
  return { bytes, hash: createHash('sha256').update(bytes).digest('hex'), stamp: stampOf(stats) };
}

/** @throws PrivilegeFileError */
export async function stampAt(path: string): Promise<FileStamp> {
  try {
    return stampOf(await stat(path, { bigint: true }));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** @throws PrivilegeFileError */
export async function fileState(path: string, maxBytes: number): Promise<FileState> {
  try {
    // A pipe would be waited for when it is opened.
    checkReadable(path, await stat(path, { bigint: true }), maxBytes);
    const file = await open(path, 'r');
    try {
      // What is changed while it is read has another stamp afterwards than this one.
      const stats = await file.stat({ bigint: true });
      checkReadable(path, stats, maxBytes);
      return stateOf(await file.readFile(), stats);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** @throws PrivilegeFileError */
export function fileStateSync(path: string, maxBytes: number): FileState {
  try {
    checkReadable(path, statSync(path, { bigint: true }), maxBytes);
    const file = openSync(path, 'r');
    try {
      const stats = fstatSync(file, { bigint: true });
      checkReadable(path, stats, maxBytes);
      return stateOf(readFileSync(file), stats);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function checkReadable(path: string, stats: BigIntStats, maxBytes: number): void {
  if (!stats.isFile()) throw new PrivilegeFileError(path, 'Expected a file');
  if (stats.size > maxBytes) {
    throw new PrivilegeFileError(path, `Expected at most ${maxBytes} bytes (\`maxBytes\`), got ${stats.size}`);
  }
}

function unreadable(path: string, cause: unknown): PrivilegeFileError {
  if (cause instanceof PrivilegeFileError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const what = code === 'ENOENT' ? 'There is no such file' : `It cannot be read: ${code ?? message}`;
  return new PrivilegeFileError(path, what, { cause });
}
