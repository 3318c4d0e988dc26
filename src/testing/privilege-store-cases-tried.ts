// A store, what it was to hold and a question go in; nothing comes out, or an error that says how the answer differs.

import { isPromise } from '../core/next.ts';
import { isInForce, readPrivileges } from '../core/privilege-reading.ts';
import type { Privilege, PrivilegeStore, Subject } from '../core/privilege.ts';
import { isMeantFor } from '../core/store-answer.ts';
import { heldIn } from './privilege-store-cases-seed.ts';
import type { StoreSeed } from './privilege-store-cases-seed.ts';

export interface StoreQuestion {
  readonly subject: Readonly<Subject>;
  /** The identifiers of the API that asks. */
  readonly audience: readonly string[];
}

/** A store on trial for one rule. Each failure names the rule, the subject, what was expected and what came. */
export class TriedStore {
  readonly rule: string;
  readonly store: PrivilegeStore;
  readonly seed: StoreSeed;

  constructor(rule: string, store: PrivilegeStore, seed: StoreSeed) {
    this.rule = rule;
    this.store = store;
    this.seed = seed;
  }

  /** What the store itself says, not looked at yet. The question is frozen: a store has no business writing to it. */
  async answer({ subject, audience }: StoreQuestion, signal?: AbortSignal): Promise<unknown> {
    const question = Object.freeze({ audience: Object.freeze([...audience]), ...(signal !== undefined && { signal }) });
    try {
      return await this.store.privilegesOf(Object.freeze({ ...subject }), question);
    } catch (cause) {
      throw this.failure(subject, 'a list of privileges', `an error: ${String(cause)}`, cause);
    }
  }

  /** Whether the answer means what the seed does, read as strictly as an authorizer reads it. */
  verify(question: StoreQuestion, answer: unknown): void {
    const { subject } = question;
    const read = this.read(question, answer);
    // What is in force now was so when the store was asked.
    const now = Date.now();
    const expected = meaningOf(heldIn(this.seed, subject), question, now);
    const came = meaningOf(read, question, now);
    const missing = [...expected].filter((one) => !came.has(one));
    const unexpected = [...came].filter((one) => !expected.has(one));
    if (missing.length + unexpected.length === 0) return;
    const difference = `${came.size}; missing: ${listed(missing)}; not expected: ${listed(unexpected)}`;
    throw this.failure(
      subject,
      count(expected.size),
      `${difference}; asked by API ${JSON.stringify(question.audience)}`,
    );
  }

  read({ subject }: StoreQuestion, answer: unknown): readonly Privilege[] {
    try {
      return readPrivileges(answer);
    } catch (cause) {
      throw this.failure(subject, 'a list of well-formed privileges', `another answer: ${String(cause)}`, cause);
    }
  }

  async check(question: StoreQuestion): Promise<void> {
    this.verify(question, await this.answer(question));
  }

  /** Calls `ready` or `close`, where there is one. */
  async call(name: 'ready' | 'close'): Promise<void> {
    if (this.store[name] === undefined) return;
    let called: unknown;
    try {
      called = this.store[name]();
      await called;
    } catch (cause) {
      throw broken(lifeRule, `\`${name}\` to resolve`, `an error: ${String(cause)}`, cause);
    }
    if (!isPromise(called)) throw broken(lifeRule, `a promise from \`${name}\``, typeof called);
  }

  failure(subject: Subject | undefined, expected: string, got: string, cause?: unknown): Error {
    const whom = subject === undefined ? '' : ` for ${described(subject)}`;
    return broken(this.rule, `${expected}${whom}`, got, cause);
  }
}

export const lifeRule = '`ready` and `close`, where there are any, resolve whenever they are called';

function broken(rule: string, expected: string, got: string, cause?: unknown): Error {
  return new Error(`Broken: ${rule}. Expected ${expected}, got ${got}`, { cause });
}

/**
 * What counts, one line for each permission, resource and effect with the latest end there is. Where it is held and for
 * which API is left out: a store that looks at both itself need not repeat them.
 */
export function meaningOf(privileges: readonly Privilege[], question: StoreQuestion, now: number): ReadonlySet<string> {
  const ends = new Map<string, number>();
  for (const privilege of privileges) {
    if (!isInForce(privilege, now) || !isMeantFor(privilege, question.subject, question.audience)) continue;
    const { permission, on, effect, expiresAt = Infinity } = privilege;
    const key = JSON.stringify({ permission, on, effect });
    ends.set(key, Math.max(ends.get(key) ?? -Infinity, expiresAt));
  }
  return new Set([...ends].map(([key, end]) => (end === Infinity ? key : `${key} until ${end}`)));
}

function count(privileges: number): string {
  return privileges === 1 ? '1 privilege' : `${privileges} privileges`;
}

export function listed(privileges: readonly string[]): string {
  if (privileges.length === 0) return 'nothing';
  const more = privileges.length > 3 ? ` and ${privileges.length - 3} more` : '';
  return privileges.slice(0, 3).map(visible).join(', ') + more;
}

export function described({ issuer, id, kind, organization }: Subject): string {
  const where = organization === undefined ? '' : ` in organization ${quoted(organization)}`;
  return `${kind} ${quoted(id)} of issuer ${quoted(issuer)}${where}`;
}

function quoted(text: string): string {
  return visible(JSON.stringify(text.length > 80 ? `${text.slice(0, 39)}…${text.slice(-40)}` : text));
}

// What looks alike must not look alike in a message.
function visible(text: string): string {
  return text.replaceAll(/[^ -~…]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
