// What a permission is held on, and what is asked about: the two dialects of patterns have this in common.

/** How a stored resource pattern is read. */
export type Dialect = 'prefix' | 'glob';

/** What a pattern is on: `''` is on nothing; a pattern that is not valid covers nothing, not even its own text. */
export type Reach = 'nothing' | 'some' | 'everything' | 'invalid';

/** All there is to know of a dialect; nobody else asks which one it is. */
export interface ResourceDialect {
  readonly name: Dialect;
  /** The pattern on every resource. */
  readonly universal: string;
  /** What a valid pattern is, in words. */
  readonly rule: string;
  reachOf(pattern: string): Reach;
  /** A set without patterns. */
  newSet(): ResourceSet;
  /** Whether a text is one name: no character of it means anything in a pattern, or stands between names. */
  isOneName(text: string): boolean;
}

/** Patterns, indexed. */
export interface ResourceSet {
  add(pattern: string): Reach;
  /** Whether one pattern covers the resource that a text spells and, where the text can be read as a pattern, all of that. */
  covers(resource: string): boolean;
  /** Whether one pattern has anything in common with what a text can be read as. */
  touches(resource: string): boolean;
  /** Whether one pattern covers all that another, which is known to be one, covers. False also where that cannot be proven. */
  includes(pattern: string): boolean;
}

export const colon = 0x3a;
export const slash = 0x2f;

/** Texts; most often there is one, and then no table for it. */
export class TextSet {
  #texts: string | Set<string> | undefined;

  add(text: string): void {
    if (this.#texts === undefined || this.#texts === text) this.#texts = text;
    else if (typeof this.#texts === 'string') this.#texts = new Set([this.#texts, text]);
    else this.#texts.add(text);
  }

  has(text: string): boolean {
    return typeof this.#texts === 'object' ? this.#texts.has(text) : this.#texts === text;
  }

  isEmpty(): boolean {
    return this.#texts === undefined;
  }

  all(): Iterable<string> {
    return typeof this.#texts === 'object' ? this.#texts : [this.#texts ?? []].flat();
  }
}

/** A resource with places for parameters, `users:id:{id}`, taken apart once. */
export interface ResourceTemplate {
  readonly text: string;
  /** Text and parameter names in turn, text first. */
  readonly parts: readonly string[];
  readonly dialect: ResourceDialect;
}

/** A place for the parameter of that name. */
export const placeholder = /\{([\w$-]+)\}/g;

export function resourceTemplate(text: string, dialect: ResourceDialect): ResourceTemplate {
  return { text, parts: text.split(placeholder), dialect };
}

/** The resource, or undefined where a parameter is missing, empty, a list, or holds a character that means something in a pattern. */
export function filledTemplate(template: ResourceTemplate, parameters: object | undefined): string | undefined {
  const { parts, dialect } = template;
  if (parts.length === 1) return template.text;
  let filled = parts[0] as string;
  for (let at = 1; at < parts.length; at += 2) {
    const value = usableParameter(parameters, parts[at] as string, dialect);
    if (value === undefined) return undefined;
    filled += value + (parts[at + 1] as string);
  }
  return filled;
}

function usableParameter(parameters: object | undefined, name: string, dialect: ResourceDialect): string | undefined {
  if (parameters === undefined || !Object.hasOwn(parameters, name)) return undefined;
  const given: unknown = (parameters as Record<string, unknown>)[name];
  const value = Number.isSafeInteger(given) ? String(given) : given;
  if (typeof value !== 'string' || value === '' || !dialect.isOneName(value)) return undefined;
  return value;
}
