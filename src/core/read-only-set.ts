// Values go in, a set that nobody can write to comes out: not even `Set.prototype.add.call` finds a set in it.

/** @internal */
export class ReadOnlySet<Value> implements ReadonlySet<Value> {
  readonly #values: Set<Value>;

  constructor(values: Iterable<Value>) {
    this.#values = new Set(values);
    Object.freeze(this);
  }

  get size(): number {
    return this.#values.size;
  }

  has(value: Value): boolean {
    return this.#values.has(value);
  }

  forEach(visit: (value: Value, again: Value, set: ReadonlySet<Value>) => void): void {
    for (const value of this.#values) visit(value, value, this);
  }

  entries(): SetIterator<[Value, Value]> {
    return this.#values.entries();
  }

  keys(): SetIterator<Value> {
    return this.#values.keys();
  }

  values(): SetIterator<Value> {
    return this.#values.values();
  }

  [Symbol.iterator](): SetIterator<Value> {
    return this.#values.values();
  }

  get [Symbol.toStringTag](): string {
    return 'ReadOnlySet';
  }

  /** What `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): Set<Value> {
    return new Set(this.#values);
  }

  toJSON(): Value[] {
    return [...this.#values];
  }
}
