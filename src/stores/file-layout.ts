// A document and the text it was read from go in, its text comes out, in a layout much like the one before.

import { isMap, isSeq } from 'yaml';
import type { Document, Node } from 'yaml';
import { isJson } from './file-contents.ts';
import { jsonText } from './file-json.ts';

/** `before`: what the document was read from. */
export function documentText(file: string, document: Document.Parsed, before: string): string {
  const written = isJson(file)
    ? jsonText(document.contents, before)
    : document.toString({ lineWidth: 0, ...indentation(document, before) });
  return before.includes('\r\n') ? written.replaceAll('\n', '\r\n') : written;
}

/** Of the first name that stands in a column of its own, and of the first list. */
function indentation(document: Document.Parsed, text: string): { indent: number; indentSeq: boolean } {
  let indent: number | undefined;
  let indentSeq: boolean | undefined;
  const waiting: unknown[] = [document.contents];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!isMap(node) || node.flow) continue;
    for (const { key, value } of node.items) {
      const deeper = columnsBetween(key as Node, value as Node | null, text);
      if (isMap(value) && !value.flow && deeper > 0) indent ??= deeper;
      if (isSeq(value) && !value.flow && deeper >= 0) indentSeq ??= deeper > 0;
    }
    waiting.push(...node.items.map(({ value }) => value).toReversed());
  }
  return { indent: indent ?? 2, indentSeq: indentSeq ?? true };
}

/** Not a number where they stand on one line, or one of them in no line yet. */
function columnsBetween(key: Node, value: Node | null, text: string): number {
  const [from, to] = [key.range?.[0] ?? NaN, value?.range?.[0] ?? NaN];
  return text.slice(from, to).includes('\n') ? columnOf(to, text) - columnOf(from, text) : NaN;
}

function columnOf(offset: number, text: string): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}
