// Plans go in; each is made of what the file says at that moment, written to it whole or not at all, and announced. One at a time,
// in this process and in all others.

import { realpath, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { UnavailableError } from '../core/errors.ts';
import { frozenDeep } from '../core/frozen.ts';
import type { Announcements } from './announcements.ts';
import { AuditTail } from './file-audit.ts';
import { isSameRecords } from './file-comparison.ts';
import { fileContents } from './file-contents.ts';
import type { FileContents, FileKind } from './file-contents.ts';
import { editDocument } from './file-edits.ts';
import { keptLines } from './file-kept-lines.ts';
import { documentText } from './file-layout.ts';
import { lockFile, restMs } from './file-lock.ts';
import type { HeldLock } from './file-lock.ts';
import type { FileVersions, Version } from './file-versions.ts';
import { replacement, temporaryOf } from './file-write.ts';
import type { Ledger, WholePlan } from './records.ts';

export interface LedgerOptions extends FileKind {
  readonly lockTimeoutMs: number;
  /** How long a file may be broken or absent before a change is refused for it. */
  readonly graceMs: number;
  readonly announcements: Announcements;
}

type Planning = Parameters<Ledger['change']>[0];

/** Which file is written, and what it says so far. */
interface Writing {
  readonly path: string;
  readonly lock: HeldLock;
  readonly version: Version;
}

/** The file that stands there was changed by somebody who asks nobody. */
class FileChangedError extends Error {}

const attempts = 5;

export class FileLedger implements Ledger {
  readonly #versions: FileVersions;
  readonly #options: LedgerOptions;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(versions: FileVersions, options: LedgerOptions) {
    this.#versions = versions;
    this.#options = options;
  }

  change(plan: Planning): Promise<number> {
    const done = this.#last.then(() => this.#change(plan));
    this.#last = done.then(rest, rest);
    return done;
  }

  look: Ledger['look'] = async (work) => {
    if (this.#isClosed) throw unavailable(new Error('The store is closed'));
    await written(() => this.#refresh());
    const { contents, revision } = this.#versions.current;
    return work(contents.records, { now: Date.now(), revision });
  };

  /** Ends when what is being written is written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  async #change(plan: Planning): Promise<number> {
    const { file, lockTimeoutMs } = this.#options;
    if (this.#isClosed) throw unavailable(new Error('The store is closed'));
    // Where the path is a link, what it leads to is what others know and what is replaced.
    const path = await written(() => realpath(file));
    const tidy = (id: string): Promise<void> =>
      id === '' ? Promise.resolve() : rm(temporaryOf(path, id), { force: true });
    const lock = await written(() => lockFile(`${path}.lock`, lockTimeoutMs, tidy));
    try {
      return await this.#underLock(path, lock, plan);
    } finally {
      await lock.release().catch(() => undefined);
    }
  }

  async #underLock(path: string, lock: HeldLock, plan: Planning): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      await written(() => this.#refresh());
      const now = Date.now();
      // Another one may be seen at any time: what is planned of this one must not be written over that.
      const version = this.#versions.current;
      const planned = await plan(version.contents.records, { now, revision: version.revision });
      if (planned === undefined) return version.revision;
      try {
        return await this.#carryOut({ path, lock, version }, planned, now);
      } catch (error) {
        if (!(error instanceof FileChangedError) || attempt === attempts) throw unavailable(error);
      }
    }
  }

  async #refresh(): Promise<void> {
    await this.#versions.lookAgain();
    if (this.#versions.fault === undefined) return;
    await pause(this.#options.graceMs);
    await this.#versions.lookAgain();
    if (this.#versions.fault !== undefined) throw this.#versions.fault;
  }

  async #carryOut({ path, lock, version }: Writing, plan: WholePlan, at: number): Promise<number> {
    const { mutations, entries, changes } = plan;
    const tail = await AuditTail.of(auditPath(path), version.contents.revision);
    const before = Math.max(version.revision, version.contents.revision, tail.revision);
    const revision = before + entries.length;
    const { bytes, contents } = this.#draft(version, mutations, revision);
    const file = await replacement(path, lock.id, bytes);
    try {
      await tail.append(entries.map((entry, no) => frozenDeep({ revision: before + 1 + no, at, ...entry })));
      try {
        await lock.verify();
        if (!(await this.#versions.isStill(version)))
          throw new FileChangedError('The file was changed by somebody else');
        await this.#versions.replace(file, contents);
      } catch (error) {
        // Who holds the lock no more must not speak for who does.
        await lock
          .verify()
          .then(
            () => tail.retract(revision),
            () => undefined,
          )
          .catch(() => undefined);
        throw error;
      }
    } finally {
      await file.drop();
    }
    this.#options.announcements.announce(changes);
    return revision;
  }

  /** What is read from these bytes is exactly what the plan says, and nothing else. */
  #draft(
    version: Version,
    mutations: WholePlan['mutations'],
    revision: number,
  ): { bytes: Uint8Array; contents: FileContents } {
    const { file } = this.#options;
    const before = this.#versions.editable(version);
    const unchanged = documentText(file, before.document, before.text);
    const { holdsForAnyIssuer } = before;
    const wanted = before.records.copy(holdsForAnyIssuer);
    wanted.apply(mutations);
    editDocument(before, wanted, mutations, revision);
    const changed = documentText(file, before.document, before.text);
    for (const text of [keptLines(before.text, unchanged, changed), changed]) {
      const bytes = Buffer.from(text ?? changed);
      const contents = attempted(() => fileContents(this.#options, bytes));
      const isExact =
        contents !== undefined &&
        isSameRecords(contents.records, wanted, holdsForAnyIssuer) &&
        contents.revision === revision &&
        contents.issuer === before.issuer &&
        contents.holdsForAnyIssuer === holdsForAnyIssuer;
      // What is known of the issuers of subjects, a file that names none does not say.
      if (isExact) return { bytes, contents: holdsForAnyIssuer ? { ...contents, records: wanted } : contents };
    }
    // What cannot be read back is not written.
    const { length } = Buffer.from(changed);
    throw new Error(
      `The file would not say what it must in these ${length} bytes, or be too large: nothing was written`,
    );
  }
}

/** Where the audit of a file is kept. */
export function auditPath(path: string): string {
  return `${path}.audit.jsonl`;
}

function attempted(read: () => FileContents): FileContents | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function rest(): Promise<void> {
  return pause(restMs);
}

async function written<Value>(write: () => Promise<Value>): Promise<Value> {
  try {
    return await write();
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(cause: unknown): UnavailableError {
  return new UnavailableError(undefined, { cause });
}
