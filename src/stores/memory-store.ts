// Users, clients and roles as plain objects go in, a RoleStore that answers at once comes out.

import { frozenDeep } from '../core/frozen.ts';
import type { Privilege, Subject } from '../core/privilege.ts';
import type { AuditEntry, RoleStore } from '../core/role-store.ts';
import { administration, administrationOptions } from './administration.ts';
import type { AdministrationOptions } from './administration.ts';
import { Announcements } from './announcements.ts';
import { written } from './document.ts';
import { memoryQueries } from './memory-queries.ts';
import { MemoryRecords } from './memory-records.ts';
import type { Ledger, WholePlan } from './records.ts';

/** A permission held on every resource, or a privilege; with `effect: 'deny'` a denial. */
export type MemoryPrivilege = string | Privilege;

/** The same, as it was given to somebody: by whom may be said. */
export type MemoryGrant = MemoryPrivilege | (Omit<Privilege, 'source'> & { assignedBy?: string });

/** A role that a subject has: its name, or where and until when it applies. */
export type MemoryRoleAssignment =
  | string
  | {
      role: string;
      /** The organization it applies in; absent: in every one. */
      organization?: string;
      /** Milliseconds since 1970 from which on it is none. */
      expiresAt?: number;
      /** Who gave it. */
      assignedBy?: string;
      /** Milliseconds since 1970. */
      assignedAt?: number;
    };

/** What one user or client holds. */
export interface MemorySubject {
  permissions?: readonly MemoryGrant[];
  roles?: readonly MemoryRoleAssignment[];
}

/** What a role holds, or that and more about it. */
export type MemoryRole =
  | readonly MemoryPrivilege[]
  | {
      /** Default: its uid, under which it stands. */
      name?: string;
      /** Default 1. */
      version?: number;
      description?: string;
      /** The only organization in which it gives anything. */
      organization?: string;
      permissions?: readonly MemoryPrivilege[];
      /** The roles whose privileges it has too, everywhere or in one organization. */
      inherits?: readonly (string | { role: string; organization?: string })[];
    };

/** The permissions of an API by name, with what each allows, or null. */
export interface MemoryApi {
  name: string;
  permissions?: Readonly<Record<string, string | null>>;
  /** Default: 1. */
  version?: number;
  settings?: Readonly<Record<string, unknown>>;
}

/** What {@link memoryStore} knows. */
export interface MemoryStoreOptions extends AdministrationOptions {
  /** The issuer of `users` and `clients`. Absent, with no `issuers` either: any, which an authorizer with several refuses. */
  issuer?: string;
  /** By `sub`. */
  users?: Readonly<Record<string, MemorySubject>>;
  /** By client id. */
  clients?: Readonly<Record<string, MemorySubject>>;
  /** What each role holds, by its uid. */
  roles?: Readonly<Record<string, MemoryRole>>;
  /** The users and clients of other issuers, by issuer. */
  issuers?: Readonly<Record<string, Pick<MemoryStoreOptions, 'users' | 'clients'>>>;
  /** The APIs whose permissions are assigned here, by identifier. */
  apis?: Readonly<Record<string, MemoryApi>>;
}

/**
 * A store in memory. Each privilege it answers with says whether it is held directly or through which role. What is changed
 * in it acts on the next request, and is gone with the process; of the audit the last 10,000 entries are kept.
 *
 * What it is made with is taken as it stands, as from any store: a resource pattern that is not valid grants nothing, and
 * denies its permission whole. What is written later is checked.
 *
 * @throws TypeError when a member is unknown or not as it must be, or a subject has a role that there is not.
 */
export function memoryStore(options: MemoryStoreOptions): RoleStore {
  const document = written(options, administrationOptions);
  const holdsForAnyIssuer = document.issuer === undefined && !document.rest.has('issuers');
  const records = new MemoryRecords(document, holdsForAnyIssuer);
  const announcements = new Announcements();
  const ledger = new MemoryLedger(records, announcements);
  const rules = rest(document);
  return Object.freeze({
    holdsForAnyIssuer,
    ...(rules.dialect !== undefined && { dialect: rules.dialect }),
    privilegesOf: (subject: Subject) => records.held(subject),
    privilegesOfRole: (role: string) => records.heldByRole(role),
    onChange: announcements.onChange,
    ...administration(ledger, rules),
    ...memoryQueries(
      () => ({ records, revision: ledger.revision }),
      () => ledger.entries,
      rules.permissions,
    ),
  });
}

function rest({ rest: place }: ReturnType<typeof written>): AdministrationOptions {
  return Object.fromEntries(administrationOptions.map((name) => [name, place.at(name).value]));
}

const entriesKept = 10_000;

/** One writer after the other; nothing waits in the middle of writing. */
class MemoryLedger implements Ledger {
  revision = 0;
  readonly entries: AuditEntry[] = [];
  readonly #records: MemoryRecords;
  readonly #announcements: Announcements;
  #last: Promise<unknown> = Promise.resolve();

  constructor(records: MemoryRecords, announcements: Announcements) {
    this.#records = records;
    this.#announcements = announcements;
  }

  change(plan: Parameters<Ledger['change']>[0]): Promise<number> {
    return this.#inTurn(async () => {
      const now = Date.now();
      const planned = await plan(this.#records, { now, revision: this.revision });
      if (planned !== undefined) this.#carryOut(planned, now);
      return this.revision;
    });
  }

  look: Ledger['look'] = (work) => {
    return this.#inTurn(() => work(this.#records, { now: Date.now(), revision: this.revision }));
  };

  // Also who only looks: what is written meanwhile would be seen in part.
  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #carryOut({ mutations, entries, changes }: WholePlan, at: number): void {
    this.#records.apply(mutations);
    for (const entry of entries) {
      this.revision += 1;
      this.entries.push(frozenDeep({ revision: this.revision, at, ...entry }));
    }
    this.entries.splice(0, this.entries.length - entriesKept);
    this.#announcements.announce(changes);
  }
}
