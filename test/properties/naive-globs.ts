// What a glob matches, the slow way: each part tries every run that it could take and asks the rest. Written from the table of
// meta characters alone, for short patterns and texts.

/** Whether the pattern from here on matches the text from `at` on. */
type Rest = (at: number) => boolean;
type Part = (text: readonly string[], at: number, rest: Rest) => boolean;

/** Undefined: the text spells no glob. */
export function naiveGlob(pattern: string): ((text: string) => boolean) | undefined {
  const reader = new Reader([...pattern]);
  const parts = reader.parts('');
  if (parts === undefined || !reader.isAtEnd()) return undefined;
  return (text) => {
    const characters = [...text];
    return inTurn(parts, characters, 0, (at) => at === characters.length);
  };
}

function inTurn(parts: readonly Part[], text: readonly string[], at: number, rest: Rest): boolean {
  const [first, ...others] = parts;
  if (first === undefined) return rest(at);
  return first(text, at, (next) => inTurn(others, text, next, rest));
}

const separators = [':', '/'];

function one(allows: (character: string) => boolean): Part {
  return (text, at, rest) => {
    const character = text[at];
    return character !== undefined && allows(character) && rest(at + 1);
  };
}

function run(allows: (character: string) => boolean): Part {
  const part: Part = (text, at, rest) => {
    if (rest(at)) return true;
    const character = text[at];
    return character !== undefined && allows(character) && part(text, at + 1, rest);
  };
  return part;
}

const isInside = (character: string): boolean => !separators.includes(character);

class Reader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(characters: readonly string[]) {
    this.#characters = characters;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  #next(): string | undefined {
    return this.#characters[this.#at++];
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  /** Up to one of `ends`, or to the end. */
  parts(ends: string): Part[] | undefined {
    const parts: Part[] = [];
    while (!this.isAtEnd() && !ends.includes(this.#peek() as string)) {
      const part = this.#part();
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return parts;
  }

  #part(): Part | undefined {
    const character = this.#next();
    if (character === '?') return one(isInside);
    if (character === '*') {
      let isDeep = false;
      while (this.#peek() === '*') isDeep = this.#next() === '*';
      return run(isDeep ? () => true : isInside);
    }
    if (character === '[') return this.#class();
    if (character === '{') return this.#either();
    if (character === ']' || character === '}') return undefined;
    const literal = character === '\\' ? this.#next() : character;
    return literal === undefined ? undefined : one((given) => given === literal);
  }

  #either(): Part | undefined {
    if (this.#peek() === '}') return undefined;
    const ways: Part[][] = [];
    for (;;) {
      const way = this.parts(',}');
      if (way === undefined) return undefined;
      ways.push(way);
      const end = this.#next();
      if (end === '}') return (text, at, rest) => ways.some((one) => inTurn(one, text, at, rest));
      if (end === undefined) return undefined;
    }
  }

  #class(): Part | undefined {
    const isNegated = this.#peek() === '!';
    if (isNegated) this.#next();
    const listed: string[] = [];
    const ranges: [string, string][] = [];
    while (this.#peek() !== ']') {
      const from = this.#member();
      if (from === undefined) return undefined;
      if (this.#peek() !== '-') {
        listed.push(from);
        continue;
      }
      this.#next();
      const to = this.#peek() === ']' ? undefined : this.#member();
      if (to === undefined || to < from) return undefined;
      if (from === to) listed.push(from);
      else ranges.push([from, to]);
    }
    this.#next();
    if (listed.length + ranges.length === 0) return undefined;
    const isIn = (given: string): boolean =>
      listed.includes(given) || ranges.some(([from, to]) => from <= given && given <= to && isInside(given));
    return one((given) => (isNegated ? isInside(given) && !isIn(given) : isIn(given)));
  }

  #member(): string | undefined {
    const character = this.#next();
    if (character === '-') return undefined;
    return character === '\\' ? this.#next() : character;
  }
}

/** Every text of these characters, up to a length. */
export function textsOf(characters: readonly string[], longest: number): string[] {
  const texts = [''];
  for (let length = 1, from = 0; length <= longest; length += 1) {
    const to = texts.length;
    for (; from < to; from += 1) for (const character of characters) texts.push(texts[from] + character);
  }
  return texts;
}
