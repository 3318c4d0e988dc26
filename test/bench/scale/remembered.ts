// Who is asked about and when goes in; whether a cache that is bounded in number and in age still knows comes out: the rules of
// withCache, with numbers in place of subjects and answers.

/** At most `maxSubjects`, the least recently asked about forgotten first; none served when it is `maxAgeMs` old. */
export class Remembered {
  readonly #maxAgeMs: number;
  readonly #maxSubjects: number;
  readonly #placeOf = new Map<number, number>();
  readonly #subject: Int32Array;
  readonly #asOfMs: Float64Array;
  // The lists of those asked about before and after, by place; 0 is the end of both.
  readonly #newer: Int32Array;
  readonly #older: Int32Array;
  readonly #free: number[] = [];
  #used = 0;

  constructor({ maxSubjects, maxAgeMs }: { maxSubjects: number; maxAgeMs: number }, subjects: number) {
    this.#maxAgeMs = maxAgeMs;
    this.#maxSubjects = maxSubjects;
    const places = Math.min(maxSubjects, subjects) + 2;
    [this.#subject, this.#newer, this.#older] = [0, 1, 2].map(() => new Int32Array(places)) as [
      Int32Array,
      Int32Array,
      Int32Array,
    ];
    this.#asOfMs = new Float64Array(places);
  }

  get size(): number {
    return this.#placeOf.size;
  }

  /** Whether the answer may be served; being asked about makes it recent, whether it is or not. */
  serves(subject: number, nowMs: number): boolean {
    const place = this.#placeOf.get(subject);
    if (place === undefined) return false;
    this.#unlink(place);
    this.#link(place);
    return nowMs < this.#at(this.#asOfMs, place) + this.#maxAgeMs;
  }

  /** Until when it may be served; undefined: it is not remembered. */
  endMs(subject: number): number | undefined {
    const place = this.#placeOf.get(subject);
    return place === undefined ? undefined : this.#at(this.#asOfMs, place) + this.#maxAgeMs;
  }

  /** `asOfMs`: when the store was asked. */
  keep(subject: number, asOfMs: number): void {
    this.forget(subject);
    const place = this.#free.pop() ?? (this.#used += 1);
    this.#placeOf.set(subject, place);
    this.#subject[place] = subject;
    this.#asOfMs[place] = asOfMs;
    this.#link(place);
  }

  /** Who is to be forgotten, as there are too many. */
  surplus(): number | undefined {
    const isFull = this.#placeOf.size > this.#maxSubjects;
    return isFull ? this.#at(this.#subject, this.#at(this.#newer, 0)) : undefined;
  }

  forget(subject: number): boolean {
    const place = this.#placeOf.get(subject);
    if (place === undefined) return false;
    this.#unlink(place);
    this.#placeOf.delete(subject);
    this.#free.push(place);
    return true;
  }

  subjects(): number[] {
    return [...this.#placeOf.keys()];
  }

  #link(place: number): void {
    const newest = this.#at(this.#older, 0);
    this.#older[place] = newest;
    this.#newer[place] = 0;
    this.#newer[newest] = place;
    this.#older[0] = place;
  }

  #unlink(place: number): void {
    const [newer, older] = [this.#at(this.#newer, place), this.#at(this.#older, place)];
    this.#older[newer] = older;
    this.#newer[older] = newer;
  }

  #at(list: Int32Array | Float64Array, place: number): number {
    return list[place] ?? 0;
  }
}
