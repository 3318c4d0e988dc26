// The bytes of a privilege file go in, what it says comes out, or an error that says at which line and column it is not as it must be.

import type { Document } from 'yaml';
import { written } from './document.ts';
import { FileText, PrivilegeFileError } from './file-fault.ts';
import { checkJson } from './file-json.ts';
import { offsetOf, plainValue, yamlDocument } from './file-yaml.ts';
import { MemoryRecords } from './memory-records.ts';
import { PlaceError } from './place.ts';

/** What a file says. */
export interface FileContents {
  readonly records: MemoryRecords;
  /** The revision that it names; 0 where it names none. */
  readonly revision: number;
  readonly issuer: string | undefined;
  readonly holdsForAnyIssuer: boolean;
  /** There is nothing in it, not even `{}`. */
  readonly isEmpty: boolean;
  readonly text: string;
  readonly document: Document.Parsed;
}

/** Which file, and how large it may be. */
export interface FileKind {
  readonly file: string;
  readonly maxBytes: number;
}

/** @throws PrivilegeFileError */
export function fileContents({ file, maxBytes }: FileKind, bytes: Uint8Array): FileContents {
  if (bytes.length > maxBytes) {
    throw new PrivilegeFileError(file, `Expected at most ${maxBytes} bytes (\`maxBytes\`), got ${bytes.length}`);
  }
  const source = new FileText(file, bytes);
  if (isJson(file)) checkJson(source);
  // JSON has no tab but as a space, and YAML is particular about them.
  const document = yamlDocument(source, isJson(file) ? source.text.replaceAll('\t', ' ') : source.text);
  const value = plainValue(source, document.contents);
  const isEmpty = value === null && source.text.slice(...rangeOf(document)).trim() === '';
  try {
    return { ...said(isEmpty ? {} : value), isEmpty, text: source.text, document };
  } catch (cause) {
    if (!(cause instanceof PlaceError)) throw cause;
    throw source.fault(cause.message, offsetOf(document, cause.path, cause.isName), cause);
  }
}

export function isJson(file: string): boolean {
  return file.toLowerCase().endsWith('.json');
}

function rangeOf({ contents }: Document.Parsed): [number, number] {
  return contents === null ? [0, 0] : [contents.range[0], contents.range[1]];
}

function said(value: unknown): Omit<FileContents, 'isEmpty' | 'text' | 'document'> {
  const document = written(value, ['revision'], 'the file');
  const { issuer, rest } = document;
  const holdsForAnyIssuer = issuer === undefined && !rest.has('issuers');
  return {
    records: new MemoryRecords(document, holdsForAnyIssuer),
    revision: rest.has('revision') ? rest.at('revision').whole() : 0,
    issuer,
    holdsForAnyIssuer,
  };
}
