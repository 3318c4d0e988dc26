// Lines of an audit go in, the oldest first; the entries of changes that were made come out, those that were made as one together.

import type { AuditEntry } from '../core/role-store.ts';

/** An entry as it stands in the file. */
export type EntryLine = AuditEntry & {
  /** The revision that the privilege file had before. */
  readonly base?: number;
  /** The last revision of the changes that were made as one; absent: it is its own. */
  readonly until?: number;
};

/** A line: an entry, or the last revision of what was no change. */
export type Line = EntryLine | { readonly void: number };

export class AuditGroups {
  /** Entries of one change, of which it is not known yet whether it was made. */
  #open: EntryLine[] = [];
  /** How many changes were begun. */
  #begun = 0;

  /** The entries that are certain by this line: what follows them says that they were no change, or that they were one. */
  add(line: Line): readonly EntryLine[] {
    if ('void' in line) {
      if (line.void === this.#until) this.#open = [];
      return [];
    }
    const first = this.#open[0];
    const last = this.#open.at(-1);
    const goesOn = last !== undefined && line.until === this.#until && line.revision > last.revision;
    if (goesOn && line.revision <= this.#until) {
      this.#open.push(line);
      return [];
    }
    const made = this.#open;
    this.#open = [line];
    this.#begun += 1;
    // What stands once more after it was not made.
    return first?.revision === line.revision ? [] : made;
  }

  /** What nothing follows. It is written first: where the file still is what it was before, the change never came. */
  end(written: number): { readonly made: readonly EntryLine[]; readonly pending: number | undefined } {
    const [first] = this.#open;
    if (first === undefined) return { made: [], pending: undefined };
    const isMade = this.#until <= written || (first.base !== undefined && first.base !== written);
    return isMade ? { made: this.#open, pending: undefined } : { made: [], pending: this.#until };
  }

  get begun(): number {
    return this.#begun;
  }

  get #until(): number {
    const [first] = this.#open;
    return first === undefined ? -1 : (first.until ?? first.revision);
  }
}

/** The entry without what only the file needs. */
export function shown({ base: _base, until: _until, ...entry }: EntryLine): AuditEntry {
  return entry;
}
