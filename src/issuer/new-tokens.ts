// Tokens that came for the first time wait here to come again: the last few whole, of many more a mark. A token that was seen
// before, and is verified again, need not wait.

import type { Remembered } from './verified-tokens.ts';

const places = 256;

export class NewTokens {
  readonly capacity = places;
  readonly #maxBytesEach: number;
  readonly #waiting: (Remembered | undefined)[] = Array.from({ length: places }, () => undefined);
  readonly #bytes = new Uint32Array(places);
  readonly #seen: Uint32Array;

  /** `maxBytes`: of all that waits, as an estimate. */
  constructor(maxEntries: number, maxBytes: number) {
    this.#maxBytesEach = maxBytes / places;
    this.#seen = new Uint32Array(marksFor(maxEntries));
  }

  /** Whether the token waits; one that has been here before, or is too large, does not. */
  admit(entry: Remembered, bytes: number): boolean {
    const mark = markOf(entry.token);
    if (this.#wasHere(mark) || bytes > this.#maxBytesEach) return false;
    const place = placeOf(mark);
    this.#waiting[place] = entry;
    this.#bytes[place] = bytes;
    return true;
  }

  // Marks stand in pairs, the newer one first: two tokens that share a pair do not put each other out.
  #wasHere(mark: number): boolean {
    const at = (mark >>> 1) & (this.#seen.length - 2);
    if (this.#seen[at] === mark || this.#seen[at + 1] === mark) return true;
    this.#seen[at + 1] = this.#seen[at] ?? 0;
    this.#seen[at] = mark;
    return false;
  }

  /** The token, where it waits; it does so no longer. */
  take(token: string): Remembered | undefined {
    const place = placeOf(markOf(token));
    const entry = this.#waiting[place];
    if (entry?.token !== token) return undefined;
    this.#leave(place);
    return entry;
  }

  clear(): void {
    this.#seen.fill(0);
    for (let place = 0; place < places; place += 1) this.#leave(place);
  }

  #leave(place: number): void {
    this.#waiting[place] = undefined;
    this.#bytes[place] = 0;
  }

  get statistics(): { entries: number; bytes: number } {
    const entries = this.#waiting.filter((entry) => entry !== undefined).length;
    return { entries, bytes: this.#bytes.reduce((sum, bytes) => sum + bytes, 0) };
  }
}

// Four times as many as there are entries, up to 64 MiB of them, so that few tokens share a pair; a power of two.
function marksFor(maxEntries: number): number {
  return 2 ** Math.min(24, Math.ceil(Math.log2(maxEntries * 4)));
}

// The end of a signature is random already. Never 0, which is no mark; a mark that two tokens share spares one of them the wait.
function markOf(token: string): number {
  let mark = 0;
  for (let at = Math.max(0, token.length - 10); at < token.length; at += 1) {
    mark = Math.imul(mark, 0x01000193) ^ token.charCodeAt(at);
  }
  return (mark | 1) >>> 0;
}

function placeOf(mark: number): number {
  return (mark >>> 24) & (places - 1);
}
