// A subject goes in, its holdings as of now come out, or an UnavailableError: a store that throws, is late, or answers with
// nonsense is nobody's permit and nobody's fault but its own.

import { UnavailableError } from './errors.ts';
import { Holdings } from './holdings.ts';
import { isPromise } from './next.ts';
import { expectation } from './options.ts';
import { isNamePattern } from './permission.ts';
import type { PermissionCatalogue } from './permission.ts';
import { isInForce, readPrivileges } from './privilege-reading.ts';
import type { Privilege, PrivilegeStore, Subject } from './privilege.ts';

/** Time, as far as the way of a request needs it. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls `run` once after so many milliseconds, unless the function it returns is called before. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
}

export interface StoreQuestion {
  readonly store: PrivilegeStore;
  readonly subject: Readonly<Subject>;
  /** The identifiers of the API that asks. */
  readonly audience: readonly string[];
  readonly timeoutMs: number;
  readonly catalogue: PermissionCatalogue | undefined;
  readonly clock: Clock;
}

/** What a store said of a subject. */
export interface Loaded {
  readonly holdings: Holdings;
  /** The answer itself, where nobody can have changed it since. */
  readonly answer: unknown;
  /** Milliseconds since 1970 at which the next privilege expires. */
  readonly validUntilMs: number;
}

/**
 * `before`: what was loaded last, which is what comes out again where the store gives the very same frozen list.
 *
 * @throws UnavailableError when the store cannot say; a promise rejects with it.
 */
export function loadedFrom(question: StoreQuestion, before: Loaded | undefined): Loaded | Promise<Loaded> {
  const { store, subject, audience } = question;
  let aborter: AbortController | undefined;
  // A store that answers at once never looks at the signal, and pays nothing for it.
  const options = {
    audience,
    get signal(): AbortSignal {
      return (aborter ??= new AbortController()).signal;
    },
  };
  try {
    const answer = store.privilegesOf(subject, options);
    if (!isPromise(answer)) return read(answer, question, before);
    const late = inTime(answer, { ...question, what: 'The store', abort: () => aborter?.abort() });
    return late.then((privileges) => read(privileges, question, before));
  } catch (cause) {
    throw storeFailure(cause);
  }
}

interface Limit {
  readonly what: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly abort?: () => void;
}

function inTime<Value>(answer: Promise<Value>, { what, timeoutMs, clock, abort }: Limit): Promise<Value> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => {
      abort?.();
      reject(storeFailure(`${what} did not answer within ${timeoutMs} ms`));
    });
    Promise.resolve(answer).then(
      (value) => {
        cancel();
        resolve(value);
      },
      (cause: unknown) => {
        cancel();
        reject(storeFailure(cause));
      },
    );
  });
}

/** Whether a token has been taken back. @throws UnavailableError when who is asked cannot say; a promise rejects with it. */
export function revocationOf(ask: () => unknown, timeoutMs: number, clock: Clock): boolean | Promise<boolean> {
  try {
    const answer = ask();
    if (!isPromise(answer)) return readRevocation(answer);
    return inTime(answer, { what: '`isRevoked`', timeoutMs, clock }).then(readRevocation);
  } catch (cause) {
    throw storeFailure(cause);
  }
}

function readRevocation(answer: unknown): boolean {
  if (typeof answer !== 'boolean')
    throw storeFailure(expectation('the answer of `isRevoked`', 'true or false', answer));
  return answer;
}

function read(answer: unknown, question: StoreQuestion, before: Loaded | undefined): Loaded {
  const { subject, audience, catalogue, clock } = question;
  const now = clock.now();
  if (before?.answer !== undefined && before.answer === answer && now < before.validUntilMs) return before;
  try {
    const privileges = readPrivileges(answer).filter((privilege) => isInForce(privilege, now));
    const meant = privileges.filter((privilege) => isMeantFor(privilege, subject, audience));
    const unreadable = catalogue === undefined && meant.find(isPatternDenial);
    if (unreadable) throw new TypeError('A denial of a pattern needs a catalogue: `permissions`');
    return {
      holdings: new Holdings(meant, catalogue),
      answer: isFrozenList(answer) ? answer : undefined,
      validUntilMs: meant.reduce((earliest, { expiresAt = Infinity }) => Math.min(earliest, expiresAt), Infinity),
    };
  } catch (cause) {
    throw storeFailure(cause);
  }
}

function isFrozenList(answer: unknown): boolean {
  if (!Array.isArray(answer) || !Object.isFrozen(answer)) return false;
  return answer.every((member: Privilege) => Object.isFrozen(member) && Object.isFrozen(member.source));
}

function isPatternDenial({ permission, effect }: Privilege): boolean {
  return effect === 'deny' && isNamePattern(permission);
}

function isMeantFor(privilege: Privilege, { organization }: Subject, audiences: readonly string[]): boolean {
  if (privilege.audience !== undefined && !audiences.includes(privilege.audience)) return false;
  return privilege.organization === undefined || privilege.organization === organization;
}

function storeFailure(cause: unknown): UnavailableError {
  return cause instanceof UnavailableError ? cause : new UnavailableError(undefined, { cause });
}
