// Groups of rows go in, lines of text with aligned columns come out; long cells go on in the next line.

export interface Column {
  title: string;
  width: number;
}

/** Rows that share their first cells, which are written once. */
export interface Group {
  shared: readonly string[];
  rows: readonly (readonly string[])[];
}

export function tableOf(columns: readonly Column[], groups: readonly Group[]): string {
  const titles = columns.map(({ title }) => title);
  const rule = columns.map(({ width }) => '-'.repeat(width));
  const lines = [titles, rule].flatMap((cells) => linesOf(columns, cells));
  return [...lines, ...groups.flatMap((group) => [...groupLinesOf(columns, group), ''])]
    .map((line) => line.trimEnd())
    .join('\n');
}

function groupLinesOf(columns: readonly Column[], { shared, rows }: Group): string[] {
  const left = columns.slice(0, shared.length);
  const right = columns.slice(shared.length);
  const leftLines = linesOf(left, shared);
  const rightLines = rows.flatMap((row) => linesOf(right, row));
  const [leftBlank = ''] = linesOf(left, []);
  return Array.from({ length: Math.max(leftLines.length, rightLines.length) }, (_, line) =>
    [leftLines[line] ?? leftBlank, rightLines[line] ?? ''].join(gap),
  );
}

const gap = '  ';

function linesOf(columns: readonly Column[], cells: readonly string[]): string[] {
  const wrapped = columns.map(({ width }, index) => wrap(cells[index] ?? '', width));
  const height = Math.max(...wrapped.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    columns.map(({ width }, index) => (wrapped[index]?.[line] ?? '').padEnd(width)).join(gap),
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
