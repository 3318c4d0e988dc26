// The states of a file go in as they are seen, the last good one is kept; what is wrong with a later one is told, once.

import { setTimeout as pause } from 'node:timers/promises';
import { tell } from '../core/tell.ts';
import type { Announcements } from './announcements.ts';
import { isSameRecords } from './file-comparison.ts';
import { fileContents } from './file-contents.ts';
import type { FileContents, FileKind } from './file-contents.ts';
import { FileText, PrivilegeFileError } from './file-fault.ts';
import { fileState, fileStateSync, stampAt } from './file-reading.ts';
import type { FileState } from './file-reading.ts';
import type { Replacement } from './file-write.ts';
import { offsetOf } from './file-yaml.ts';

/** What is known of a file whose state was good. */
export interface Version {
  readonly state: FileState;
  readonly contents: Omit<FileContents, 'text' | 'document'>;
  /** Rises with every change, also where the number in the file does not. */
  readonly revision: number;
}

interface Fault {
  /** Which state of the file it is about. */
  readonly key: string;
  readonly error: PrivilegeFileError;
  readonly since: number;
  isTold: boolean;
}

export interface VersionOptions extends FileKind {
  /** How long something must be wrong before it is told: a file that is being replaced or written is not whole at once. */
  readonly graceMs: number;
  readonly onError: ((error: PrivilegeFileError) => unknown) | undefined;
  readonly announcements: Announcements;
}

// Longer than who writes a file in several parts rests between them.
const quietMs = 50;
const maxAttempts = 5;

export class FileVersions {
  current: Version;
  readonly #options: VersionOptions;
  #fault: Fault | undefined;
  #isClosed = false;
  #isReplacing = false;
  #looking: Promise<void> | undefined;
  #editable: { readonly hash: string; readonly contents: FileContents } | undefined;

  /** @throws PrivilegeFileError when it is not as it must be now. */
  constructor(options: VersionOptions) {
    this.#options = options;
    const state = fileStateSync(options.file, options.maxBytes);
    const contents = withoutDocument(fileContents(options, state.bytes));
    this.current = { state, contents, revision: contents.revision };
  }

  /** Why the file as it is now is not taken. */
  get fault(): PrivilegeFileError | undefined {
    return this.#fault?.error;
  }

  /** Takes the file as it is now, if it is another and a good one. Never rejects. */
  async look(): Promise<void> {
    if (this.#isClosed) return;
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** The same, for who must not be told what was seen before. */
  async lookAgain(): Promise<void> {
    await this.#looking;
    await this.look();
  }

  /** The contents with a document that the caller may change. */
  editable({ state, contents }: Version): FileContents {
    const known = this.#editable;
    this.#editable = undefined;
    const read = known?.hash === state.hash ? known.contents : fileContents(this.#options, state.bytes);
    return { ...read, records: contents.records };
  }

  /** From now on what is known stays. */
  close(): void {
    this.#isClosed = true;
  }

  /** Puts what was written in the file's place. Who looks in between leaves it to the writer, so that it is told once. */
  async replace(replacement: Replacement, contents: FileContents): Promise<void> {
    this.#isReplacing = true;
    try {
      const state = await replacement.commit();
      this.current = { state, contents: withoutDocument(contents), revision: contents.revision };
      this.#fault = undefined;
      // Who writes once writes soon again.
      this.#editable = { hash: state.hash, contents };
    } finally {
      this.#isReplacing = false;
    }
  }

  /** Whether the file is that one. */
  async isStill({ state }: Version): Promise<boolean> {
    const stamp = await stampAt(this.#options.file).catch(() => undefined);
    return stamp?.text === state.stamp.text;
  }

  async #look(): Promise<void> {
    const { file } = this.#options;
    const before = this.current;
    try {
      const stamp = await stampAt(file);
      const { stamp: known } = before.state;
      const state = stamp.text === known.text && known.isSettled ? before.state : await this.#whole(before.state);
      if (this.#isUntouched(before)) this.#take(state);
    } catch (error) {
      // Whatever it is: nobody waits for what is looked at in between, and the process is not to end of it.
      const fault = error instanceof PrivilegeFileError ? error : unusable(file, error);
      if (this.#isUntouched(before)) this.#found(fault.message, fault);
    }
  }

  /** Not so where it was written here in the meantime: what was read may be what there was before. */
  #isUntouched(before: Version): boolean {
    return this.current === before && !this.#isReplacing && !this.#isClosed;
  }

  /** What is written in place comes bit by bit, and the bit that denies may be the last: it is taken once it stays as it is. */
  async #whole(known: FileState): Promise<FileState> {
    const { file, maxBytes } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const state = await fileState(file, maxBytes);
      const { inode, changedMs, text } = state.stamp;
      const isWhole = state.hash === known.hash || inode !== known.stamp.inode || Date.now() - changedMs > quietMs;
      if (isWhole || attempt === maxAttempts) return state;
      await pause(quietMs);
      if ((await stampAt(file)).text === text) return state;
    }
  }

  #take(state: FileState): void {
    const { current } = this;
    if (state.hash === current.state.hash) {
      this.current = { ...current, state };
      this.#fault = undefined;
    } else if (this.#fault?.key === state.hash) this.#found(state.hash, this.#fault.error);
    else this.#read(state);
  }

  #read(state: FileState): void {
    const { current } = this;
    try {
      const contents = fileContents(this.#options, state.bytes);
      this.#checkSuccessor(contents, state);
      const isNew = !isSameRecords(contents.records, current.contents.records, contents.holdsForAnyIssuer);
      const revision = Math.max(contents.revision, current.revision + (isNew ? 1 : 0));
      const records = isNew ? contents.records : current.contents.records;
      this.current = { state, contents: { ...withoutDocument(contents), records }, revision };
      this.#fault = undefined;
      if (isNew) this.#options.announcements.announce([{}]);
    } catch (error) {
      if (!(error instanceof PrivilegeFileError)) throw error;
      this.#found(state.hash, error);
    }
  }

  #checkSuccessor({ holdsForAnyIssuer, isEmpty, document }: FileContents, { bytes }: FileState): void {
    const { file } = this.#options;
    const { contents } = this.current;
    if (isEmpty && !contents.isEmpty) {
      throw new PrivilegeFileError(file, 'Expected `{}` where nobody holds anything any more, got an empty file');
    }
    if (holdsForAnyIssuer === contents.holdsForAnyIssuer) return;
    const expected = holdsForAnyIssuer
      ? 'Expected an `issuer` or `issuers`, as there was when the store was made'
      : 'Expected no issuer, as there was none when the store was made';
    const path = document.has('issuer') ? ['issuer'] : ['issuers'];
    throw new FileText(file, bytes).fault(expected, offsetOf(document, path, true));
  }

  #found(key: string, error: PrivilegeFileError): void {
    const { graceMs, onError } = this.#options;
    if (this.#fault?.key !== key) {
      this.#fault = { key, error, since: Date.now(), isTold: false };
      setTimeout(() => void this.look(), graceMs + 1).unref();
      return;
    }
    if (this.#fault.isTold || Date.now() - this.#fault.since < graceMs) return;
    this.#fault.isTold = true;
    if (onError !== undefined) tell(() => onError(error));
  }
}

function unusable(file: string, cause: unknown): PrivilegeFileError {
  return new PrivilegeFileError(file, 'It cannot be read', { cause });
}

// The nodes of a document are many times as large as what they say.
function withoutDocument({ text: _text, document: _document, ...contents }: FileContents): Version['contents'] {
  return contents;
}
