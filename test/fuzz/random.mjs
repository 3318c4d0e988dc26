// A text goes in, the same sequence of choices comes out each time.

/** Small Fast Counter by Chris Doty-Humphrey (sfc32), 32 bits a step. */
export class Random {
  #a;
  #b;
  #c = 0x9e3779b9;
  #counter = 1;

  /** @param {string} seed */
  constructor(seed) {
    [this.#a, this.#b] = hashed(seed);
    for (let warm = 0; warm < 12; warm += 1) this.#next();
  }

  #next() {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** @param {number} end a whole number from 0 up to but without it */
  below(end) {
    return Math.floor((this.#next() / 2 ** 32) * end);
  }

  /** @param {number} percent */
  chance(percent) {
    return this.below(100) < percent;
  }

  /**
   * @template Value
   * @param {readonly Value[]} values
   * @returns {Value}
   */
  pick(values) {
    return values[this.below(values.length)];
  }

  /**
   * @template Value
   * @param {readonly (readonly [weight: number, value: Value])[]} table
   * @returns {Value}
   */
  weighted(table) {
    let left = this.below(table.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of table) {
      if (left < weight) return value;
      left -= weight;
    }
    throw new RangeError('the table is empty');
  }

  /** @param {number} length */
  bytes(length) {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/** FNV-1a, from two starting points. */
function hashed(text) {
  return [0x811c9dc5, 0xcbf29ce4].map((start) => {
    let hash = start;
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return hash | 0;
  });
}
