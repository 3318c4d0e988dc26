// A text as somebody wrote it, and the same as it is written here, before and after a change, go in; the changed text comes out with
// every line that did not change as it was.

/** A line that says something, and the empty ones before it. */
interface Line {
  readonly empty: readonly string[];
  readonly text: string;
}

/** undefined: they do not match line by line. */
export function keptLines(original: string, before: string, after: string): string | undefined {
  const [own, old, changed] = [linesOf(original), linesOf(before), linesOf(after)];
  if (own.lines.length !== old.lines.length) return undefined;
  if (own.lines.some(({ text }, at) => words(text) !== words(old.lines[at]?.text ?? ''))) return undefined;
  const same = sameLines(
    old.lines.map(({ text }) => text),
    changed.lines.map(({ text }) => text),
  );
  if (same === undefined) return undefined;
  const kept = changed.lines.map((_line, at) => own.lines[same.get(at) ?? -1]);
  const indents = changed.lines.map(({ text }) => indentOf(text));
  const written: (Line | undefined)[] = [...kept];
  for (const [at, line] of changed.lines.entries()) {
    if (written[at] !== undefined) continue;
    written[at] = { empty: line.empty, text: `${indentAt(at, indents, written)}${line.text.trimStart()}` };
  }
  const lines = written.filter((line) => line !== undefined);
  return [...lines.flatMap(({ empty, text }) => [...empty, text]), ...own.end].join('\n');
}

function linesOf(text: string): { readonly lines: readonly Line[]; readonly end: readonly string[] } {
  const lines: Line[] = [];
  let empty: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') empty.push(line);
    else {
      lines.push({ empty, text: line });
      empty = [];
    }
  }
  return { lines, end: empty };
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

// As the nearest line of the same list or object is indented; or where it is the first of its own, so much more than what holds it.
function indentAt(at: number, indents: readonly number[], written: readonly (Line | undefined)[]): string {
  const own = indents[at] ?? 0;
  const start = (index: number): string => /^\s*/.exec(written[index]?.text ?? '')?.[0] ?? '';
  let holder = at - 1;
  while (holder >= 0 && (indents[holder] ?? 0) > own) holder -= 1;
  if (holder >= 0 && indents[holder] === own) return start(holder);
  for (let after = at + 1; (indents[after] ?? -1) >= own; after += 1) {
    if (indents[after] === own && written[after] !== undefined) return start(after);
  }
  return holder < 0 ? ' '.repeat(own) : `${start(holder)}${' '.repeat(own - (indents[holder] ?? 0))}`;
}

function words(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

// So many lines are hardly one change.
const maxDifferences = 1000;

/**
 * Which line of `before` each line of `after` is, as far as it is one. E. W. Myers, "An O(ND) Difference Algorithm and Its
 * Variations" (1986): the furthest that each diagonal is reached with 0, 1, 2 … differences.
 */
function sameLines(before: readonly string[], after: readonly string[]): Map<number, number> | undefined {
  const reached: Map<number, number>[] = [];
  let furthest = new Map([[1, 0]]);
  for (let differences = 0; differences <= maxDifferences; differences += 1) {
    reached.push(furthest);
    const next = new Map(furthest);
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      let x = startOf(furthest, diagonal, differences);
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1;
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return wayBack(reached, before.length, after.length);
    }
    furthest = next;
  }
  return undefined;
}

/** Whether a line of `after` was the last difference on the way to that diagonal, and not one of `before`. */
function isAdded(furthest: ReadonlyMap<number, number>, diagonal: number, differences: number): boolean {
  if (diagonal === -differences || diagonal === differences) return diagonal === -differences;
  return (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1);
}

function startOf(furthest: ReadonlyMap<number, number>, diagonal: number, differences: number): number {
  if (isAdded(furthest, diagonal, differences)) return furthest.get(diagonal + 1) ?? 0;
  return (furthest.get(diagonal - 1) ?? -1) + 1;
}

function wayBack(reached: readonly ReadonlyMap<number, number>[], x: number, y: number): Map<number, number> {
  const same = new Map<number, number>();
  for (let differences = reached.length - 1; differences >= 0; differences -= 1) {
    const furthest = reached[differences] ?? new Map<number, number>();
    const diagonal = x - y;
    const start = startOf(furthest, diagonal, differences);
    while (x > start) same.set((y -= 1), (x -= 1));
    if (isAdded(furthest, diagonal, differences)) y -= 1;
    else x -= 1;
  }
  return same;
}
