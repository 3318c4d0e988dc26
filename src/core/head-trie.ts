// Many texts go in; whether another one begins with one of them comes out, after one walk over its characters.

import { Beginning, continues } from './beginning.ts';

// Of a slot: the node, the character behind it, and where that leads: to a node, or, below 0, to the rest of one text.
const slotSize = 3;
const to = 2;

/**
 * A tree of characters, as far as it takes to tell the texts apart; of each only the rest is compared. Its edges are in one table of
 * numbers, open to each slot behind a full one.
 */
export class HeadTrie {
  /** What all of them begin with. */
  readonly #shared: Beginning;
  /** That is one of them, and the others begin with it. */
  readonly #isSharedOne: boolean;
  readonly #rests: string[] = [];
  #slots = new Int32Array(16 * slotSize);
  #mask = 15;
  #edges = 0;
  #nodes = 1;

  constructor(texts: readonly string[]) {
    const length = sharedLength(texts);
    this.#shared = new Beginning((texts[0] ?? '').slice(0, length));
    this.#isSharedOne = texts.some((text) => text.length === length);
    if (!this.#isSharedOne) for (const text of texts) this.#insert(text, length);
  }

  beginsAny(text: string): boolean {
    if (!this.#shared.begins(text)) return false;
    if (this.#isSharedOne) return true;
    const slots = this.#slots;
    let node = 0;
    for (let at = this.#shared.length; at < text.length; at += 1) {
      node = slots[slotOf(slots, this.#mask, node, text.charCodeAt(at)) + to] as number;
      if (node === 0) return false;
      if (node < 0) return continues(text, at + 1, this.#rests[~node] as string);
    }
    return false;
  }

  #insert(text: string, from: number): void {
    let node = 0;
    for (let at = from; at < text.length; at += 1) {
      const slot = this.#slotFor(node, text.charCodeAt(at));
      const next = this.#slots[slot + to] as number;
      const isLast = at === text.length - 1;
      if (next < 0) return this.#part(slot, text.slice(at + 1));
      // The others that begin with this one need not be found.
      if (next === 0 || isLast) return this.#point(slot, this.#leaf(text.slice(at + 1)));
      node = next;
    }
  }

  /** Where one text was to end, another one is, too: both stay, or the shorter one if the other begins with it. */
  #part(slot: number, rest: string): void {
    const leaf = ~(this.#slots[slot + to] as number);
    const other = this.#rests[leaf] as string;
    if (rest.startsWith(other)) return;
    if (other.startsWith(rest)) {
      this.#rests[leaf] = rest;
      return;
    }
    const shared = sharedLength([other, rest]);
    let node = this.#nodes++;
    this.#slots[slot + to] = node;
    for (let at = 0; at < shared; at += 1) {
      const next = this.#nodes++;
      this.#point(this.#slotFor(node, rest.charCodeAt(at)), next);
      node = next;
    }
    this.#rests[leaf] = other.slice(shared + 1);
    this.#point(this.#slotFor(node, other.charCodeAt(shared)), ~leaf);
    this.#point(this.#slotFor(node, rest.charCodeAt(shared)), this.#leaf(rest.slice(shared + 1)));
  }

  #leaf(rest: string): number {
    return ~(this.#rests.push(rest) - 1);
  }

  #point(slot: number, target: number): void {
    if (this.#slots[slot + to] === 0) this.#edges += 1;
    this.#slots[slot + to] = target;
  }

  /** Where the edge is, or may be written. */
  #slotFor(node: number, character: number): number {
    // Half of them stay empty.
    if (2 * (this.#edges + 1) > this.#mask) this.#grow();
    const slot = slotOf(this.#slots, this.#mask, node, character);
    this.#slots[slot] = node;
    this.#slots[slot + 1] = character;
    return slot;
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = 2 * this.#mask + 1;
    this.#slots = new Int32Array((this.#mask + 1) * slotSize);
    for (let at = 0; at < old.length; at += slotSize) {
      if (old[at + to] === 0) continue;
      const slot = slotOf(this.#slots, this.#mask, old[at] as number, old[at + 1] as number);
      this.#slots.set(old.subarray(at, at + slotSize), slot);
    }
  }
}

/** Where the edge is, or the empty slot where it would be. */
function slotOf(slots: Int32Array, mask: number, node: number, character: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(character, 0x85ebca6b);
  let number = (mixed ^ (mixed >>> 15)) & mask;
  for (;;) {
    const slot = number * slotSize;
    if (slots[slot + to] === 0 || (slots[slot] === node && slots[slot + 1] === character)) return slot;
    number = (number + 1) & mask;
  }
}

function sharedLength(texts: readonly string[]): number {
  const first = texts[0] ?? '';
  let length = first.length;
  for (const text of texts) {
    let same = 0;
    while (same < length && same < text.length && text.charCodeAt(same) === first.charCodeAt(same)) same += 1;
    length = same;
  }
  return length;
}
