// The `glob` dialect: what a text spells as a pattern, and the questions that are put to one pattern.

import { Automaton } from './glob-automaton.ts';
import type { Budget } from './glob-automaton.ts';
import { anyCharacter, hasGlobCharacter, noSeparator, parseGlob } from './glob-parser.ts';
import type { GlobPart } from './glob-parser.ts';

/**
 * A pattern of which nothing can be looked up is `unusual`. Of the others `head` is all there is (`exact`), or the text before
 * a `*` (`flat`) or a `**` (`deep`) at the end: empty, or with a separator as its own end.
 */
export type GlobShape = 'exact' | 'flat' | 'deep' | 'unusual';

export class Glob {
  readonly text: string;
  readonly shape: GlobShape;
  /** What every text that it matches begins with. */
  readonly head: string;
  readonly #parts: readonly GlobPart[];
  #automaton: Automaton | undefined;

  private constructor(text: string, parts: readonly GlobPart[]) {
    const literal = parts.findIndex((part) => characterOf(part) === undefined);
    const headParts = literal === -1 ? parts : parts.slice(0, literal);
    this.text = text;
    this.head = headParts.map(characterOf).join('');
    this.shape = shapeOf(this.head, parts.slice(headParts.length));
    this.#parts = parts;
  }

  /** Undefined where the text spells no pattern; `''` does, and matches itself alone. */
  static of(text: string): Glob | undefined {
    const parts = parseGlob(text);
    return parts === undefined ? undefined : new Glob(text, parts);
  }

  #asAutomaton(): Automaton {
    return (this.#automaton ??= new Automaton(this.#parts));
  }

  /** Undefined where the budget ends before it is known. */
  matches(text: string, budget?: Budget): boolean | undefined {
    if (!text.startsWith(this.head)) return false;
    switch (this.shape) {
      case 'exact':
        return text.length === this.head.length;
      case 'deep':
        return true;
      case 'flat':
        return !hasSeparator(text.slice(this.head.length));
      case 'unusual':
        return this.#asAutomaton().matches(text, budget);
    }
  }

  /** Whether both match one text; true also where that would take too long to find out. */
  intersects(other: Glob, budget: Budget): boolean {
    const [shorter, longer] = this.head.length < other.head.length ? [this, other] : [other, this];
    if (!longer.head.startsWith(shorter.head)) return false;
    if (shorter.#endsInStars() && longer.#endsInStars()) {
      return shorter.shape === 'deep' || longer.head.length === shorter.head.length;
    }
    return this.#asAutomaton().intersects(other.#asAutomaton(), budget);
  }

  /** Whether it matches all that the other does; false also where that would take too long to find out. */
  includes(other: Glob, budget: Budget): boolean {
    if (this.text === other.text) return true;
    if (this.#endsInStars() && other.#endsInStars()) {
      if (this.shape === 'deep') return other.head.startsWith(this.head);
      return other.shape === 'flat' && other.head === this.head;
    }
    if (!this.head.startsWith(other.head) && !other.head.startsWith(this.head)) return false;
    return this.#asAutomaton().includes(other.#asAutomaton(), budget);
  }

  #endsInStars(): boolean {
    return this.shape === 'flat' || this.shape === 'deep';
  }
}

function characterOf(part: GlobPart): string | undefined {
  if (part.kind !== 'one') return undefined;
  const [from, to] = part.of;
  return part.of.length === 2 && from !== undefined && from === to ? String.fromCodePoint(from) : undefined;
}

export function hasSeparator(text: string): boolean {
  return text.includes(':') || text.includes('/');
}

function shapeOf(head: string, rest: readonly GlobPart[]): GlobShape {
  const [part] = rest;
  if (part === undefined) return 'exact';
  if (rest.length > 1 || part.kind !== 'run' || !/(^|[:/])$/.test(head)) return 'unusual';
  if (part.of === anyCharacter) return 'deep';
  return part.of === noSeparator ? 'flat' : 'unusual';
}

/** What a text can be read as beside the resource that it spells: another one, a pattern, or nothing else. */
export function readingOf(text: string): Glob | undefined {
  return hasGlobCharacter(text) ? Glob.of(text) : undefined;
}
