// Entries of an audit go in, one line of JSON each at the end of a file; they come out again line by line, as far as they were
// followed by the change that they tell of.

import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { frozenDeep } from '../core/frozen.ts';
import { isRecord } from '../core/options.ts';
import type { AuditEntry } from '../core/role-store.ts';
import { AuditGroups, shown } from './file-audit-groups.ts';
import type { EntryLine, Line } from './file-audit-groups.ts';

/**
 * Every entry whose change was made, the oldest first. A line that cannot be read is left out: a crash may have torn it.
 * `written`: the revision that the privilege file names.
 */
export async function* auditEntries(path: string, written: () => number): AsyncGenerator<AuditEntry, void> {
  const groups = new AuditGroups();
  for await (const line of linesOf(path)) for (const entry of groups.add(line)) yield frozenDeep(shown(entry));
  for (const entry of groups.end(written()).made) yield frozenDeep(shown(entry));
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
    const isGrouped = line['until'] === undefined || Number.isSafeInteger(line['until']);
    return isEntry && isGrouped && Array.isArray(line['permissions']) ? (line as unknown as EntryLine) : undefined;
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
  /** The last revision of what may not have been made. */
  readonly #pending: number | undefined;

  private constructor(path: string, written: number, lines: readonly Line[]) {
    this.#path = path;
    this.#written = written;
    const groups = new AuditGroups();
    const settled = lines.flatMap((line) => groups.add(line));
    const { made, pending } = groups.end(written);
    this.#pending = pending;
    this.revision = Math.max(0, ...[...settled, ...made].map(({ revision }) => revision));
  }

  /** `written`: the revision that the privilege file names. */
  static async of(path: string, written: number): Promise<AuditTail> {
    return new AuditTail(path, written, await lastLines(path));
  }

  /** The entries of a change that comes now. @throws Error when they cannot be written; then there is nothing of them. */
  async append(entries: readonly AuditEntry[]): Promise<void> {
    const pending = this.#pending === undefined ? [] : [{ void: this.#pending }];
    const until = entries.length > 1 ? { until: entries.at(-1)?.revision } : {};
    await append(this.#path, [
      ...pending,
      ...entries.map((entry) => ({ ...entry, base: this.#written, ...until }) as EntryLine),
    ]);
  }

  /** The change whose last entry has that revision does not come. */
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
      if (from === 0 || isEnough(read)) return read;
    }
  } finally {
    await file.close();
  }
}

function isEnough(lines: readonly Line[]): boolean {
  const groups = new AuditGroups();
  for (const line of lines) groups.add(line);
  return groups.begun >= 3;
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
