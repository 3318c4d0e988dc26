// Entries of an audit go in, one line of JSON each at the end of a file; they come out again line by line, as far as they were
// followed by the change that they tell of.

import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { frozenDeep } from '../core/frozen.ts';
import { isRecord } from '../core/options.ts';
import type { AuditEntry } from '../core/role-store.ts';

/** A line of the file: an entry, and the revision that the privilege file had before; or the revision of one that was no change. */
type Line = (AuditEntry & { readonly base?: number }) | { readonly void: number };

/**
 * Every entry whose change was made, the oldest first. A line that cannot be read is left out: a crash may have torn it.
 * `written`: the revision that the privilege file names.
 */
export async function* auditEntries(path: string, written: () => number): AsyncGenerator<AuditEntry, void> {
  let last: (AuditEntry & { readonly base?: number }) | undefined;
  for await (const line of linesOf(path)) {
    const isAgain = last !== undefined && last.revision === ('void' in line ? line.void : line.revision);
    if (last !== undefined && !isAgain) yield shown(last);
    if ('void' in line) last = isAgain ? undefined : last;
    else last = line;
  }
  if (last !== undefined && isMade(last, written())) yield shown(last);
}

// It is written first: where the file still is what it was before, the change never came.
function isMade({ revision, base }: { revision: number; base?: number }, written: number): boolean {
  return revision <= written || (base !== undefined && base !== written);
}

function shown({ base: _base, ...entry }: AuditEntry & { readonly base?: number }): AuditEntry {
  return frozenDeep(entry);
}

async function* linesOf(path: string): AsyncGenerator<Line, void> {
  if ((await stat(path).catch(absent)) === undefined) return;
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  for await (const text of lines) {
    const line = lineOf(text);
    if (line !== undefined) yield line;
  }
}

function absent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function lineOf(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    if (!isRecord(line)) return undefined;
    if (typeof line['void'] === 'number') return { void: line['void'] };
    const isEntry = Number.isSafeInteger(line['revision']) && typeof line['at'] === 'number' && isRecord(line['by']);
    return isEntry && Array.isArray(line['permissions']) ? (line as unknown as AuditEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** The end of an audit file, for who holds the lock. */
export class AuditTail {
  readonly #path: string;
  readonly #written: number;
  /** The highest revision of an entry whose change was made. */
  readonly revision: number;
  readonly #pending: Line | undefined;

  private constructor(path: string, written: number, lines: readonly Line[]) {
    this.#path = path;
    this.#written = written;
    const last = lines.at(-1);
    this.#pending = last !== undefined && !('void' in last) && !isMade(last, written) ? last : undefined;
    const revisions = lines.map((line) => ('void' in line ? line.void : line.revision));
    // What stands once more after it was not made; nor was the last one, as long as that is not certain.
    const made = lines.filter((line, at) => !('void' in line) && line !== last && revisions[at + 1] !== revisions[at]);
    const lastMade = last === undefined || 'void' in last || this.#pending !== undefined ? 0 : last.revision;
    this.revision = Math.max(lastMade, ...made.map((line) => ('void' in line ? 0 : line.revision)));
  }

  /** `written`: the revision that the privilege file names. */
  static async of(path: string, written: number): Promise<AuditTail> {
    return new AuditTail(path, written, await lastLines(path));
  }

  /** An entry whose change comes now. @throws Error when it cannot be written; then there is nothing of it. */
  async append(entry: AuditEntry): Promise<void> {
    const pending = this.#pending as AuditEntry | undefined;
    const lines = pending === undefined ? [] : [{ void: pending.revision }];
    await append(this.#path, [...lines, { ...entry, base: this.#written }]);
  }

  /** The change of that entry does not come. */
  async retract(revision: number): Promise<void> {
    await append(this.#path, [{ void: revision }]);
  }
}

const tailBytes = 1 << 16;

// Enough of them to find one whose change was made; the first one may be cut.
async function lastLines(path: string): Promise<Line[]> {
  const size = (await stat(path).catch(absent))?.size ?? 0;
  if (size === 0) return [];
  const file = await open(path, 'r');
  try {
    for (let length = tailBytes; ; length *= 8) {
      const from = Math.max(0, size - length);
      const { buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      const lines = buffer
        .toString('utf8')
        .split('\n')
        .slice(from === 0 ? 0 : 1);
      const read = lines.map(lineOf).filter((line) => line !== undefined);
      if (read.length >= 3 || from === 0) return read;
    }
  } finally {
    await file.close();
  }
}

async function append(path: string, lines: readonly Line[]): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    try {
      const text = lines.map((line) => `${JSON.stringify(line).replaceAll(/[\u2028\u2029]/g, escaped)}\n`).join('');
      await file.appendFile(`${(await isTorn(file, size)) ? '\n' : ''}${text}`);
      await file.sync();
    } catch (error) {
      await file.truncate(size).catch(() => undefined);
      throw error;
    }
  } finally {
    await file.close();
  }
}

// They are ends of lines for who reads line by line.
function escaped(character: string): string {
  return character === '\u2028' ? '\\u2028' : '\\u2029';
}

async function isTorn(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}
