// The text of a JSON file goes in and is checked by RFC 8259, strictly; nodes go in, and the same as JSON comes out.

import { isMap, isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';
import type { FileText } from './file-fault.ts';

const space = /[ \t\r\n]*/y;
// One way to read each text: where the end of a string is missing, nothing is tried twice.
const scalar =
  /"[ !#-[\]-\uFFFF]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uFFFF]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;

/** @throws PrivilegeFileError at the first character that JSON does not have there. */
export function checkJson(source: FileText): void {
  const { text } = source;
  const closing: string[] = [];
  let offset = after(space, text, 0);
  const fail = (expected: string): never => {
    throw source.faultAt(`Expected ${expected}`, offset);
  };
  const take = (character: string): boolean => {
    if (text[offset] !== character) return false;
    offset = after(space, text, offset + 1);
    return true;
  };
  const takeScalar = (expected: string): void => {
    if (expected === 'a name in double quotes' && text[offset] !== '"') fail(expected);
    const end = after(scalar, text, offset);
    if (end === offset) fail(expected);
    offset = after(space, text, end);
  };
  const takeName = (): void => {
    takeScalar('a name in double quotes');
    if (!take(':')) fail('a colon');
  };
  /** True where a collection was opened, in which something stands. */
  const takeOpening = (): boolean => {
    const isList = text[offset] === '[';
    if (!take('[') && !take('{')) return false;
    const close = isList ? ']' : '}';
    if (take(close)) return false;
    closing.push(close);
    if (!isList) takeName();
    return true;
  };

  if (offset === text.length) return;
  for (let isOver = false; !isOver; isOver = closing.length === 0) {
    const start = offset;
    if (takeOpening()) continue;
    if (offset === start) takeScalar('a value of JSON');
    while (closing.length > 0 && !take(',')) {
      if (!take(closing.at(-1) as string)) fail(`a comma or \`${closing.at(-1)}\``);
      closing.pop();
    }
    if (closing.at(-1) === '}') takeName();
  }
  if (offset < text.length) fail('the end of the file');
}

function after(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

/** What stood on one line stays on one; `text`: what it was read from. */
export function jsonText(node: unknown, text: string): string {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  const isCompact = !/[\n ]/.test(text.trim()) && text.trim().length > 2;
  return `${written(node, { text, indent, gap: isCompact ? '' : ' ' }, '\n')}${/\n$|^\s*$/.test(text) ? '\n' : ''}`;
}

interface Layout {
  readonly text: string;
  readonly indent: string;
  /** Between a name and its value. */
  readonly gap: string;
  /** What it stands in is on one line. */
  readonly isOneLine?: boolean;
}

function written(node: unknown, layout: Layout, newline: string): string {
  if (isScalar(node)) return scalarText(node.value, node.source);
  const [open, close] = isSeq(node) ? ['[', ']'] : ['{', '}'];
  const isOneLine = isOnOneLine(node, layout);
  const inner = isOneLine ? newline : `${newline}${layout.indent}`;
  const within = isOneLine ? { ...layout, isOneLine } : layout;
  const items = isSeq(node)
    ? node.items.map((item) => written(item, within, inner))
    : isMap(node)
      ? node.items.map(({ key, value }) => {
          return `${scalarText(isScalar(key) ? key.value : '')}:${layout.gap}${written(value, within, inner)}`;
        })
      : [];
  if (items.length === 0) return `${open}${close}`;
  if (inner !== newline) return `${open}${inner}${items.join(`,${inner}`)}${newline}${close}`;
  return isSeq(node) || layout.gap === ''
    ? `${open}${items.join(`,${layout.gap}`)}${close}`
    : `{ ${items.join(', ')} }`;
}

function isOnOneLine(node: unknown, { text, gap, isOneLine = false }: Layout): boolean {
  if (gap === '' || isOneLine) return true;
  const range = (node as Node | null)?.range;
  if (range) return range[1] - range[0] > 2 && !text.slice(range[0], range[1]).includes('\n');
  return (isMap(node) || isSeq(node)) && node.flow === true;
}

function scalarText(value: unknown, source?: string): string {
  return typeof value === 'number' && Number(source) === value && source !== undefined
    ? source
    : (JSON.stringify(value) ?? 'null');
}
