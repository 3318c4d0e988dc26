// One text goes in; whether others begin with it comes out.

// What V8 copies when a text is cut; longer cuts only point into the text, and to compare those it leaves compiled code.
const copied = 12;
// Fewer are compared one by one.
const few = 3;
// Beyond, a call that compares them all costs no more.
const cutAtMost = 4 * copied;

/** A text, in pieces that are quickly compared. */
export class Beginning {
  readonly length: number;
  readonly #pieces: string | readonly string[];

  constructor(text: string) {
    this.length = text.length;
    this.#pieces = text.length <= copied || text.length > cutAtMost ? text : piecesOf(text);
  }

  begins(text: string): boolean {
    if (text.length < this.length) return false;
    const pieces = this.#pieces;
    if (typeof pieces === 'string') return continues(text, 0, pieces);
    let at = 0;
    for (const piece of pieces) {
      if (!continues(text, at, piece)) return false;
      at += piece.length;
    }
    return true;
  }
}

/** Whether a text goes on, from there, with `piece`. */
export function continues(text: string, at: number, piece: string): boolean {
  const { length } = piece;
  if (length > copied) return text.startsWith(piece, at);
  if (length > few) return text.slice(at, at + length) === piece;
  if (text.length < at + length) return false;
  for (let index = 0; index < length; index += 1) {
    if (text.charCodeAt(at + index) !== piece.charCodeAt(index)) return false;
  }
  return true;
}

function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += copied) pieces.push(text.slice(at, at + copied));
  return pieces;
}
