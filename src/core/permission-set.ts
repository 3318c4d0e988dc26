// What a subject holds and what of it is delegated go in, a set that answers "may this be done?" comes out.

import type { Delegated } from './delegation.ts';
import { Holdings } from './holdings.ts';
import { inOwnNames } from './own-names.ts';
import { dialectOf } from './dialects.ts';
import { checkedNumber, expectation, isRecord } from './options.ts';
import { everyPermission, PermissionCatalogue } from './permission.ts';
import { isInForce, plainPrivilege, readPrivilege } from './privilege-reading.ts';
import type { Privilege } from './privilege.ts';
import type { Dialect } from './resource.ts';

/** Names, of which some may be known only when asked for. */
export interface Names extends Iterable<string> {
  has(name: string): boolean;
}

/** Names that the token itself assigns, by its `permissions` claim or its scopes: held on every resource. */
export interface Assigned {
  readonly names: Names;
  readonly kind: 'claim' | 'scope';
}

/** What a set is made of. */
export interface PermissionSetParts {
  readonly store: Holdings;
  readonly assigned?: Assigned | undefined;
  /** What is delegated; undefined: everything. */
  readonly delegated?: Delegated;
  /** Names beyond which nothing counts; undefined: no such limit. */
  readonly ceiling?: ReadonlySet<string> | undefined;
  /** Names that do not count, whatever is held; `*`: none does. */
  readonly without?: ReadonlySet<string> | undefined;
}

/** How {@link PermissionSet.from} reads what it is given. */
export interface PermissionSetOptions {
  /** The catalogue, for patterns over names and for what a permission may be held on. */
  permissions?: PermissionCatalogue;
  dialect?: Dialect;
  /** Milliseconds since 1970 at which expiry is judged. Default: now. */
  now?: number;
}

/**
 * Permissions, as of one instant. A permission is in it on a resource when a grant covers the resource and no denial does;
 * the order of grants and denials never matters. It cannot be changed.
 */
export class PermissionSet {
  readonly #store: Holdings;
  readonly #assigned: Assigned | undefined;
  readonly #delegated: Delegated;
  readonly #ceiling: ReadonlySet<string> | undefined;
  readonly #without: ReadonlySet<string> | undefined;

  private constructor({ store, assigned, delegated, ceiling, without }: PermissionSetParts) {
    this.#store = store;
    this.#assigned = assigned;
    this.#delegated = delegated;
    this.#ceiling = ceiling;
    this.#without = without;
    Object.freeze(this);
  }

  /**
   * The set of these privileges; a bare name stands for a privilege on every resource. A grant that is malformed or has
   * expired is left out; a malformed denial denies its permission whole. `audience` and `organization` are not looked at:
   * what is given is taken as meant for the one that asks.
   *
   * @throws TypeError when `privileges` is no list, or an option is not of its type.
   */
  static from(privileges: Iterable<Privilege | string>, options: PermissionSetOptions = {}): PermissionSet {
    return new PermissionSet({ store: holdingsFrom(privileges, options) });
  }

  /** @internal */
  static of(parts: PermissionSetParts): PermissionSet {
    return new PermissionSet(parts);
  }

  /** Whether `permission` may be used on `resource`; without a resource: on all there are, so that a single denial refuses. */
  has(permission: string, resource?: string): boolean {
    if (!this.#counts(permission)) return false;
    const assigned = this.#assigned?.names;
    if (resource === undefined) return this.#store.permits(permission, assigned);
    // What is no text is no resource.
    if (typeof resource !== 'string') return false;
    return this.#store.permitsOn(permission, resource, assigned);
  }

  /** @internal Whether it may be used on a resource that has all of these names: granted under one, denied under none. */
  hasUnderAny(permission: string, names: readonly string[]): boolean {
    if (!this.#counts(permission) || names.some((name) => this.#store.deniesOn(permission, name))) return false;
    return names.some((name) => this.#holdsOn(permission, name));
  }

  /** @internal Whether anything at all is denied of it. */
  isDeniedSomewhere(permission: string): boolean {
    return this.#store.denies(permission);
  }

  /** Whether `permission` may be used on at least one resource. */
  hasAnywhere(permission: string): boolean {
    if (!this.#counts(permission)) return false;
    if (this.#isAssigned(permission)) return !this.#store.deniesAllOf(permission, { permission });
    return this.#store.grantsOf(permission).some((grant) => this.#survives(permission, grant));
  }

  /** The grants that are not denied on each of their resources, with where they come from. */
  list(): Privilege[] {
    const uncut = this.#delegated === undefined && this.#ceiling === undefined && this.#without === undefined;
    const names = new Set(this.#store.names().flatMap((name) => (uncut ? [name] : this.#namesMeantBy(name))));
    for (const name of this.#assigned?.names ?? []) if (!name.includes('*')) names.add(name);
    return [...names]
      .filter((name) => this.#counts(name))
      .flatMap((name) => this.#grantsOf(name, { own: uncut }).filter((grant) => this.#survives(name, grant)));
  }

  /** @internal The grants of one permission that are not denied on each of their resources; one under `*` is under its name. */
  listOf(permission: string): Privilege[] {
    if (!this.#counts(permission)) return [];
    return this.#grantsOf(permission).filter((grant) => this.#survives(permission, grant));
  }

  /** What is denied, whatever is granted. */
  denials(): Privilege[] {
    return this.#store.denials();
  }

  /** @internal The grants and denials that decide on `permission`, on `resource` where one is given. */
  explain(permission: string, resource?: string): { granted: Privilege[]; denied: Privilege[] } {
    const concerns = ({ on }: Privilege): boolean =>
      resource === undefined ||
      on === undefined ||
      this.#store.with([{ permission, on }]).holdsOn(permission, resource);
    const denies = (denial: Privilege): boolean =>
      resource === undefined || this.#store.with([{ ...denial, permission }]).deniesOn(permission, resource);
    return {
      granted: this.#ceilingAllows(permission) ? this.#grantsOf(permission).filter(concerns) : [],
      denied: this.#store.denialsOf(permission).filter(denies),
    };
  }

  /**
   * @internal How far grants of `permission` reach among the resources that begin with `prefix`: to all, to those that are one
   * name behind it, or not so far; what they and the denials are on. What denies it whole leaves nothing.
   */
  under(
    permission: string,
    prefix: string,
  ): { readonly reach: 'all' | 'one-name' | 'none'; readonly granted: string[]; readonly denied: string[] } {
    const grants = this.#counts(permission) ? this.#grantsOf(permission) : [];
    const denials = this.#store.denialsOf(permission);
    const plain = this.#store.with(grants.map(({ on }) => ({ permission, ...(on !== undefined && { on }) })));
    const denying = this.#store.with(denials.map((one) => ({ ...one, permission })));
    const all = `${prefix}${this.#store.universal}`;
    if (grants.length === 0 || denying.deniesAllOf(permission, { permission, on: all })) {
      return { reach: 'none', granted: [], denied: [] };
    }
    const oneName = plain.holdsAllOf(permission, `${prefix}*`) ? 'one-name' : 'none';
    return {
      reach: plain.holdsAllOf(permission, all) ? 'all' : oneName,
      granted: grants.flatMap(({ on }) => on ?? []),
      denied: denials
        .flatMap(({ on }) => on ?? [])
        .filter((on) => this.#store.with([{ permission, on, effect: 'deny' }]).deniesOn(permission, all)),
    };
  }

  #counts(permission: string): boolean {
    if (this.#without !== undefined && isIn(this.#without, permission)) return false;
    return this.#ceilingAllows(permission) && (this.#delegated === undefined || this.#delegated.has(permission));
  }

  #ceilingAllows(permission: string): boolean {
    return this.#ceiling === undefined || this.#ceiling.has(permission);
  }

  // What the store holds of a permission, the token never widens.
  #isAssigned(permission: string): boolean {
    return this.#assigned?.names.has(permission) === true && !this.#store.mentions(permission);
  }

  #holdsOn(permission: string, resource: string): boolean {
    return this.#store.holdsOn(permission, resource) || this.#isAssigned(permission);
  }

  // `own`: without what is granted under `*`, where that is listed for itself.
  #grantsOf(permission: string, { own = false } = {}): readonly Privilege[] {
    const held = own ? this.#store.ownGrantsOf(permission) : this.#store.grantsOf(permission);
    const { kind } = this.#assigned ?? {};
    if (kind !== undefined && this.#isAssigned(permission)) {
      return [Object.freeze({ permission, source: Object.freeze({ kind }) })];
    }
    return held.map((grant) => (grant.permission === permission ? grant : Object.freeze({ ...grant, permission })));
  }

  #survives(permission: string, grant: Privilege): boolean {
    return this.#store.isReadable(grant) && !this.#store.deniesAllOf(permission, grant);
  }

  // Cut by scopes or claim, `*` stands for each name that is left of it.
  #namesMeantBy(name: string): string[] {
    if (name !== everyPermission) return [name];
    const known = this.#store.knownNames();
    const cut = [...(this.#delegated ?? this.#ceiling ?? known ?? [])];
    return cut.filter((one) => !one.includes('*') && (known === undefined || known.includes(one)));
  }
}

function isIn(names: ReadonlySet<string>, permission: string): boolean {
  return names.has(permission) || names.has(everyPermission);
}

/** @throws TypeError when `privileges` is no list, or an option is not of its type. */
export function holdingsFrom(
  privileges: Iterable<Privilege | string>,
  { permissions, dialect, now }: PermissionSetOptions,
): Holdings {
  const reading = { catalogue: permissions, dialect: dialectOf(dialect) };
  const instant = checkedNumber(now, 'now', Date.now(), { atLeast: -Infinity });
  if (permissions !== undefined && !(permissions instanceof PermissionCatalogue)) {
    throw expectation('permissions', 'a catalogue made by definePermissions', permissions);
  }
  if (typeof privileges !== 'object' || privileges === null || !(Symbol.iterator in privileges)) {
    throw expectation('privileges', 'a list of privileges', privileges);
  }
  const readable: Privilege[] = [];
  for (const one of privileges as Iterable<unknown>) {
    const privilege = salvaged(one);
    if (privilege !== undefined && isInForce(privilege, instant)) readable.push(privilege);
  }
  return new Holdings(inOwnNames(readable, permissions), reading);
}

function salvaged(value: unknown): Privilege | undefined {
  if (typeof value === 'string') return value === '' ? undefined : plainPrivilege(value);
  try {
    return readPrivilege(value);
  } catch {
    const permission = permissionDenied(value);
    if (permission === undefined) return undefined;
    return Object.freeze({ permission, effect: 'deny', source: Object.freeze({ kind: 'direct' }) });
  }
}

/** What a privilege that cannot be read denies, if it denies anything that can be read. */
function permissionDenied(value: unknown): string | undefined {
  try {
    if (!isRecord(value) || value['effect'] !== 'deny') return undefined;
    const { permission } = value;
    return typeof permission === 'string' ? permission : undefined;
  } catch {
    return undefined;
  }
}
