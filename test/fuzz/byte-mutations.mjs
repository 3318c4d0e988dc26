// A text or bytes go in, nearly the same come out.

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** On any bytes. @type {Record<string, (bytes: Buffer, random: import('./random.mjs').Random) => Buffer>} */
export const byteMutations = {
  flip: (bytes, random) => changed(bytes, random, (byte) => byte ^ (1 << random.below(8))),
  replace: (bytes, random) => changed(bytes, random, () => random.below(256)),
  insert: (bytes, random) => spliced(bytes, random.below(bytes.length + 1), 0, random.bytes(1 + random.below(4))),
  delete: (bytes, random) => spliced(bytes, random.below(bytes.length), 1 + random.below(4), Buffer.alloc(0)),
  duplicate: (bytes, random) => {
    const start = random.below(bytes.length);
    const piece = bytes.subarray(start, start + 1 + random.below(40));
    return spliced(bytes, start, 0, piece);
  },
  truncate: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
};

function changed(bytes, random, change) {
  const copy = Buffer.from(bytes);
  if (copy.length === 0) return copy;
  const at = random.below(copy.length);
  copy[at] = change(copy[at]);
  return copy;
}

function spliced(bytes, at, removed, added) {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
}

/**
 * On the text of a token. `other` is another token.
 *
 * @type {Record<string, (token: string, random: import('./random.mjs').Random, other: string) => string>}
 */
export const tokenMutations = {
  ...Object.fromEntries(
    Object.entries(byteMutations).map(([name, mutate]) => [
      name,
      (token, random) => mutate(Buffer.from(token, 'latin1'), random).toString('latin1'),
    ]),
  ),
  letter: (token, random) => replacedAt(token, random.below(token.length), random.pick([...letters])),
  caseSwap: (token, random) => {
    const at = random.below(token.length);
    const letter = token.charAt(at);
    return replacedAt(token, at, letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase());
  },
  lookAlike: (token, random) => {
    const [from, to] = random.pick([
      ['-', '+'],
      ['_', '/'],
      ['.', '%2E'],
      ['A', '\u0410'],
      ['e', '\u0435'],
      ['.', '\u3002'],
      ['.', '..'],
    ]);
    return token.replace(from, to);
  },
  padding: (token, random) => {
    const parts = token.split('.');
    const at = random.below(parts.length);
    return parts.with(at, `${parts[at]}${random.pick(['=', '==', '===', '%3D', ' ', '\n', 'A', 'AA'])}`).join('.');
  },
  // RFC 4648 section 3.5: the last letter of a part has bits that no byte needs.
  trailingBits: (token, random) => {
    const parts = token.split('.');
    const at = random.below(parts.length);
    const part = parts[at] ?? '';
    const index = letters.indexOf(part.at(-1) ?? '');
    if (index === -1 || part.length % 4 === 0) return token;
    return parts.with(at, part.slice(0, -1) + letters[index ^ (1 + random.below(3))]).join('.');
  },
  spliceParts: (token, random, other) => {
    const [ours, theirs] = [token.split('.'), other.split('.')];
    return ours.map((part, at) => (random.chance(50) ? part : (theirs[at] ?? ''))).join('.');
  },
  spliceBytes: (token, random, other) => {
    const at = random.below(token.length);
    return token.slice(0, at) + other.slice(at);
  },
  parts: (token, random) => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    return random.pick([
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `.${payload}.${signature}`,
      `${header}..${signature}`,
      `${token}.${signature}`,
      `${token}.`,
      `.${token}`,
      `${header}.${payload}.${signature}.${header}.${payload}`,
      '..',
      '.',
      header,
      JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    ]);
  },
  fullOfLetters: (_token, random) => random.pick([...letters]).repeat(random.pick([1, 100, 8192, 8193, 9000])),
};

function replacedAt(text, at, letter) {
  return text.slice(0, at) + letter + text.slice(at + 1);
}
