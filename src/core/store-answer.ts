// A subject goes in, its holdings as of now come out, or an UnavailableError: a store that throws, is late, or answers with
// nonsense is nobody's permit and nobody's fault but its own.

import type { Delegated } from './delegation.ts';
import { UnavailableError } from './errors.ts';
import { Holdings } from './holdings.ts';
import type { Reading } from './holdings.ts';
import { inTime } from './in-time.ts';
import type { Clock } from './in-time.ts';
import { NameTable } from './name-table.ts';
import { isPromise } from './next.ts';
import { expectation } from './options.ts';
import { inOwnNames } from './own-names.ts';
import { isNamePattern } from './permission.ts';
import type { PermissionCatalogue } from './permission.ts';
import type { PermissionSet } from './permission-set.ts';
import { isInForce, isReadList, readPrivileges } from './privilege-reading.ts';
import type { Privilege, PrivilegeStore, Subject } from './privilege.ts';
import type { ResourceDialect } from './resource.ts';
import type { Warnings } from './warnings.ts';

/** How answers are read: the same for all that one authorizer asks. */
export interface AnswerReading {
  readonly catalogue: PermissionCatalogue | undefined;
  readonly dialect: ResourceDialect;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly warnings?: Warnings;
}

/** Whom a store is asked about. */
export interface StoreQuestion {
  readonly subject: Readonly<Subject>;
  /** The identifiers of the API that asks. */
  readonly audience: readonly string[];
  /** What the same question came to before. */
  readonly before?: Loaded | undefined;
}

/** What a store said of a subject. */
export interface Loaded {
  readonly holdings: Holdings;
  /** Whether it comes from a list that nobody can change, so that the same list means the same again. */
  readonly reusable: boolean;
  /** That list, where it is what the holdings are made of and so is kept anyway; undefined: another one. */
  readonly list: object | undefined;
  /** Milliseconds since 1970 at which the next privilege expires. */
  readonly validUntilMs: number;
  /** What it last came to, where the token adds nothing. */
  sets?: DelegatedSets | undefined;
}

/** What is held, and what of it is delegated. */
export interface DelegatedSets {
  readonly delegated: Delegated;
  readonly privileges: PermissionSet;
  readonly permissions: PermissionSet;
}

/** What a list says: to subjects of one organization, at an API of these names, or where it names neither to everybody. */
interface LoadedList extends Loaded {
  readonly isForAll: boolean;
  readonly organization: string | undefined;
  readonly audience: readonly string[];
}

/** Asks stores, and reads what they answer: a frozen list once, for as long as the store keeps it. */
export class StoreReader {
  readonly #reading: AnswerReading;
  readonly #names: Reading;
  readonly #lists = new WeakMap<object, LoadedList>();

  constructor(reading: AnswerReading) {
    const { catalogue, dialect } = reading;
    this.#reading = reading;
    this.#names = Object.freeze({ catalogue, dialect, names: new NameTable() });
  }

  /** What a subject holds of which nothing is said. */
  nothing(): Loaded {
    const holdings = new Holdings([], this.#names);
    return { holdings, reusable: true, list: undefined, validUntilMs: Infinity, sets: undefined };
  }

  /** @throws UnavailableError when the store cannot say; a promise rejects with it. */
  loaded(store: PrivilegeStore, question: StoreQuestion): Loaded | Promise<Loaded> {
    const options = new StoreOptions(question.audience);
    try {
      const answer = store.privilegesOf(question.subject, options);
      return isPromise(answer) ? this.#readLater(answer, question, options) : this.#read(answer, question);
    } catch (cause) {
      throw storeFailure(cause);
    }
  }

  #readLater(answer: Promise<unknown>, question: StoreQuestion, options: StoreOptions): Promise<Loaded> {
    const { timeoutMs, clock } = this.#reading;
    return inTime(answer, { what: 'The store', timeoutMs, clock, abort: () => options.abort() }).then(
      (privileges) => this.#read(privileges, question),
      (cause: unknown) => {
        throw storeFailure(cause);
      },
    );
  }

  #read(answer: unknown, question: StoreQuestion): Loaded {
    const { before } = question;
    if (before?.list !== undefined && before.list === answer && this.#isInForce(before)) return before;
    const known = this.#knownList(answer);
    // Subjects of many organizations, and of several issuers, have the same list where they have the same roles.
    if (known !== undefined && isSaidTo(known, question) && this.#isInForce(known)) return known;
    try {
      return this.#readAnew(answer, question);
    } catch (cause) {
      throw storeFailure(cause);
    }
  }

  // Most lists hold nothing that ends, and the clock is not asked.
  #isInForce({ validUntilMs }: Loaded): boolean {
    return validUntilMs === Infinity || this.#reading.clock.now() < validUntilMs;
  }

  #knownList(answer: unknown): LoadedList | undefined {
    return typeof answer === 'object' && answer !== null ? this.#lists.get(answer) : undefined;
  }

  #readAnew(answer: unknown, { subject, audience }: StoreQuestion): Loaded {
    const { catalogue, clock, warnings } = this.#reading;
    const now = clock.now();
    const privileges = inOwnNames(readPrivileges(answer), catalogue, warnings);
    const counts = (one: Privilege): boolean => isInForce(one, now) && isMeantFor(one, subject, audience);
    const meant = privileges.every(counts) ? privileges : privileges.filter(counts);
    const unreadable = catalogue === undefined && meant.find(isPatternDenial);
    if (unreadable) throw new TypeError('A denial of a pattern needs a catalogue: `permissions`');
    const holdings = new Holdings(meant, this.#names);
    const validUntilMs = meant.reduce((earliest, { expiresAt = Infinity }) => Math.min(earliest, expiresAt), Infinity);
    if (!isFrozenList(answer)) return { holdings, reusable: false, list: undefined, validUntilMs, sets: undefined };
    const isForAll = privileges.every((one) => one.organization === undefined && one.audience === undefined);
    const { organization } = subject;
    const list = meant === answer ? answer : undefined;
    const loaded: LoadedList = {
      holdings,
      reusable: true,
      list,
      validUntilMs,
      sets: undefined,
      isForAll,
      organization,
      audience,
    };
    this.#lists.set(answer, loaded);
    return loaded;
  }
}

function isSaidTo({ isForAll, organization, audience }: LoadedList, question: StoreQuestion): boolean {
  return isForAll || (organization === question.subject.organization && audience === question.audience);
}

const itself = Symbol('itself');

/** A store that answers at once never looks at the signal, and pays nothing for it. */
class StoreOptions {
  readonly audience: readonly string[];
  // What is made of the options, with an organization beside, has the same signal.
  readonly [itself]: StoreOptions = this;
  #aborter: AbortController | undefined;

  constructor(audience: readonly string[]) {
    this.audience = audience;
  }

  get signal(): AbortSignal {
    const options = this[itself];
    return (options.#aborter ??= new AbortController()).signal;
  }

  abort(): void {
    (this.#aborter ??= new AbortController()).abort();
  }
}

/** Whether a token has been taken back. @throws UnavailableError when who is asked cannot say; a promise rejects with it. */
export function revocationOf(ask: () => unknown, timeoutMs: number, clock: Clock): boolean | Promise<boolean> {
  try {
    const answer = ask();
    if (!isPromise(answer)) return readRevocation(answer);
    return inTime(answer, { what: '`isRevoked`', timeoutMs, clock }).then(readRevocation, (cause: unknown) => {
      throw storeFailure(cause);
    });
  } catch (cause) {
    throw storeFailure(cause);
  }
}

function readRevocation(answer: unknown): boolean {
  if (typeof answer !== 'boolean')
    throw storeFailure(expectation('the answer of `isRevoked`', 'true or false', answer));
  return answer;
}

/** Whether nobody can change the list, nor what is in it. */
export function isFrozenList(answer: unknown): answer is object {
  if (isReadList(answer)) return true;
  if (!Array.isArray(answer) || !Object.isFrozen(answer)) return false;
  return answer.every((member: Privilege) => Object.isFrozen(member) && Object.isFrozen(member.source));
}

function isPatternDenial({ permission, effect }: Privilege): boolean {
  return effect === 'deny' && isNamePattern(permission);
}

/** Whether a privilege counts for a subject of that organization, at an API of those names. */
export function isMeantFor(privilege: Privilege, { organization }: Subject, audiences: readonly string[]): boolean {
  if (privilege.audience !== undefined && !audiences.includes(privilege.audience)) return false;
  return privilege.organization === undefined || privilege.organization === organization;
}

function storeFailure(cause: unknown): UnavailableError {
  return cause instanceof UnavailableError ? cause : new UnavailableError(undefined, { cause });
}
