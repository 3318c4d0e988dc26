// Items go in, the same in the order of their keys come out: by UTF-16 units, the same on every machine.

export function inOrder(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

export function sortedBy<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Item[] {
  const keyed = [...items].map((item) => ({ item, key: keyOf(item) }));
  return keyed.sort((one, other) => inOrder(one.key, other.key)).map(({ item }) => item);
}
