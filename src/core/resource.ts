// Resource patterns go in, sets that answer "does a pattern cover this resource?" come out, in the `prefix` dialect: only a
// `*` at the end is a wildcard, alone or after `:` or `/`.

/** How a stored resource pattern is read. */
export type Dialect = 'prefix';

export type ResourcePattern =
  | { readonly kind: 'none' }
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'prefix'; readonly text: string }
  | { readonly kind: 'invalid' };

/** `''` is on no resource; a pattern that is not valid covers nothing, not even its own text. */
export function resourcePattern(on: string): ResourcePattern {
  if (on === '') return { kind: 'none' };
  const head = on.slice(0, -1);
  if (/[*?]/.test(head)) return { kind: 'invalid' };
  if (!on.endsWith('*')) return { kind: 'exact', text: on };
  if (head !== '' && !/[:/]$/.test(head)) return { kind: 'invalid' };
  return { kind: 'prefix', text: head };
}

/** Patterns, indexed: an answer costs a lookup for each `:` and `/` of the resource, however many patterns there are. */
export class ResourceSet {
  readonly #exact = new Set<string>();
  readonly #prefixes = new Set<string>();
  #longestPrefix = 0;

  add(pattern: ResourcePattern): void {
    if (pattern.kind === 'exact') this.#exact.add(pattern.text);
    if (pattern.kind !== 'prefix') return;
    this.#prefixes.add(pattern.text);
    this.#longestPrefix = Math.max(this.#longestPrefix, pattern.text.length);
  }

  /** Whether one pattern covers the resource, or the whole of the pattern, that `resource` spells. */
  covers(resource: string): boolean {
    if (this.#exact.has(resource)) return true;
    if (this.#prefixes.size === 0) return false;
    if (this.#prefixes.has('')) return true;
    const end = Math.min(resource.length, this.#longestPrefix);
    for (let at = 0; at < end; at += 1) {
      const character = resource.charCodeAt(at);
      if ((character === colon || character === slash) && this.#prefixes.has(resource.slice(0, at + 1))) return true;
    }
    return false;
  }

  /** Whether one pattern has any resource in common with `resource`, read as a pattern where it ends in `*`. */
  touches(resource: string): boolean {
    if (this.covers(resource)) return true;
    if (!resource.endsWith('*')) return false;
    const stem = resource.slice(0, -1);
    return [...this.#exact, ...this.#prefixes].some((text) => text.startsWith(stem));
  }
}

const colon = 0x3a;
const slash = 0x2f;

/** A resource with places for parameters, `users:id:{id}`, taken apart once. */
export interface ResourceTemplate {
  readonly text: string;
  /** Text and parameter names in turn, text first. */
  readonly parts: readonly string[];
}

/** A place for the parameter of that name. */
export const placeholder = /\{([\w$-]+)\}/g;

export function resourceTemplate(text: string): ResourceTemplate {
  return { text, parts: text.split(placeholder) };
}

/** The resource, or undefined where a parameter is missing, empty, a list, or holds a character that means something in a pattern. */
export function filledTemplate(template: ResourceTemplate, parameters: object | undefined): string | undefined {
  const { parts } = template;
  if (parts.length === 1) return template.text;
  let filled = '';
  for (const [index, part] of parts.entries()) {
    const piece = index % 2 === 0 ? part : usableParameter(parameters, part);
    if (piece === undefined) return undefined;
    filled += piece;
  }
  return filled;
}

function usableParameter(parameters: object | undefined, name: string): string | undefined {
  if (parameters === undefined || !Object.hasOwn(parameters, name)) return undefined;
  const given: unknown = (parameters as Record<string, unknown>)[name];
  const value = Number.isSafeInteger(given) ? String(given) : given;
  if (typeof value !== 'string' || value === '' || /[*?:/]/.test(value)) return undefined;
  return value;
}
