// A text goes in, the pattern that it spells in the `glob` dialect comes out, or undefined where it spells none.
//
//   *      any run of characters that are no separator (`:` and `/`), also an empty one
//   **     any run of characters
//   ?      one character that is no separator
//   [ab]   one of these; [a-z] one from here to there; [!ab] one that is none of these. No separator but one that is written out
//   {a,b}  one of these patterns
//   \      takes away what the next character means

import { colon, slash } from './resource.ts';

/** Code points from the first to the second, from the third to the fourth, …: in order, and apart. */
export type CodePoints = readonly number[];

/** What stands in a pattern: one character of some, any run of some characters, or one of several patterns. */
export type GlobPart =
  | { readonly kind: 'one' | 'run'; readonly of: CodePoints }
  | { readonly kind: 'either'; readonly ways: readonly (readonly GlobPart[])[] };

/** Longer ones are no patterns; what is made of a pattern grows with its length and with nothing else. */
export const maxGlobLength = 1024;
const maxDepth = 32;
const last = 0x10ffff;

export const anyCharacter: CodePoints = [0, last];
export const noSeparator: CodePoints = [0, slash - 1, slash + 1, colon - 1, colon + 1, last];

/** Whether any character means something. */
export function hasGlobCharacter(text: string): boolean {
  return /[*?[\]{}\\]/.test(text);
}

export function parseGlob(text: string): readonly GlobPart[] | undefined {
  if (text.length > maxGlobLength) return undefined;
  const parser = new Parser(text);
  return parser.pattern(0);
}

class Parser {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#characters = Array.from(text);
  }

  /** Up to the end or, inside of braces, up to what ends one way of several. */
  pattern(depth: number): GlobPart[] | undefined {
    const parts: GlobPart[] = [];
    while (this.#at < this.#characters.length && !this.#isEndOfWay(depth)) {
      const part = this.#part(depth);
      if (part === undefined) return undefined;
      parts.push(...part);
    }
    return parts;
  }

  #isEndOfWay(depth: number): boolean {
    return depth > 0 && this.#isNext(',', '}');
  }

  #isNext(...characters: string[]): boolean {
    const next = this.#characters[this.#at];
    return next !== undefined && characters.includes(next);
  }

  #take(): string | undefined {
    const taken = this.#characters[this.#at];
    this.#at += 1;
    return taken;
  }

  #part(depth: number): readonly GlobPart[] | undefined {
    const character = this.#take();
    switch (character) {
      case '*':
        return [this.#run()];
      case '?':
        return [{ kind: 'one', of: noSeparator }];
      case '[':
        return this.#class();
      case '{':
        return depth < maxDepth ? this.#ways(depth + 1) : undefined;
      case ']':
      case '}':
      case undefined:
        return undefined;
      default:
        return literal(character === '\\' ? this.#take() : character);
    }
  }

  #run(): GlobPart {
    let stars = 1;
    for (; this.#isNext('*'); stars += 1) this.#take();
    return { kind: 'run', of: stars === 1 ? noSeparator : anyCharacter };
  }

  #ways(depth: number): readonly GlobPart[] | undefined {
    if (this.#isNext('}')) return undefined;
    const ways: (readonly GlobPart[])[] = [];
    for (let end: string | undefined = ','; end !== '}'; end = this.#take()) {
      const way = end === ',' ? this.pattern(depth) : undefined;
      if (way === undefined) return undefined;
      ways.push(way);
    }
    const [only] = ways;
    return ways.length === 1 && only !== undefined ? only : [{ kind: 'either', ways }];
  }

  #class(): readonly GlobPart[] | undefined {
    const isNegated = this.#isNext('!');
    if (isNegated) this.#take();
    const ranges: [number, number][] = [];
    while (!this.#isNext(']')) {
      const range = this.#range();
      if (range === undefined) return undefined;
      ranges.push(...range);
    }
    this.#take();
    const of = isNegated ? without(noSeparator, ranges) : merged(ranges);
    return of.length === 0 || ranges.length === 0 ? undefined : [{ kind: 'one', of }];
  }

  /** One character, or those from one to another. */
  #range(): [number, number][] | undefined {
    const from = this.#member();
    if (from === undefined) return undefined;
    if (!this.#isNext('-')) return [[from, from]];
    this.#take();
    const to = this.#isNext(']') ? undefined : this.#member();
    if (to === undefined || to < from) return undefined;
    const isApart = (separator: number): boolean => separator < from || separator > to;
    if (from === to || (isApart(slash) && isApart(colon))) return [[from, to]];
    return pairs(
      cut(
        [from, to],
        [
          [slash, slash],
          [colon, colon],
        ],
      ),
    );
  }

  #member(): number | undefined {
    const character = this.#take();
    if (character === '-') return undefined;
    return (character === '\\' ? this.#take() : character)?.codePointAt(0);
  }
}

function literal(character: string | undefined): readonly GlobPart[] | undefined {
  const point = character?.codePointAt(0);
  return point === undefined ? undefined : [{ kind: 'one', of: [point, point] }];
}

function merged(ranges: readonly [number, number][]): CodePoints {
  return without(anyCharacter, pairs(without(anyCharacter, ranges)));
}

function without(all: CodePoints, ranges: readonly [number, number][]): CodePoints {
  return cut(
    all,
    ranges.toSorted(([one], [other]) => one - other),
  );
}

/** `ranges`: by their beginning. */
function cut(all: CodePoints, ranges: readonly [number, number][]): CodePoints {
  return pairs(all).flatMap(([from, to]) => {
    const left: number[] = [];
    let next = from;
    for (const [first, final] of ranges) {
      if (first > to || final < next) continue;
      if (first > next) left.push(next, first - 1);
      next = final + 1;
    }
    return next <= to ? [...left, next, to] : left;
  });
}

function pairs(points: CodePoints): [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = 0; at < points.length; at += 2) ranges.push([points[at] as number, points[at + 1] as number]);
  return ranges;
}
