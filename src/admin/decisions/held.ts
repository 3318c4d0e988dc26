// Who is asked about goes in, what they hold comes out: from the store that the guards read, by the same checks.

import { delegatedBy } from '../../core/delegation.ts';
import type { Delegated } from '../../core/delegation.ts';
import type { Holdings } from '../../core/holdings.ts';
import type { Clock } from '../../core/in-time.ts';
import { PermissionSet } from '../../core/permission-set.ts';
import type { Privilege, PrivilegeStore, Subject } from '../../core/privilege.ts';
import { StoreReader } from '../../core/store-answer.ts';
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
  /** By the very list: many questions may share one. */
  readonly #delegated = new Map<readonly string[], Delegated>();

  constructor(admin: Administered) {
    this.#admin = admin;
  }

  /** Undefined: there is no such kind of subject, or nobody here trusts who names it. */
  async by(asked: SubjectAsked, { scopes, organization }: ContextAsked): Promise<Rights | undefined> {
    const subject = subjectOf(asked, organization, this.#admin);
    if (subject === undefined) return undefined;
    return this.#rightsOf(await this.#holdings(subject), scopes);
  }

  /** The same, if they held no more than these grants and nothing was denied: the store is not asked. */
  async ofGrants(
    grants: readonly Privilege[],
    asked: SubjectAsked,
    { scopes, organization }: ContextAsked,
  ): Promise<Rights | undefined> {
    const subject = subjectOf(asked, organization, this.#admin);
    if (subject === undefined) return undefined;
    return this.#rightsOf(await loaded(subject, this.#admin, { privilegesOf: () => grants }), scopes);
  }

  #rightsOf(store: Holdings, scopes: ContextAsked['scopes']): Rights {
    const delegated = scopes === undefined ? undefined : this.#delegatedBy(scopes);
    return { privileges: PermissionSet.of({ store }), permissions: PermissionSet.of({ store, delegated }), delegated };
  }

  #delegatedBy(scopes: readonly string[]): Delegated {
    // The API's own coarse scopes are not known here: a scope delegates the permission of its name.
    const delegated = this.#delegated.get(scopes) ?? delegatedBy(scopes, new Map(), this.#admin.catalogue);
    this.#delegated.set(scopes, delegated);
    return delegated;
  }

  #holdings(subject: Subject): Promise<Holdings> {
    const key = JSON.stringify([subject.issuer, subject.kind, subject.id, subject.organization]);
    const known = this.#known.get(key) ?? loaded(subject, this.#admin, this.#admin.store);
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
  readonly stores: StoreReader;
  readonly audience: readonly string[];
}

// What a list was read to say is remembered for as long as the store keeps the list.
const readers = new WeakMap<Administered, Reader>();

function readerOf(admin: Administered): Reader {
  const known = readers.get(admin);
  if (known !== undefined) return known;
  const { dialect, storeTimeoutMs: timeoutMs } = admin.way.settings;
  const stores = new StoreReader({ catalogue: admin.catalogue, dialect, timeoutMs, clock });
  const reader = { stores, audience: Object.freeze([admin.api.identifier]) };
  readers.set(admin, reader);
  return reader;
}

async function loaded(subject: Subject, admin: Administered, store: PrivilegeStore): Promise<Holdings> {
  const { stores, audience } = readerOf(admin);
  return (await stores.loaded(store, { subject, audience })).holdings;
}

const clock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
