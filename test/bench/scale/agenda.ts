// Events with their times go in in any order, and come out in the order of time.

export class Agenda<Event extends { readonly atMs: number }> {
  readonly #heap: Event[] = [];

  add(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = heap[above];
      if (other === undefined || other.atMs <= event.atMs) break;
      heap[at] = other;
      at = above;
    }
    heap[at] = event;
  }

  /** The next one that is due, if any is. */
  due(nowMs: number): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.atMs > nowMs) return undefined;
    const last = heap.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first;
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      const earlier = other !== undefined && one !== undefined && other.atMs < one.atMs ? left + 1 : left;
      const below = heap[earlier];
      if (below === undefined || below.atMs >= event.atMs) break;
      heap[at] = below;
      at = earlier;
    }
    heap[at] = event;
  }
}
