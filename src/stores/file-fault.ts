// The text of a file and a place in it go in, an error comes out that says where that is and what stands there.

/** A privilege file, or what is written in it, is not as it must be. */
export class PrivilegeFileError extends TypeError {
  readonly file: string;
  /** From 1 on; absent where the fault is not at any one place. */
  readonly line: number | undefined;
  /** From 1 on, in UTF-16 units. */
  readonly column: number | undefined;

  constructor(file: string, message: string, { line, column, cause }: FaultOptions = {}) {
    const where = line === undefined ? file : `${file}:${line}:${column}`;
    super(`${where}: ${message}`, cause === undefined ? undefined : { cause });
    this.file = file;
    this.line = line;
    this.column = column;
  }

  override get name(): string {
    return 'PrivilegeFileError';
  }
}

interface FaultOptions {
  readonly line?: number;
  readonly column?: number;
  readonly cause?: unknown;
}

export class FileText {
  readonly file: string;
  readonly text: string;

  /** @throws PrivilegeFileError where the bytes are no UTF-8. */
  constructor(file: string, bytes: Uint8Array) {
    this.file = file;
    const text = new TextDecoder('utf-8').decode(bytes);
    this.text = text;
    if (!isUtf8(bytes)) throw this.fault('Expected UTF-8', Math.max(text.indexOf('\uFFFD'), 0));
  }

  /** `offset`: in UTF-16 units. */
  fault(message: string, offset: number, cause?: unknown): PrivilegeFileError {
    const before = this.text.slice(0, offset).split('\n');
    const line = before.length;
    const column = (before.at(-1)?.length ?? 0) + 1;
    return new PrivilegeFileError(this.file, message, { line, column, cause });
  }

  /** The same, with what stands at that place. */
  faultAt(message: string, offset: number): PrivilegeFileError {
    const [rest = ''] = this.text.slice(offset, offset + 200).split(/\r?\n/);
    const shown = rest.length > 40 ? `${rest.slice(0, 40)}…` : rest;
    const end = offset >= this.text.length ? 'the end of the file' : 'the end of the line';
    return this.fault(`${message}, got ${rest === '' ? end : JSON.stringify(shown)}`, offset);
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
