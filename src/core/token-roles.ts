// The roles that a token names go in, together with a store; a store comes out whose answers hold what those roles give as well,
// under the rules of the `permissions` claim: it adds, and never widens what the store restricts.

import { isPromise } from './next.ts';
import { checkedString, checkedStrings, expectation, isRecord } from './options.ts';
import { everyPermission, isNamePattern, matchesName } from './permission.ts';
import type { PermissionCatalogue } from './permission.ts';
import { inOwnNames } from './own-names.ts';
import { asReadList, isInForce, readPrivileges } from './privilege-reading.ts';
import type { Privilege, PrivilegeStore, Subject } from './privilege.ts';
import { isFrozenList, isMeantFor } from './store-answer.ts';

/** From a role's name in tokens to the uids of the store's roles that it stands for. */
export type RoleNames = ReadonlyMap<string, readonly string[]>;

/** @throws TypeError when it is no object from names to uids. */
export function checkedRoleNames(value: unknown): RoleNames | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) throw expectation('roleNames', "an object from a token's names of roles to the store's", value);
  const entries = Object.entries(value).map(([name, uids]): [string, readonly string[]] => {
    const what = `roleNames['${name}']`;
    return [name, Array.isArray(uids) ? checkedStrings(uids, what) : Object.freeze([checkedString(uids, what)])];
  });
  return new Map(entries);
}

/** The uids of the store's roles that a claim stands for: a name, or a list of names; anything else stands for none. */
export function rolesNamed(claim: unknown, names: RoleNames): readonly string[] {
  const given: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  if (!given.every((one) => typeof one === 'string')) return noRoles;
  const uids = new Set(given.flatMap((one) => names.get(one) ?? []));
  return uids.size === 0 ? noRoles : Object.freeze([...uids].sort());
}

export const noRoles: readonly string[] = Object.freeze([]);

type Answer = ReturnType<PrivilegeStore['privilegesOf']>;
type Options = Parameters<PrivilegeStore['privilegesOf']>[1];

/** Whose roles are asked about. */
interface RoleQuestion {
  readonly subject: Subject;
  readonly roles: readonly string[];
  readonly audience: readonly string[];
}

// Those of whom a store knows nothing else share one list.
const maxMerged = 1000;

interface Merged {
  readonly parts: readonly unknown[];
  readonly list: readonly Privilege[];
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

/** By what the answers were last filed that these roles give. */
interface Keyed {
  readonly organization: string | undefined;
  readonly audience: readonly string[];
  readonly key: string;
}

/** A store's answers with what a token's roles give. The same lists, put together again, are the same list. */
export class RoleAnswers {
  readonly #store: PrivilegeStore;
  readonly #catalogue: PermissionCatalogue | undefined;
  readonly #now: () => number;
  /** By the subject's own list, and then by all else that decides. */
  readonly #merged = new WeakMap<object, Map<string, Merged>>();

  readonly #stores = new WeakMap<readonly string[], PrivilegeStore>();
  readonly #keys = new WeakMap<readonly string[], Keyed>();

  constructor(store: PrivilegeStore, catalogue: PermissionCatalogue | undefined, now: () => number) {
    this.#store = store;
    this.#catalogue = catalogue;
    this.#now = now;
  }

  /** The store as it answers for a token that names these roles: for one list of them, made once. */
  with(roles: readonly string[]): PrivilegeStore {
    const before = this.#stores.get(roles);
    if (before !== undefined) return before;
    const store: PrivilegeStore = { privilegesOf: (subject, options) => this.#answer(roles, subject, options) };
    this.#stores.set(roles, store);
    return store;
  }

  #answer(roles: readonly string[], subject: Subject, options: Options): Answer {
    const answers = this.#answers(roles, subject, options);
    const question = { subject, roles, audience: options.audience };
    if (!answers.some(isPromise)) return this.#together(answers, question);
    return Promise.all(answers.map(async (answer) => answer)).then((parts) => this.#together(parts, question));
  }

  /** All of them; where one throws at once, nobody waits for the others, and what they reject with is nobody's. */
  #answers(roles: readonly string[], subject: Subject, options: Options): unknown[] {
    const { organization } = subject;
    const asked =
      organization === undefined ? options : Object.assign(Object.create(options) as Options, { organization });
    const answers: unknown[] = [];
    try {
      answers.push(this.#store.privilegesOf(subject, options));
      for (const role of roles) answers.push(this.#store.privilegesOfRole?.(role, asked));
      return answers;
    } catch (cause) {
      for (const answer of answers) if (isPromise(answer)) Promise.resolve(answer).catch(() => {});
      throw cause;
    }
  }

  // As a text, which no other question has; mostly the same is asked again.
  #keyOf({ roles, subject: { organization }, audience }: RoleQuestion): string {
    const before = this.#keys.get(roles);
    if (before !== undefined && before.organization === organization && before.audience === audience) return before.key;
    const key = JSON.stringify([roles, organization ?? null, audience]);
    this.#keys.set(roles, { organization, audience, key });
    return key;
  }

  #together(parts: readonly unknown[], question: RoleQuestion): readonly Privilege[] {
    const [own] = parts;
    const key = this.#keyOf(question);
    const known = typeof own === 'object' && own !== null ? this.#merged.get(own)?.get(key) : undefined;
    const now = this.#now();
    if (known !== undefined && now < known.untilMs && isSame(known.parts, parts)) return known.list;
    const merged = this.#merge(parts, { ...question, now });
    // What somebody may still write to can say something else the next time.
    if (parts.every(isFrozenList)) this.#remember(own as object, key, merged);
    return merged.list;
  }

  #remember(own: object, key: string, merged: Merged): void {
    const known = this.#merged.get(own) ?? new Map<string, Merged>();
    if (known.size >= maxMerged) known.clear();
    this.#merged.set(own, known.set(key, merged));
  }

  #merge(parts: readonly unknown[], asked: RoleQuestion & { readonly now: number }): Merged {
    const [own = [], ...byRole] = parts.map((part) => inOwnNames(readPrivileges(part), this.#catalogue));
    const counts = (one: Privilege): boolean =>
      isInForce(one, asked.now) && isMeantFor(one, asked.subject, asked.audience);
    const held = own.filter((one) => one.effect === undefined && counts(one)).map(({ permission }) => permission);
    const added = byRole.flat().flatMap((one) => (one.effect === undefined ? this.#unlessHeld(one, held) : [one]));
    const ends = own.flatMap(({ expiresAt = Infinity }) => (expiresAt > asked.now ? [expiresAt] : []));
    return {
      parts,
      list: asReadList([...own, ...added]),
      untilMs: ends.reduce((earliest, end) => Math.min(earliest, end), Infinity),
    };
  }

  // What the store holds of a permission stays as it is: of a pattern the names beside it are left, as far as anybody knows them.
  #unlessHeld(grant: Privilege, held: readonly string[]): Privilege[] {
    const isHeld = (name: string): boolean => held.some((one) => matchesName(one, name));
    if (!isNamePattern(grant.permission) && grant.permission !== everyPermission) {
      return isHeld(grant.permission) ? [] : [grant];
    }
    const concerned = held.some((one) => matchesName(grant.permission, one) || one.includes('*'));
    if (!concerned) return [grant];
    return (this.#catalogue?.names ?? [])
      .filter((name) => matchesName(grant.permission, name) && !isHeld(name))
      .map((permission) => Object.freeze({ ...grant, permission }));
  }
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((part, at) => part === other[at]);
}
