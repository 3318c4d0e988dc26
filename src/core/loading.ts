// STEP 4 OF THE WAY. A token that was read goes in; out comes what its subject may do, or a promise of it where a store or a rule has
// to be waited for.

import { RequestAccess } from './access.ts';
import type { Access } from './access.ts';
import { assignedByToken, nothingAssigned } from './assigned.ts';
import type { Credentials } from './credentials.ts';
import { knownToken } from './identified.ts';
import type { Identified, KnownToken } from './identified.ts';
import type { Clock } from './in-time.ts';
import { isPromise, next } from './next.ts';
import type { Origin } from './origin.ts';
import { PermissionSet } from './permission-set.ts';
import type { PermissionSetParts } from './permission-set.ts';
import { ruled } from './ruled-access.ts';
import type { Settings } from './settings.ts';
import { StoreReader } from './store-answer.ts';
import type { DelegatedSets, Loaded } from './store-answer.ts';
import { RoleAnswers } from './token-roles.ts';
import type { Warnings } from './warnings.ts';

const noAudience: readonly string[] = Object.freeze([]);

export class Loading {
  readonly #way: object;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #reader: StoreReader;
  readonly #nothingLoaded: Loaded;
  readonly #roleAnswers: RoleAnswers | undefined;

  /** `way`: the one that its accesses come from. */
  constructor(way: object, settings: Settings, clock: Clock, warnings: Warnings) {
    const { store, catalogue, dialect, storeTimeoutMs: timeoutMs } = settings;
    this.#way = way;
    this.#settings = settings;
    this.#clock = clock;
    this.#roleAnswers = store === undefined ? undefined : new RoleAnswers(store, catalogue, clock.now);
    this.#reader = new StoreReader({ catalogue, dialect, timeoutMs, clock, warnings });
    this.#nothingLoaded = this.#reader.nothing();
  }

  /** The access of a request, after the rules. A failed load is forgotten, so that the next one asks again. */
  load(identified: Identified, request: unknown): Access | Promise<Access> {
    if (identified.access !== undefined) return identified.access;
    const loaded = this.#loaded(identified.known);
    if (this.#settings.rules !== undefined || isPromise(loaded)) return this.#loadRuled(identified, loaded, request);
    return (identified.access = this.#accessOf(identified.known, loaded));
  }

  #loadRuled(identified: Identified, answer: Loaded | Promise<Loaded>, request: unknown): Access | Promise<Access> {
    const loading = next(this.#ruled(identified.known, answer, request), (access) => (identified.access = access));
    if (!isPromise(loading)) return loading;
    identified.access = loading;
    loading.catch(() => (identified.access = undefined));
    return loading;
  }

  /** The access that credentials come to, which no request stands for; after the rules. */
  accessWith(credentials: Credentials, request: unknown): Access | Promise<Access> {
    const known = knownToken(credentials);
    return this.#ruled(known, this.#loaded(known), request);
  }

  #ruled(known: KnownToken, answer: Loaded | Promise<Loaded>, request: unknown): Access | Promise<Access> {
    return next(answer, (loaded) => ruled(this.#accessOf(known, loaded), request, this.#settings, this.#clock));
  }

  #loaded({ credentials, loaded: before }: KnownToken): Loaded | Promise<Loaded> {
    const { store, permissionsClaim } = this.#settings;
    if (store === undefined) return this.#nothingLoaded;
    const { subject, issuer, roles } = credentials;
    const isAdding = roles.length > 0 && permissionsClaim === 'grants' && this.#roleAnswers !== undefined;
    const asked = isAdding ? this.#roleAnswers.with(roles) : store;
    return this.#reader.loaded(asked, { subject, audience: issuer.audience ?? noAudience, before });
  }

  /** An access cannot be changed, so the same token with the same privileges has the same one. */
  #accessOf(known: KnownToken, loaded: Loaded): Access {
    if (known.access !== undefined && known.loaded === loaded) return known.access;
    const { claims, subject, client, scopes } = known.credentials;
    const { privileges, permissions } = this.#setsOf(known, loaded);
    const origin: Origin = { way: this.#way, credentials: known.credentials, store: loaded.holdings };
    const access = new RequestAccess({ claims, subject, client, scopes, privileges, permissions, origin });
    // What can never be met again would only be kept from being forgotten.
    if (loaded.reusable) Object.assign(known, { loaded, access });
    return access;
  }

  /** Where the token assigns nothing, whoever holds the same and is delegated the same has the same sets. */
  #setsOf({ credentials }: KnownToken, loaded: Loaded): DelegatedSets {
    const { delegated } = credentials;
    const assigned = assignedByToken(credentials, this.#settings);
    const isShared = assigned === nothingAssigned;
    if (isShared && loaded.sets !== undefined && loaded.sets.delegated === delegated) return loaded.sets;
    const held: PermissionSetParts = { store: loaded.holdings, ...assigned };
    const privileges = PermissionSet.of(held);
    const sets = { delegated, privileges, permissions: PermissionSet.of({ ...held, delegated }) };
    if (isShared) loaded.sets = sets;
    return sets;
  }
}
