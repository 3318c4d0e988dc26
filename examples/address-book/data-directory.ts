// A directory goes in; where in it the database is comes out, claimed for this process: two that write the same files would
// destroy them.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { StartError } from './listening.ts';

export interface ClaimedDirectory {
  database: string;
  release: () => Promise<void>;
}

export async function claimDirectory(directory: string): Promise<ClaimedDirectory> {
  const path = resolve(directory);
  const claim = join(path, 'in-use');
  try {
    await mkdir(path, { recursive: true });
    if (!(await isMade(claim))) {
      const holder = await holderOf(claim);
      if (holder !== undefined) {
        throw new StartError(`${path} is in use by the process ${holder}. If there is none such, delete ${claim}`);
      }
      // Whoever wrote it has ended without a word.
      await rm(claim, { force: true });
      if (!(await isMade(claim))) throw new StartError(`${path} is in use by another process`);
    }
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`The directory of --data cannot be used: ${(error as Error).message}`);
  }
  return { database: join(path, 'database'), release: () => rm(claim, { force: true }) };
}

// Process ids come again, in a container with every start: this process is also known by when it began.
const thisProcess = `${process.pid} ${Math.round(performance.timeOrigin)}`;

async function isMade(claim: string): Promise<boolean> {
  try {
    await writeFile(claim, thisProcess, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The id of the process that holds it; undefined: it runs no more. */
async function holderOf(claim: string): Promise<number | undefined> {
  const text = await readFile(claim, 'utf8');
  const pid = Number(text.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (pid === process.pid) return text === thisProcess ? pid : undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // One of another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined;
  }
}
