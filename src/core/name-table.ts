// Names go in, small numbers come out, the same one for the same name: sets that share a table are small and quick to look into.

// As many as fit, with a place in a list, into a number that takes no memory of its own.
const maxNames = 2 ** 16;

/** Names that somebody holds, numbered as they come; the names that are asked about are never added. */
export class NameTable {
  readonly #numbers = new Map<string, number>();

  /** Undefined where the table is full: then the set that asks does without. */
  numberFor(name: string): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined || this.#numbers.size >= maxNames) return known;
    const number = this.#numbers.size;
    this.#numbers.set(name, number);
    return number;
  }

  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }
}
