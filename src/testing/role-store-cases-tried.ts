// A role store on trial for one rule: what is expected of it goes in; nothing comes out, or an error that says how it differs.

import type { PermissionCatalogue } from '../core/permission.ts';
import { readPrivileges } from '../core/privilege-reading.ts';
import type { Privilege, PrivilegeChange, PrivilegeStore, Subject } from '../core/privilege.ts';
import type { Person, RoleAssignment, RoleStore } from '../core/role-store.ts';
import { described, listed, meaningOf } from './privilege-store-cases-tried.ts';
import { api, listOf, plain, textOf, unordered } from './role-store-cases-cast.ts';

/** What a store can do and what not. */
export interface RoleStoreSettings {
  readonly issuers: 'many' | 'any';
  readonly handles: 'one' | 'several';
  readonly catalogue: 'given' | 'none';
  readonly withinMs: number;
}

/** A rule that is not kept, and how. */
class BrokenRule extends Error {}

/** Further stores for the same rule; the case closes them. */
export interface Opening {
  /** An empty one. */
  readonly another: () => Promise<RoleStore>;
  /** Another handle on what the store keeps; with a catalogue of its own, where one is given. */
  readonly reopen: (permissions?: PermissionCatalogue) => Promise<RoleStore>;
}

type Held = readonly (Privilege | string)[];

export class TriedRoleStore {
  readonly rule: string;
  readonly store: RoleStore;
  readonly settings: RoleStoreSettings;
  readonly #opening: Opening;

  constructor(rule: string, store: RoleStore, settings: RoleStoreSettings, opening: Opening) {
    this.rule = rule;
    this.store = store;
    this.settings = settings;
    this.#opening = opening;
  }

  async another(): Promise<TriedRoleStore> {
    return new TriedRoleStore(this.rule, await this.#opening.another(), this.settings, this.#opening);
  }

  async reopened(permissions?: PermissionCatalogue): Promise<TriedRoleStore> {
    return new TriedRoleStore(this.rule, await this.#opening.reopen(permissions), this.settings, this.#opening);
  }

  failure(expected: string, got: string, cause?: unknown): Error {
    return new BrokenRule(`Broken: ${this.rule}. Expected ${expected}, got ${got}`, { cause });
  }

  /** What went wrong unforeseen, as a failure of the rule. */
  asFailure(cause: unknown): Error {
    return cause instanceof BrokenRule ? cause : this.failure('no error', `an error: ${String(cause)}`, cause);
  }

  /** Compared as JSON, whatever the order of members. */
  same(what: string, came: unknown, expected: unknown): void {
    const [one, other] = [textOf(expected), textOf(came)];
    if (one !== other) throw this.failure(`${what} to be ${excerpt(one, other)}`, excerpt(other, one));
  }

  /** The same, whatever the order of the items. */
  sameSet(what: string, came: Iterable<unknown>, expected: Iterable<unknown>): void {
    const [one, other] = [unordered(expected), unordered(came)];
    if (one.join() === other.join()) return;
    const [missing, more] = [one.filter((text) => !other.includes(text)), other.filter((text) => !one.includes(text))];
    throw this.failure(
      `${what}, ${one.length} in all`,
      `${other.length}; missing: ${listed(missing)}; not expected: ${listed(more)}`,
    );
  }

  true(what: string, fact: boolean, got = 'another'): void {
    if (!fact) throw this.failure(what, got);
  }

  /** Whether the answer of `privilegesOf` means just this, for who asks and now. */
  async holds(
    subject: Subject,
    expected: Held,
    { audience = [api], store = this.store }: { audience?: readonly string[]; store?: PrivilegeStore } = {},
  ): Promise<void> {
    const answer = await this.answer(subject, audience, store);
    const now = Date.now();
    const question = { subject, audience };
    const [meant, came] = [meaningOf(expected.map(plain), question, now), meaningOf(answer, question, now)];
    const missing = [...meant].filter((one) => !came.has(one));
    const more = [...came].filter((one) => !meant.has(one));
    if (missing.length + more.length === 0) return;
    throw this.failure(
      `${meant.size} to be held by ${described(subject)}`,
      `${came.size}; missing: ${listed(missing)}; not expected: ${listed(more)}; asked by API ${textOf(audience)}`,
    );
  }

  async answer(
    subject: Subject,
    audience: readonly string[] = [api],
    store: PrivilegeStore = this.store,
  ): Promise<readonly Privilege[]> {
    const question = Object.freeze({ audience: Object.freeze([...audience]) });
    return readPrivileges(await store.privilegesOf(Object.freeze({ ...subject }), question));
  }

  /** What each privilege comes from: `read:contacts by role editor via admin`. */
  async sources(subject: Subject, expected: readonly string[]): Promise<void> {
    const came = (await this.answer(subject)).map(({ permission, source }) => {
      const role = source?.role === undefined ? '' : ` ${source.role}`;
      return `${permission} by ${source?.kind}${role}${source?.via === undefined ? '' : ` via ${source.via}`}`;
    });
    this.sameSet(`what is held by ${described(subject)} and its sources`, new Set(came), expected);
  }

  /** Whether the record of a subject says just this. */
  async recorded({ issuer, id, kind }: Person, privileges: Held, roles: readonly RoleAssignment[]): Promise<void> {
    const person = { issuer, id, kind };
    const record = await this.store.subject(person);
    this.same('`subject` of what `subject` resolves to', record.subject, person);
    this.sameSet(`privileges recorded of ${described(person)}`, record.privileges.map(plain), listOf(privileges));
    const came = record.roles.map(({ assignedBy: _by, assignedAt: _at, ...assignment }) => assignment);
    this.sameSet(`roles recorded of ${described(person)}`, came, roles);
  }

  /** Whether it is refused with this code; resolves to the error. */
  async refused(what: string, change: Promise<unknown>, code: string): Promise<Record<string, unknown>> {
    const error = await change.then(
      (revision) => {
        throw this.failure(`${what} to be refused with \`${code}\``, `revision ${String(revision)}`);
      },
      (reason: unknown) => reason,
    );
    const came: unknown = (error as { code?: unknown } | undefined)?.code;
    if (came !== code) throw this.failure(`${what} to be refused with \`${code}\``, String(error), error);
    return error as Record<string, unknown>;
  }

  /** Whether it rejects, and does not throw, with a TypeError that says whose fault it is. */
  async rejectsInput(what: string, call: () => Promise<unknown>): Promise<void> {
    const expected = `a rejection with an InvalidInputError for ${what}`;
    let change: Promise<unknown>;
    try {
      change = call();
    } catch (cause) {
      throw this.failure(expected, `a throw: ${String(cause)}`, cause);
    }
    const error = await change.then(
      (value) => {
        throw this.failure(expected, textOf(value));
      },
      (reason: unknown) => reason,
    );
    const isOfInput = error instanceof TypeError && (error as { code?: unknown }).code === 'invalid_input';
    if (!isOfInput) {
      throw this.failure(expected, String(error), error);
    }
  }

  /** Whether nothing is changed, remembered or announced meanwhile. */
  async unchanged(meanwhile: () => Promise<void>): Promise<void> {
    const { changes, end } = this.listen();
    const before = await this.everything();
    await meanwhile();
    this.same('what is stored', await this.everything(), before);
    this.same('what is announced', changes, []);
    end();
  }

  /** All that the queries say. */
  async everything(): Promise<Record<string, unknown>> {
    const { store } = this;
    const subjects = (await store.subjects({ take: 1000 })).items;
    const records: unknown[] = [];
    for (const person of subjects) records.push(await store.subject(person));
    const roles = (await store.roles({ take: 1000 })).items;
    const apis = (await store.apis({ take: 1000 })).items;
    return {
      revision: await store.revision(),
      audited: (await store.audit({ take: 1 })).total,
      subjects,
      records,
      roles,
      apis,
    };
  }

  listen(): { changes: PrivilegeChange[]; end: () => void } {
    const changes: PrivilegeChange[] = [];
    const end = this.store.onChange?.((change) => void changes.push(change));
    if (typeof end !== 'function') throw this.failure('a function from `onChange`', typeof end);
    return { changes, end };
  }

  /** Rejects with what went wrong where a listener was told last: what it is told before may be of an earlier change. */
  async lastTold(outcomes: readonly Promise<unknown>[]): Promise<void> {
    const failure = await outcomes.at(-1);
    if (failure !== undefined) throw this.asFailure(failure);
  }

  /** Tries again until nothing is thrown, as long as the settings say. */
  async eventually(attempt: () => Promise<void>): Promise<void> {
    const end = Date.now() + this.settings.withinMs;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (Date.now() > end) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** What stands around the first difference. */
function excerpt(text: string, other: string): string {
  if (text.length <= 300) return text;
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  const start = Math.max(0, at - 100);
  return `${start > 0 ? '…' : ''}${text.slice(start, at + 150)}${at + 150 < text.length ? '…' : ''}`;
}
