// What a browser accepts and the content of a file go in, the file as it is sent comes out (RFC 9110 sections 8.4 and 12.5.3).

import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

export type Encoding = 'br' | 'gzip';

const encoders = { br: promisify(brotliCompress), gzip: promisify(gzip) } as const satisfies Record<Encoding, unknown>;

/** The better one of those accepted; undefined: as it is. */
export function encodingFor(accepted: string | null): Encoding | undefined {
  const names = (accepted ?? '').toLowerCase().split(',').map(nameOf);
  return (['br', 'gzip'] as const).find((encoding) => names.includes(encoding));
}

// A weight of 0 means that it is not accepted.
function nameOf(choice: string): string {
  const [name = '', ...parameters] = choice.split(';').map((part) => part.trim());
  return parameters.some((one) => /^q=0(?:\.0*)?$/.test(one)) ? '' : name;
}

// The files are few, and change with a new version alone.
const made = new Map<string, Promise<Uint8Array>>();
const most = 12;

/** `key`: of this very content in this encoding; it is encoded once. */
export function encoded(
  content: Uint8Array,
  { encoding, key }: { encoding: Encoding; key: string },
): Promise<Uint8Array> {
  const known = made.get(key);
  if (known !== undefined) return known;
  if (made.size >= most) made.clear();
  const making = encoders[encoding](content).then((bytes) => new Uint8Array(bytes));
  made.set(key, making);
  making.catch(() => made.delete(key));
  return making;
}
