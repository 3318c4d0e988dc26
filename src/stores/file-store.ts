// The path of a YAML or JSON file goes in, a RoleStore comes out: who holds what stands in the file, people edit it, and so does
// the store.

import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkedDelayMs, checkedFunction, checkedMembers, checkedNumber, expectation } from '../core/options.ts';
import type { Subject } from '../core/privilege.ts';
import type { AuditEntry, OpenedRoleStore, RoleStore } from '../core/role-store.ts';
import { administration, administrationOptions } from './administration.ts';
import type { AdministrationOptions } from './administration.ts';
import { Announcements } from './announcements.ts';
import { auditEntries } from './file-audit.ts';
import { auditPage } from './file-audit-query.ts';
import type { PrivilegeFileError } from './file-fault.ts';
import { auditPath, FileLedger } from './file-ledger.ts';
import { FileVersions } from './file-versions.ts';
import { watchFile } from './file-watch.ts';
import { memoryQueries } from './memory-queries.ts';

/** What {@link fileStore} can be told. */
export interface FileStoreOptions extends AdministrationOptions {
  /** How often it is looked whether the file has changed, where the system does not say so at once. Default 1000. */
  pollMs?: number;
  /** How long a change waits while somebody else is writing. Default 5000. */
  lockTimeoutMs?: number;
  /** The largest file that is read or written. Default 16 MiB. */
  maxBytes?: number;
  /** Told once of each later version of the file that cannot be used: the last good one is used until there is another. */
  onError?: (error: PrivilegeFileError) => unknown;
}

/**
 * A store in a YAML or JSON file, in the form of what `memoryStore` is made with, and `revision` beside. It answers from memory;
 * what somebody edits in the file acts within `pollMs`. What is changed through the store is written to the file and leaves the
 * rest of it as it is, comments too; `<path>.audit.jsonl` keeps what was changed by whom. Several stores and processes of one
 * machine may have the same file.
 *
 * Whether it holds for any issuer is read from the file when the store is made, and stays so.
 *
 * @throws TypeError when an option is not as it must be, and PrivilegeFileError, a TypeError, when the file is not: it names the
 * line and the column.
 */
export function fileStore(path: string | URL, options: FileStoreOptions = {}): OpenedRoleStore {
  const file = checkedPath(path);
  const { pollMs, lockTimeoutMs, maxBytes, onError, rules } = checkedOptions(options);
  const announcements = new Announcements();
  const graceMs = Math.min(pollMs, 200);
  const versions = new FileVersions({ file, maxBytes, graceMs, onError, announcements });
  const { holdsForAnyIssuer } = versions.current.contents;
  const ledger = new FileLedger(versions, { file, maxBytes, lockTimeoutMs, graceMs, announcements });
  const changes = administration(ledger, rules);
  const unwatch = watchFile(file, pollMs, () => void versions.look());
  const fresh = async (): Promise<FileVersions['current']> => {
    await versions.lookAgain();
    return versions.current;
  };

  async function* entries(): AsyncGenerator<AuditEntry, void> {
    await fresh();
    const audit = auditPath(await realpath(file).catch(() => file));
    yield* auditEntries(audit, () => versions.current.contents.revision);
  }

  return Object.freeze({
    holdsForAnyIssuer,
    ...(rules.dialect !== undefined && { dialect: rules.dialect }),
    privilegesOf: (subject: Subject) => versions.current.contents.records.held(subject),
    privilegesOfRole: (role: string) => versions.current.contents.records.heldByRole(role),
    onChange: announcements.onChange,
    ready: async () => undefined,
    close: async () => {
      unwatch();
      await ledger.close();
      versions.close();
      announcements.clear();
    },
    ...changes,
    ...memoryQueries(
      async () => {
        const { contents, revision } = await fresh();
        return { records: contents.records, revision };
      },
      () => [],
      rules.permissions,
    ),
    audit: (query?: Parameters<RoleStore['audit']>[0]) => auditPage(query, entries),
  });
}

function checkedPath(path: unknown): string {
  if (path instanceof URL && path.protocol === 'file:') return fileURLToPath(path);
  // A program may change to another directory later.
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return resolve(path);
  throw expectation('path', 'the path of a file, or a file: URL', path);
}

function checkedOptions(options: unknown) {
  const known = ['pollMs', 'lockTimeoutMs', 'maxBytes', 'onError', ...administrationOptions] as const;
  const given = checkedMembers(options, 'options', known);
  return {
    pollMs: checkedDelayMs(given.pollMs, 'pollMs', 1000),
    lockTimeoutMs: checkedDelayMs(given.lockTimeoutMs, 'lockTimeoutMs', 5000),
    maxBytes: checkedNumber(given.maxBytes, 'maxBytes', 1 << 24, { atLeast: 1, atMost: 2 ** 29 }),
    rules: Object.fromEntries(administrationOptions.map((name) => [name, given[name]])) as AdministrationOptions,
    onError: checkedFunction<NonNullable<FileStoreOptions['onError']>>(given.onError, 'onError'),
  };
}
