// Changes go in, the text that tells other processes of them comes out; and back again.

import { randomUUID } from 'node:crypto';
import { isRecord } from '../core/options.ts';
import type { PrivilegeChange } from '../core/privilege.ts';

/** What a process tells the others of what it has written. */
export interface Notice {
  /** Which process tells it. */
  readonly from: string;
  /** The revision there was before. */
  readonly after: number;
  /** The one there is now. */
  readonly revision: number;
  readonly changes: readonly PrivilegeChange[];
}

/** What a process signs with, so that it tells its own listeners nothing twice. */
export class Signature {
  readonly from = randomUUID();
  /** Revisions of which it is not known whether they came to be. */
  readonly #doubtful = new Set<number>();

  /** Should it come to be, it is news here as well. */
  doubt(revision: number): void {
    this.#doubtful.add(revision);
  }

  /** Whether it was told here when it was written. */
  isOn({ from, revision }: Notice): boolean {
    return from === this.from && !this.#doubtful.delete(revision);
  }
}

/** Neither subject nor role: everything. */
export const everything: PrivilegeChange = Object.freeze({});

// A payload must be shorter than 8000 bytes.
const maxBytes = 7900;

/** The name under which changes are told. */
export function channelOf(schema: string): string {
  return `${schema}_changes`;
}

export function noticeText(notice: Notice): string {
  const text = JSON.stringify(notice);
  return Buffer.byteLength(text) <= maxBytes ? text : JSON.stringify({ ...notice, changes: [everything] });
}

/** What cannot be read may be about everything. */
export function readNotice(text: unknown): Notice | undefined {
  const { from, revision, changes, ...rest } = parsed(text);
  if (typeof from !== 'string' || typeof revision !== 'number' || !Array.isArray(changes)) return undefined;
  // Who knows of no changes made as one tells each revision by itself.
  const after = typeof rest['after'] === 'number' ? rest['after'] : revision - 1;
  return { from, after, revision, changes: changes.map(changeIn) };
}

function changeIn(value: unknown): PrivilegeChange {
  if (!isRecord(value)) return everything;
  const { subject, role } = value;
  if (role !== undefined && typeof role !== 'string') return everything;
  if (subject !== undefined && !isPerson(subject)) return everything;
  return Object.freeze({
    ...(subject !== undefined && { subject: Object.freeze(subject) }),
    ...(role !== undefined && { role }),
  });
}

function isPerson(value: unknown): value is NonNullable<PrivilegeChange['subject']> {
  if (!isRecord(value)) return false;
  const { issuer, id, kind } = value;
  return typeof issuer === 'string' && typeof id === 'string' && (kind === 'user' || kind === 'client');
}

function parsed(text: unknown): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(text));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
