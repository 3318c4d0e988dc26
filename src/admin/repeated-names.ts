// A text that is JSON goes in; the first name that one of its objects has twice comes out.

/** Readers differ in which of the two they take (RFC 8259 section 4). Undefined: every name is there once. */
export function repeatedName(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '}') open.pop();
    else if (character === '"') {
      const end = endOfText(json, at);
      const names = open.at(-1);
      if (names !== undefined && isName(json, end)) {
        const name = JSON.parse(json.slice(at, end + 1)) as string;
        if (names.has(name)) return name;
        names.add(name);
      }
      at = end;
    }
  }
  return undefined;
}

/** Where the quotation mark stands that ends the text which begins there. */
function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

/** Whether a colon follows, which follows names alone. */
function isName(json: string, end: number): boolean {
  let at = end + 1;
  while (at < json.length && ' \t\n\r'.includes(json.charAt(at))) at += 1;
  return json[at] === ':';
}
