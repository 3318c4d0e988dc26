// The text of a YAML file goes in, its document comes out, and from that plain values: only what JSON can say, every name as it is
// written. Aliases, tags, merge keys and other versions of YAML are refused: what several hold together is a role.

import { Composer, isAlias, isMap, isScalar, isSeq, Parser } from 'yaml';
import type { CST, Document, ErrorCode, Node, Pair } from 'yaml';
import type { FileText } from './file-fault.ts';
import type { Step } from './place.ts';

// As deep as settings are nested by anybody in earnest; the composer goes down by recursion.
const maxDepth = 64;

/** @throws PrivilegeFileError */
export function yamlDocument(source: FileText, text: string = source.text): Document.Parsed {
  const tokens = [...new Parser().parse(text)];
  checkDepth(source, tokens);
  // Whether each name stands once is looked at in `plainValue`: the composer compares each with every other.
  const composer = new Composer({ prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  if (document === undefined) throw source.fault('Expected a document', 0);
  const [found] = [...document.errors, ...document.warnings].sort((one, other) => one.pos[0] - other.pos[0]);
  if (found !== undefined) throw source.faultAt(expectations[found.code] ?? found.message, found.pos[0]);
  if (second !== undefined) throw source.faultAt('Expected one document', second.range[0]);
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== '1.2') throw source.faultAt('Expected YAML 1.2', source.text.indexOf('%YAML'));
  return document;
}

const expectations: { readonly [Code in ErrorCode]?: string } = {
  NON_STRING_KEY: 'Expected a name',
  TAG_RESOLVE_FAILED: 'Expected no tag',
};

function checkDepth(source: FileText, tokens: readonly CST.Token[]): void {
  let level: readonly CST.Token[] = tokens;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw source.faultAt(`Expected at most ${maxDepth} levels`, level[0]?.offset ?? 0);
    level = level.flatMap(within);
  }
}

function within(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((one) => one !== undefined && one !== null));
}

/** @throws PrivilegeFileError where there is more than JSON can say. */
export function plainValue(source: FileText, node: unknown): unknown {
  const at = (node as Node | null)?.range?.[0] ?? 0;
  if (isAlias(node)) throw source.faultAt('Expected no alias: what several hold together is a role', at);
  if ((node as Node | null)?.tag !== undefined) throw source.faultAt('Expected no tag', at);
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => plainValue(source, item));
  if (!isMap(node)) return null;
  // By definition, and not by assignment: `__proto__` is a name like any other.
  const names = new Set<string>();
  return Object.fromEntries(
    node.items.map((pair) => {
      const name = nameOf(source, pair);
      if (names.has(name)) throw source.faultAt('Expected each name once', (pair.key as Node).range?.[0] ?? 0);
      names.add(name);
      return [name, plainValue(source, pair.value)];
    }),
  );
}

function nameOf(source: FileText, { key }: Pair): string {
  const at = (key as Node | null)?.range?.[0] ?? 0;
  if (!isScalar(key) || typeof key.value !== 'string') throw source.faultAt('Expected a name', at);
  if (key.tag !== undefined) throw source.faultAt('Expected no tag', at);
  if (key.type === 'PLAIN' && key.value === '<<') throw source.faultAt('Expected no merge key', at);
  if (key.type === 'PLAIN' && key.value === '') throw source.faultAt('Expected a name', at);
  return key.value;
}

/** Where something stands in the text: what is found on the way to it, where it is not there. */
export function offsetOf(document: Document.Parsed, path: readonly Step[], isName: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [at, step] of path.entries()) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === String(step)) : undefined;
    if (isName && at === path.length - 1) return startOf(pair?.key) ?? offset;
    node = isSeq(node) && typeof step === 'number' ? node.items[step] : pair?.value;
    offset = startOf(node) ?? startOf(pair?.key) ?? offset;
  }
  return offset;
}

// What is left out has no length.
function startOf(node: unknown): number | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range && range[0] < range[1] ? range[0] : undefined;
}
