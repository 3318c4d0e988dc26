// A token goes in, and whether it was seen before comes out: a mark is kept of each, for many more tokens than are remembered.

const marksInPlace = 4;

export class SeenTokens {
  readonly #size: number;
  /** Made for the first token: where there is room for all, there is never one. */
  #marks: Uint32Array | undefined;

  /** `expected`: about how many tokens are to be told apart. */
  constructor(expected: number) {
    // Eight marks for each, up to 64 MiB of them, so that few share a place; a power of two.
    this.#size = 2 ** Math.min(24, Math.ceil(Math.log2(expected * 8)));
  }

  /** Whether it was seen before; it has been from now on. Two tokens with one mark are taken for one. */
  wasSeen(token: string): boolean {
    const marks = (this.#marks ??= new Uint32Array(this.#size));
    const mark = markOf(token);
    // A place has four marks, the newest first: tokens that share it do not put each other out at once.
    const at = (mark >>> 1) & (marks.length - marksInPlace);
    for (let other = at; other < at + marksInPlace; other += 1) if (marks[other] === mark) return true;
    marks.copyWithin(at + 1, at, at + marksInPlace - 1);
    marks[at] = mark;
    return false;
  }

  clear(): void {
    this.#marks = undefined;
  }
}

// The end of a signature is random already. Never 0, which is no mark.
function markOf(token: string): number {
  let mark = 0;
  for (let at = Math.max(0, token.length - 10); at < token.length; at += 1) {
    mark = Math.imul(mark, 0x01000193) ^ token.charCodeAt(at);
  }
  return (mark | 1) >>> 0;
}
