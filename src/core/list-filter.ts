// What somebody may do goes in; which rows of a list they may see comes out, as ids and as a condition for a database.

import type { Access } from './access.ts';
import { checkedChoice, checkedMembers, checkedNumber, expectation } from './options.ts';
import { PermissionSet } from './permission-set.ts';

/** A condition to put behind `where`: text, and the values of its parameters. */
export interface SqlCondition {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** How a condition is written. */
export interface SqlOptions {
  /** The column that holds the id: a name, or two or three with dots between, each plain or in double quotes. */
  column: string;
  /** `dollar` (default): `$1`, `$2`, … as PostgreSQL has them, lists as arrays; `question`: `?`, a parameter for each id. */
  placeholders?: 'dollar' | 'question';
  /** The number of the first parameter, for `dollar`. Default: 1. */
  firstParameter?: number;
  /** `integer`: ids that are no whole numbers fit no row, and the others are numbers. Default: `text`. */
  type?: 'text' | 'integer';
}

interface Parts {
  /** All but those below; otherwise only `ids`. */
  readonly all: boolean;
  readonly ids: ReadonlySet<string>;
  readonly except: ReadonlySet<string>;
  readonly exceptBeginnings: readonly string[];
  /** Whether ids with a `:` or `/` in them are left out. */
  readonly oneNameOnly: boolean;
}

/** Which rows of a list may be seen. */
export class ListFilter {
  readonly #parts: Parts;
  /** `all`: every row, but for those that are denied; `some`: only those of {@link ids}; `none`: no row. */
  readonly kind: 'all' | 'some' | 'none';

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.kind = parts.all ? 'all' : parts.ids.size > 0 ? 'some' : 'none';
    Object.freeze(this);
  }

  /** @internal */
  static of(parts: Parts): ListFilter {
    return new ListFilter(parts);
  }

  /** The only ids, where the kind is `some`. */
  get ids(): readonly string[] {
    return [...this.#parts.ids];
  }

  /** The ids that are left out, where the kind is `all`. */
  get except(): readonly string[] {
    return [...this.#parts.except];
  }

  /** Whether the row with that id may be seen. */
  includes(id: string): boolean {
    const { all, ids, except, exceptBeginnings, oneNameOnly } = this.#parts;
    if (!all) return ids.has(id);
    if (id === '' || except.has(id) || exceptBeginnings.some((beginning) => id.startsWith(beginning))) return false;
    return !oneNameOnly || !/[:/]/.test(id);
  }

  /** @throws TypeError when an option is not as it must be; no text of a request ever gets into the condition itself. */
  sql(options: SqlOptions): SqlCondition {
    const { column, placeholders, firstParameter, type } = checkedMembers(options, 'options', [
      'column',
      'placeholders',
      'firstParameter',
      'type',
    ]);
    if (typeof column !== 'string' || !columnName.test(column))
      throw expectation('column', 'the name of a column', column);
    const values: unknown[] = [];
    const style = checkedChoice<'dollar' | 'question'>(placeholders, 'placeholders', ['dollar', 'question']);
    const first = checkedNumber(firstParameter, 'firstParameter', 1, { atLeast: 1 });
    if (!Number.isInteger(first)) throw expectation('firstParameter', 'a whole number', firstParameter);
    const parameter = (value: unknown): string => {
      values.push(value);
      return style === 'dollar' ? `$${first + values.length - 1}` : '?';
    };
    const isInteger = checkedChoice<'text' | 'integer'>(type, 'type', ['text', 'integer']) === 'integer';
    const listed = (ids: Iterable<string>): string | undefined => {
      const fitting = isInteger ? [...ids].filter(isWhole).map(Number) : [...ids];
      if (fitting.length === 0) return undefined;
      return style === 'dollar' ? `any(${parameter(fitting)})` : `(${fitting.map(parameter).join(', ')})`;
    };
    const text = this.#condition(column, { style, isInteger, listed, parameter });
    return Object.freeze({ text, values: Object.freeze(values) });
  }

  #condition(column: string, { style, isInteger, listed, parameter }: Writing): string {
    const { all, ids, except, exceptBeginnings, oneNameOnly } = this.#parts;
    if (!all) {
      const some = listed(ids);
      if (some === undefined) return '1 = 0';
      return style === 'dollar' ? `${column} = ${some}` : `${column} in ${some}`;
    }
    // A number begins like others; what is denied so, and cannot be said of a number, leaves no row.
    if (isInteger && exceptBeginnings.some((beginning) => /^-?\d*$/.test(beginning))) return '1 = 0';
    const without = listed(except);
    const conditions = without === undefined ? [] : [`not (${column} ${style === 'dollar' ? '=' : 'in'} ${without})`];
    if (!isInteger) {
      const beginnings = exceptBeginnings.map((beginning) => `${escaped(beginning)}%`);
      const separators = oneNameOnly ? ['%:%', '%/%'] : [];
      for (const like of [...beginnings, ...separators]) {
        conditions.push(`${column} not like ${parameter(like)} escape '!'`);
      }
    }
    return conditions.length === 0 ? '1 = 1' : conditions.join(' and ');
  }
}

interface Writing {
  readonly style: 'dollar' | 'question';
  readonly isInteger: boolean;
  readonly listed: (ids: Iterable<string>) => string | undefined;
  readonly parameter: (value: unknown) => string;
}

const columnName = /^(?:[A-Za-z_]\w*|"[^"\0]+")(?:\.(?:[A-Za-z_]\w*|"[^"\0]+")){0,2}$/;

function isWhole(id: string): boolean {
  return /^(?:0|-?[1-9]\d{0,14})$/.test(id);
}

function escaped(text: string): string {
  return text.replaceAll(/[!%_]/g, '!$&');
}

/**
 * Which rows of a list may be seen, by the ids that follow `prefix` in the names of their resources: who may use `permission`,
 * or each of several, on all of them (`contacts:*`), on none, or on some (`contacts:id:7`).
 *
 * A pattern that spells neither one id nor all of them adds no row to a list, and where it denies leaves only those whose ids
 * are granted one by one: `checker` looks at each row. Other names of a resource, known to resolvers, are not looked at.
 *
 * @throws TypeError when `access` is none, a permission is no name, there is none, or `prefix` does not end in `:` or `/`.
 */
export function filterFor<Name extends string>(
  access: Access<Name> | PermissionSet,
  permission: Name | readonly [Name, ...Name[]],
  prefix: string,
): ListFilter {
  const set = setOf(access);
  const permissions: readonly string[] = typeof permission === 'string' ? [permission] : permission;
  // Nothing asked would be everything given.
  if (!Array.isArray(permissions) || permissions.length === 0) {
    throw expectation('permission', 'a permission, or a list of at least one', permission);
  }
  if (typeof prefix !== 'string' || !/^[^*?]+[:/]$/.test(prefix)) {
    throw expectation('prefix', 'what comes before the id, with a `:` or `/` at its end', prefix);
  }
  return ListFilter.of(permissions.map((name) => partsFor(set, name, prefix)).reduce(both));
}

/**
 * Whether `permission` may be used on a resource, for one row after the other of a list in memory.
 *
 * @throws TypeError when `access` is none, or the permission is no name.
 */
export function checker<Name extends string>(
  access: Access<Name> | PermissionSet,
  permission: Name,
): (resource: string) => boolean {
  const set = setOf(access);
  if (typeof permission !== 'string' || permission === '') throw expectation('permission', 'a permission', permission);
  return (resource) => typeof resource === 'string' && set.has(permission, resource);
}

function setOf(access: unknown): PermissionSet {
  const set = access instanceof PermissionSet ? access : (access as Partial<Access> | undefined)?.permissions;
  if (!(set instanceof PermissionSet)) throw expectation('access', 'an Access or a PermissionSet', access);
  return set;
}

const noIds: ReadonlySet<string> = new Set();
const nothing: Parts = { all: false, ids: noIds, except: noIds, exceptBeginnings: [], oneNameOnly: false };

function partsFor(set: PermissionSet, permission: string, prefix: string): Parts {
  const { reach, granted, denied } = set.under(permission, prefix);
  const ids = new Set(granted.flatMap((on) => idIn(on, prefix)).filter((id) => set.has(permission, prefix + id)));
  if (reach === 'none' || !denied.every(isPlain)) return { ...nothing, ids };
  const beginnings = denied.filter((on) => on.startsWith(prefix) && on.endsWith('*'));
  return {
    all: true,
    ids: noIds,
    except: new Set(denied.flatMap((on) => idIn(on, prefix))),
    exceptBeginnings: beginnings.map((on) => on.slice(prefix.length, -1)),
    oneNameOnly: reach === 'one-name',
  };
}

// One name, or with a star at its end.
function isPlain(on: string): boolean {
  return !/[*?[\]{}\\]/.test(on.endsWith('*') ? on.slice(0, -1) : on);
}

function idIn(on: string, prefix: string): string[] {
  if (!on.startsWith(prefix) || on.length === prefix.length) return [];
  const id = on.slice(prefix.length);
  return /[*?[\]{}\\]/.test(id) ? [] : [id];
}

/** What may be seen by the one and by the other. */
function both(one: Parts, other: Parts): Parts {
  if (one.all && other.all) {
    return {
      all: true,
      ids: noIds,
      except: new Set([...one.except, ...other.except]),
      exceptBeginnings: [...one.exceptBeginnings, ...other.exceptBeginnings],
      oneNameOnly: one.oneNameOnly || other.oneNameOnly,
    };
  }
  const [some, rest] = one.all ? [other, ListFilter.of(one)] : [one, ListFilter.of(other)];
  return { ...nothing, ids: new Set([...some.ids].filter((id) => rest.includes(id))) };
}
