// Texts that others may begin with go in; whether a text begins with one of them comes out.

import { Beginning } from './beginning.ts';
import { HeadTrie } from './head-trie.ts';

/** Heads of patterns that go on in any way. An answer costs a step for each character at most, however many heads there are. */
export class HeadIndex {
  #only: Beginning | undefined;
  readonly #heads: string[] = [];
  #trie: HeadTrie | undefined;

  add(head: string): void {
    this.#heads.push(head);
    this.#trie = undefined;
    this.#only = this.#heads.length === 1 ? new Beginning(head) : undefined;
  }

  /** Whether the text begins with one of them. */
  beginsAny(text: string): boolean {
    if (this.#only !== undefined) return this.#only.begins(text);
    if (this.#heads.length === 0) return false;
    return (this.#trie ??= new HeadTrie(this.#heads)).beginsAny(text);
  }

  all(): readonly string[] {
    return this.#heads;
  }
}
