// A place in a document: the value that stands there, and the way to it, for who has to be told that it is not as it must be.

import { expectation, isRecord } from '../core/options.ts';

/** One step: the name of a member, or the number of an item. */
export type Step = string | number;

/** Something in a document is not as it must be. */
export class PlaceError extends TypeError {
  /** From the top of the document to what is wrong. */
  readonly path: readonly Step[];
  /** It is the name at the end of the path that is wrong, and not what stands under it. */
  readonly isName: boolean;

  constructor(message: string, path: readonly Step[], { cause, isName = false }: PlaceErrorOptions = {}) {
    super(message, { cause });
    this.path = path;
    this.isName = isName;
  }
}

interface PlaceErrorOptions {
  readonly cause?: unknown;
  readonly isName?: boolean;
}

export class Place {
  readonly value: unknown;
  readonly path: readonly Step[];
  readonly #what: string;

  private constructor(value: unknown, path: readonly Step[], what: string) {
    this.value = value;
    this.path = path;
    this.#what = what;
  }

  /** The top, called `what`. @throws PlaceError when it is no object, or has a member that is not in `known`. */
  static of(value: unknown, what: string, known: readonly string[]): Place {
    const top = Place.alone(value, what);
    top.members(known);
    return top;
  }

  /** Something that stands in no document, or whose place there does not matter. */
  static alone(value: unknown, what: string): Place {
    return new Place(value, [], what);
  }

  /** The name of the member that stands here. */
  get name(): string {
    return String(this.path.at(-1) ?? this.#what);
  }

  /** An own member that is not undefined. */
  has(member: string): boolean {
    return isRecord(this.value) && Object.hasOwn(this.value, member) && this.value[member] !== undefined;
  }

  at(step: Step): Place {
    const { value } = this;
    const next = Array.isArray(value) || this.has(String(step)) ? (value as Record<Step, unknown>)[step] : undefined;
    return new Place(next, [...this.path, step], this.#nameOf(step));
  }

  #nameOf(step: Step): string {
    if (typeof step === 'number') return `${this.#what}[${step}]`;
    if (this.path.length === 0) return step;
    // Names that somebody chose stand in brackets, those that are ours after a dot.
    return this.#holdsNames() ? `${this.#what}['${step}']` : `${this.#what}.${step}`;
  }

  #holdsNames(): boolean {
    const last = this.path.at(-1);
    const holder = ['users', 'clients', 'roles', 'issuers', 'apis', 'permissions'];
    return isRecord(this.value) && typeof last === 'string' && holder.includes(last);
  }

  /** @throws PlaceError when it is no object, or has a member that is not in `known`. */
  members(known: readonly string[]): void {
    if (!isRecord(this.value)) throw this.error('an object');
    for (const key of Object.keys(this.value)) {
      if (known.includes(key)) continue;
      const message = `Unknown option \`${key}\` in \`${this.#what}\`: expected ${known.join(', ')}`;
      throw new PlaceError(message, [...this.path, key], { isName: true });
    }
  }

  /** What stands under each name of a member; none where there is no such member. */
  entries(member: string): Place[] {
    if (!this.has(member)) return [];
    const place = this.at(member);
    if (!isRecord(place.value)) throw place.error('an object');
    return Object.keys(place.value).map((name) => place.at(name));
  }

  /** The items of a member, or of what stands here; none where there is no such member. */
  items(member?: string): Place[] {
    if (member !== undefined && !this.has(member)) return [];
    const place = member === undefined ? this : this.at(member);
    if (!Array.isArray(place.value)) throw place.error('a list');
    return place.value.map((_item, index) => place.at(index));
  }

  text(): string {
    if (typeof this.value !== 'string' || this.value === '') throw this.error('a non-empty string');
    return this.value;
  }

  whole(): number {
    const { value } = this;
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw this.error('a whole number >= 0');
    return value as number;
  }

  /** Milliseconds since 1970, written so or as a date with its zone. */
  instant(): number {
    const { value } = this;
    const instant = typeof value === 'string' && zoned.test(value) ? Date.parse(value) : value;
    if (typeof instant === 'number' && !Number.isNaN(instant)) return instant;
    throw this.error('milliseconds since 1970');
  }

  error(expected: string): PlaceError {
    return new PlaceError(expectation(this.#what, expected, this.value).message, this.path);
  }

  /** For what went wrong in reading what stands here, and in which member of it. */
  failing(cause: unknown, member?: string): PlaceError {
    if (cause instanceof PlaceError) return cause;
    const { message } = cause as Error;
    const path = member === undefined ? this.path : [...this.path, member];
    const isName = member !== undefined && message.startsWith('Unknown');
    return new PlaceError(`${message}, in \`${this.#what}\``, path, { cause, isName });
  }
}

// Without a zone a date would mean another instant on another machine.
const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
