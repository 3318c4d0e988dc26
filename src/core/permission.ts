// Names and their descriptions go in, a typed catalogue comes out: the permissions an API defines (RFC 6749 section 3.3 says
// which characters a name may have, since a name must be able to travel as a scope).

import { checkedBoolean, checkedChoice, checkedMembers, expectation } from './options.ts';
import { isUsableSomewhere } from './dialects.ts';

/** What the catalogue says of one permission. */
export interface PermissionDefinition {
  /** What it allows, in words for those who grant and consent. */
  readonly description: string;
  /** The resource patterns it may be held on; absent: any; empty: it takes no resource. */
  readonly on?: readonly string[];
  /** Other spellings that mean it. */
  readonly aliases?: readonly string[];
  /** The names it had before, which still mean it. */
  readonly replaces?: readonly string[];
  /** Whether who holds it can come to hold more: for those who review what is assigned. */
  readonly sensitive?: boolean;
  /** What it lets its holder do with privileges: hand on what they hold themselves, or what they do not. */
  readonly gate?: 'delegate' | 'escalate';
}

/** The permissions of an API, made by {@link definePermissions}. `Name` is the union of their names. */
export class PermissionCatalogue<Name extends string = string> {
  readonly #definitions: ReadonlyMap<string, PermissionDefinition>;
  /** From every other name of a permission to its own. */
  readonly #otherNames: ReadonlyMap<string, Name>;
  /** Every name, in the order of definition. */
  readonly names: readonly Name[];

  private constructor(definitions: ReadonlyMap<Name, PermissionDefinition>) {
    this.#definitions = definitions;
    this.#otherNames = otherNamesIn(definitions);
    this.names = Object.freeze([...definitions.keys()]);
    Object.freeze(this);
  }

  /** @internal */
  static of<Name extends string>(definitions: ReadonlyMap<Name, PermissionDefinition>): PermissionCatalogue<Name> {
    return new PermissionCatalogue(definitions);
  }

  /** Whether it is the own name of a permission. */
  has(name: string): name is Name {
    return this.#definitions.has(name);
  }

  /** The own name of the permission that `name`, an alias or a former name means; undefined where it means none. */
  nameOf(name: string): Name | undefined {
    return this.has(name) ? name : this.#otherNames.get(name);
  }

  /** What is said of `name`; undefined where the catalogue does not hold it. */
  definition(name: string): PermissionDefinition | undefined {
    return this.#definitions.get(name);
  }
}

/** The union of the names in a catalogue: `PermissionOf<typeof permissions>`. */
export type PermissionOf<Catalogue> = Catalogue extends PermissionCatalogue<infer Name> ? Name : never;

/** A description, or a description with more that is said of the permission. */
export type PermissionEntry = string | PermissionDefinition;

/**
 * The catalogue of an API's permissions, from their names to what they allow.
 *
 * @throws TypeError when a name cannot be a scope (RFC 6749 section 3.3), is a scope of OpenID Connect, or holds a `*`,
 * when a description is missing, when a member of an entry is unknown, and when two permissions have a name in common.
 */
export function definePermissions<const Entries extends Readonly<Record<string, PermissionEntry>>>(
  entries: Entries,
): PermissionCatalogue<keyof Entries & string> {
  if (typeof entries !== 'object' || entries === null || Array.isArray(entries)) {
    throw expectation('permissions', 'an object from names to descriptions', entries);
  }
  const definitions = new Map<keyof Entries & string, PermissionDefinition>();
  for (const [name, entry] of Object.entries(entries)) {
    checkDefinableName(name, 'a permission');
    definitions.set(name, definitionOf(name, entry));
  }
  return PermissionCatalogue.of(definitions);
}

function definitionOf(name: string, entry: PermissionEntry): PermissionDefinition {
  if (typeof entry === 'string') return Object.freeze({ description: entry });
  const what = `permissions['${name}']`;
  const { description, on, aliases, replaces, sensitive, gate } = checkedMembers(entry, what, members);
  if (typeof description !== 'string') throw expectation(`${what}.description`, 'a string', description);
  return Object.freeze({
    description,
    ...(on !== undefined && { on: checkedPatterns(on, `${what}.on`) }),
    ...(aliases !== undefined && { aliases: checkedNames(aliases, `${what}.aliases`) }),
    ...(replaces !== undefined && { replaces: checkedNames(replaces, `${what}.replaces`) }),
    ...(sensitive !== undefined && { sensitive: checkedBoolean(sensitive, `${what}.sensitive`, false) }),
    ...(gate !== undefined && { gate: checkedChoice(gate, `${what}.gate`, ['delegate', 'escalate']) }),
  });
}

const members = [
  'description',
  'on',
  'aliases',
  'replaces',
  'sensitive',
  'gate',
] satisfies (keyof PermissionDefinition)[];

function checkDefinableName(name: unknown, what: string): void {
  checkPermissionName(name, what);
  // Such a scope delegates nothing, so nobody could ever pass by it.
  if (openIdScopes.has(name)) throw expectation(what, 'no scope of OpenID Connect', name);
}

function checkedPatterns(value: unknown, what: string): readonly string[] {
  if (!Array.isArray(value)) throw expectation(what, 'a list of resource patterns', value);
  const unusable: unknown = value.find((pattern) => !isUsablePattern(pattern));
  if (unusable !== undefined) throw expectation(what, 'made of resource patterns', unusable);
  return Object.freeze([...value] as string[]);
}

function checkedNames(value: unknown, what: string): readonly string[] {
  if (!Array.isArray(value)) throw expectation(what, 'a list of names', value);
  for (const [at, name] of value.entries()) checkDefinableName(name, `${what}[${at}]`);
  return Object.freeze([...value] as string[]);
}

/** @throws TypeError when a name means two permissions. */
function otherNamesIn<Name extends string>(definitions: ReadonlyMap<Name, PermissionDefinition>): Map<string, Name> {
  const others = new Map<string, Name>();
  for (const [own, { aliases = [], replaces = [] }] of definitions) {
    for (const name of [...aliases, ...replaces]) {
      const isTaken = definitions.has(name as Name) || (others.get(name) ?? own) !== own;
      if (isTaken) throw expectation(`permissions['${own}']`, 'without a name that another permission has', name);
      others.set(name, own);
    }
  }
  return others;
}

function isUsablePattern(pattern: unknown): boolean {
  return typeof pattern === 'string' && isUsableSomewhere(pattern);
}

// scope-token, RFC 6749 section 3.3
const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

export function isScopeToken(text: string): boolean {
  return scopeToken.test(text);
}

/** Scopes that speak of the person or of the session (OpenID Connect Core sections 5.4 and 11): they delegate no permission. */
export const openIdScopes: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
]);

/** @throws TypeError when `name` cannot name one permission. */
export function checkPermissionName(name: unknown, what: string): asserts name is string {
  if (typeof name !== 'string' || !isScopeToken(name)) {
    throw expectation(what, 'a name in the characters of a scope (RFC 6749 section 3.3)', name);
  }
  if (name.includes('*')) throw expectation(what, 'one name: patterns belong into the store', name);
}

/** Whether a store's name is a pattern over the catalogue. `*` alone is the administrator's and needs no catalogue. */
export function isNamePattern(permission: string): boolean {
  return permission !== everyPermission && permission.includes('*');
}

/** What an administrator holds: every permission there is and will be. */
export const everyPermission = '*';

/** The names that `pattern` stands for, where each `*` stands for any run of characters, also an empty one. */
export function namesMatching(pattern: string, names: Iterable<string>): string[] {
  return [...names].filter((name) => matchesName(pattern, name));
}

// Leftmost search of each piece between two stars: linear in the name for each piece, no backtracking.
export function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (name.length < first.length + last.length) return false;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
