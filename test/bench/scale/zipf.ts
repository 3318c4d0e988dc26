// A number of subjects and a source of random numbers go in; who asks comes out: the n-th most active asks n to the power of the
// exponent times less often than the first (Zipf's law).

/** 0 or more, less than 1; the same sequence for the same seed. */
export type Random = () => number;

/** Mulberry32, two draws for each number: so many subjects need more than 32 bits. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return () => (draw() * 2 ** 21 + (draw() >>> 11)) / 2 ** 53;
}

// So many are added up one by one; beyond, the sum is as good as the area under the curve.
const exactly = 65_536;

export class Zipf {
  readonly #subjects: number;
  readonly #exponent: number;
  /** Sums of the weights of the most active. */
  readonly #sums: Float64Array;
  readonly #total: number;

  constructor(subjects: number, exponent: number) {
    this.#subjects = subjects;
    this.#exponent = exponent;
    this.#sums = new Float64Array(Math.min(subjects, exactly));
    let sum = 0;
    for (let at = 0; at < this.#sums.length; at += 1) this.#sums[at] = sum += (at + 1) ** -exponent;
    this.#total = sum + this.#area(subjects + 0.5);
  }

  /** From 0, the most active first. */
  draw(random: Random): number {
    const wanted = random() * this.#total;
    const head = this.#sums.at(-1) ?? 0;
    if (wanted >= head) return Math.min(this.#subjects, Math.round(this.#inverse(wanted - head))) - 1;
    let [low, high] = [0, this.#sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sums[middle] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The sum of `of(share)` over all subjects, where `share` is the part of the requests that one of them makes. */
  sum(of: (share: number) => number): number {
    let sum = 0;
    for (let rank = 1; rank <= this.#sums.length; rank += 1) sum += of(rank ** -this.#exponent / this.#total);
    for (let from = this.#sums.length; from < this.#subjects;) {
      // One of a few that are all but equal stands for them.
      const to = Math.min(this.#subjects, Math.ceil(from * 1.005));
      sum += (to - from) * of(((from + to + 1) / 2) ** -this.#exponent / this.#total);
      from = to;
    }
    return sum;
  }

  /** Under the curve, beyond those that are added up. */
  #area(to: number): number {
    const [from, power] = [this.#sums.length + 0.5, 1 - this.#exponent];
    return power === 0 ? Math.log(to / from) : (to ** power - from ** power) / power;
  }

  #inverse(area: number): number {
    const [from, power] = [this.#sums.length + 0.5, 1 - this.#exponent];
    return power === 0 ? from * Math.exp(area) : (area * power + from ** power) ** (1 / power);
  }
}

/** How many come in a time in which `mean` come on average (Poisson). */
export function howMany(mean: number, random: Random): number {
  // In parts, so that the product does not vanish.
  let count = 0;
  for (let left = mean; left > 0; left -= 100) {
    const least = Math.exp(-Math.min(left, 100));
    for (let product = random(); product > least; product *= random()) count += 1;
  }
  return count;
}

/** How long until the next one comes, where so many come in one unit of time on average. */
export function untilNext(rate: number, random: Random): number {
  return rate === 0 ? Infinity : -Math.log(1 - random()) / rate;
}

/** Delays with this median and this 99th percentile (log-normal). */
export function delays({ p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }, random: Random): () => number {
  const sigma = Math.log(p99Ms / p50Ms) / 2.326;
  return () => p50Ms * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}
