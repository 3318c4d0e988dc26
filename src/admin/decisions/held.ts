// Who is asked about goes in, what they hold comes out: from the store that the guards read, by the same checks.

import { delegatedBy } from '../../core/delegation.ts';
import type { Delegated } from '../../core/delegation.ts';
import type { Holdings } from '../../core/holdings.ts';
import type { Clock } from '../../core/in-time.ts';
import { PermissionSet } from '../../core/permission-set.ts';
import type { Subject } from '../../core/privilege.ts';
import { loadedFrom, ReadLists } from '../../core/store-answer.ts';
import type { Administered } from '../administered.ts';
import type { ContextAsked, SubjectAsked } from './asked.ts';

/** What somebody holds, and what of it may be used. */
export interface Rights {
  readonly privileges: PermissionSet;
  /** Cut to the scopes that were named, if any. */
  readonly permissions: PermissionSet;
  /** What these delegate; undefined: none were named. */
  readonly delegated: Delegated;
}

/** What the store says during one request: each subject is asked for once, so that all of an answer speaks of one moment. */
export class Held {
  readonly #admin: Administered;
  readonly #known = new Map<string, Promise<Holdings>>();

  constructor(admin: Administered) {
    this.#admin = admin;
  }

  /** Undefined: there is no such kind of subject, or nobody here trusts who names it. */
  async by(asked: SubjectAsked, { scopes, organization }: ContextAsked): Promise<Rights | undefined> {
    const subject = subjectOf(asked, organization, this.#admin);
    if (subject === undefined) return undefined;
    const store = await this.#holdings(subject);
    // The API's own coarse scopes are not known here: a scope delegates the permission of its name.
    const delegated = scopes === undefined ? undefined : delegatedBy(scopes, new Map(), this.#admin.catalogue);
    return {
      privileges: PermissionSet.of({ store }),
      permissions: PermissionSet.of({ store, delegated }),
      delegated,
    };
  }

  #holdings(subject: Subject): Promise<Holdings> {
    const key = JSON.stringify([subject.issuer, subject.kind, subject.id, subject.organization]);
    const known = this.#known.get(key) ?? loaded(subject, this.#admin);
    this.#known.set(key, known);
    return known;
  }
}

function subjectOf(asked: SubjectAsked, organization: string | undefined, admin: Administered): Subject | undefined {
  const { type, id } = asked;
  const issuer = trustedIssuer(asked.issuer, admin);
  if (!isKind(type) || issuer === undefined) return undefined;
  return { issuer, id, kind: type, ...(organization !== undefined && { organization }) };
}

export function isKind(type: string): type is Subject['kind'] {
  return type === 'user' || type === 'client';
}

/** The issuer that is meant; undefined: one that is not trusted. */
export function trustedIssuer(named: string | undefined, { issuer, way }: Administered): string | undefined {
  if (named === undefined || named === issuer) return issuer;
  const { issuers } = way.settings;
  return typeof issuers !== 'function' && issuers.has(named) ? named : undefined;
}

interface Reader {
  readonly lists: ReadLists;
  readonly audience: readonly string[];
}

// What a list was read to say is remembered for as long as the store keeps the list.
const readers = new WeakMap<Administered, Reader>();

function readerOf(admin: Administered): Reader {
  const known = readers.get(admin);
  if (known !== undefined) return known;
  const lists = new ReadLists(admin.catalogue, admin.way.settings.dialect);
  const reader = { lists, audience: Object.freeze([admin.api.identifier]) };
  readers.set(admin, reader);
  return reader;
}

async function loaded(subject: Subject, admin: Administered): Promise<Holdings> {
  const { store, catalogue, way } = admin;
  const { lists, audience } = readerOf(admin);
  const timeoutMs = way.settings.storeTimeoutMs;
  return (await loadedFrom({ store, subject, audience, timeoutMs, catalogue, clock }, lists)).holdings;
}

const clock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
