// A store's answer goes in, the list that is kept of it comes out: read, frozen to the bottom, and one and the same list for all
// the subjects of whom the store says the same.

import { LRUCache } from 'lru-cache';
import { isRecord } from '../core/options.ts';
import { asReadList, readPrivileges } from '../core/privilege-reading.ts';
import type { Privilege, PrivilegeSource } from '../core/privilege.ts';

/** What is kept of an answer. Nobody can change it. */
export interface KeptAnswer {
  readonly privileges: readonly Privilege[];
  /** Every role that a privilege says it comes from, or came through. */
  readonly roles: ReadonlySet<string>;
  /** Whether each privilege says where it comes from, and by name where that is a role. */
  readonly tellsRoles: boolean;
}

/** Where and for which API the answer was asked. */
interface Circumstances {
  readonly organization: string | undefined;
  readonly audience: readonly string[];
}

// What is shared is what roles give, which is little; what goes beyond is kept once for each subject.
const maxSharedAnswers = 1000;
const maxSharedPrivileges = 10_000;
const maxSharedAudiences = 100;
const maxSharedLength = 1000;

/** Reads answers, and shares in memory what is the same in them. */
export class AnswerReader {
  readonly #answers = new LRUCache<string, KeptAnswer>({ max: maxSharedAnswers });
  readonly #privileges = new LRUCache<string, { readonly privilege: Privilege; readonly id: number }>({
    max: maxSharedPrivileges,
  });
  readonly #audiences = new LRUCache<string, readonly string[]>({ max: maxSharedAudiences });
  #lastId = 0;

  /** @throws TypeError when it is no list of privileges. */
  read(answer: unknown, circumstances: Circumstances): KeptAnswer {
    const sources: Sources = { roles: new Set(), tellsRoles: true };
    const privileges = readPrivileges(isIterable(answer) ? noting(answer, sources) : answer);
    for (const { source } of privileges) note(source, sources);
    if (privileges.length > maxSharedLength) return kept([...privileges], sources);
    return this.#shared(privileges, sources, circumstances);
  }

  /** A frozen copy, the same one for the same names. */
  audienceOf(audience: readonly string[]): readonly string[] {
    const text = JSON.stringify(audience);
    const known = this.#audiences.get(text);
    if (known !== undefined) return known;
    const copy = Object.freeze([...audience]);
    this.#audiences.set(text, copy);
    return copy;
  }

  // An authorizer remembers one reading of each list, which depends on the organization and the audience.
  #shared(privileges: readonly Privilege[], sources: Sources, { organization, audience }: Circumstances): KeptAnswer {
    const members = privileges.map((privilege) => this.#one(privilege));
    const ids = members.map(({ id }) => id).sort((one, other) => one - other);
    const key = JSON.stringify([ids, sources.tellsRoles, organization ?? null, audience]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = kept(
      members.map(({ privilege }) => privilege),
      sources,
    );
    this.#answers.set(key, answer);
    return answer;
  }

  #one(privilege: Privilege): { readonly privilege: Privilege; readonly id: number } {
    const text = JSON.stringify(privilege, numbersAsText);
    const known = this.#privileges.get(text);
    if (known !== undefined) return known;
    // An id never comes again, so what was forgotten and is met anew is never taken for anything else.
    const one = { privilege, id: (this.#lastId += 1) };
    this.#privileges.set(text, one);
    return one;
  }
}

// To JSON, Infinity and -Infinity are both null: always and never.
function numbersAsText(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

interface Sources {
  readonly roles: Set<string>;
  tellsRoles: boolean;
}

function kept(privileges: Privilege[], { roles, tellsRoles }: Sources): KeptAnswer {
  return Object.freeze({ privileges: asReadList(privileges), roles: roles.size === 0 ? noRoles : roles, tellsRoles });
}

const noRoles: ReadonlySet<string> = new Set();

function isIterable(answer: unknown): answer is Iterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.iterator in answer;
}

/** The members as they come. Once they are read, one without a source looks like one that is held directly. */
function* noting(answer: Iterable<unknown>, sources: Sources): Generator<unknown, void> {
  for (const member of answer) {
    const tells = isRecord(member) && Object.hasOwn(member, 'source') && member['source'] !== undefined;
    if (!tells) sources.tellsRoles = false;
    yield member;
  }
}

function note(source: PrivilegeSource | undefined, sources: Sources): void {
  if (source === undefined) return;
  const { kind, role, via } = source;
  if (role !== undefined) sources.roles.add(role);
  if (via !== undefined) sources.roles.add(via);
  if (role === undefined && (kind === 'role' || kind === 'built-in')) sources.tellsRoles = false;
}
