// Items go in, what is asked about each comes out in their order, a few at a time: one call must not take every connection.

const atOnce = 10;

export async function inBatches<Item, Result>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += atOnce) {
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(ask))));
  }
  return results;
}
