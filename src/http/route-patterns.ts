// The path of a guard and the path of a route go in; out comes whether each request to the route passes the guard. Only what is
// certain counts: where two paths cannot be compared, the guard does not stand before the route.

/** One part of a path between slashes. */
type Segment =
  | { readonly kind: 'literal'; readonly text: string; readonly isSensitive: boolean }
  | { readonly kind: 'parameter'; readonly name: string; readonly isLeavable: boolean };

/** Which URLs a path matches, as far as that can be told. */
export interface PathPattern {
  /** As a person reads it. */
  readonly text: string;
  /** Two patterns with the same one match the same; undefined: a regular expression that remembers where it was. */
  readonly id: string | undefined;
  /** The plain parts that it begins with. */
  readonly segments: readonly Segment[];
  /** What follows them: nothing, at least one more part, anything or nothing, or what cannot be told. */
  readonly rest: 'none' | 'some' | 'any' | 'unknown';
  /** Whether it matches only with, or only without, a slash at its end. */
  readonly isStrict: boolean;
}

/** Whether a pattern matches whole paths, or also whatever goes on below them. */
export type Reach = 'exact' | 'prefix';

/** A pattern where it stands. */
export interface Placed {
  readonly pattern: PathPattern;
  readonly reach: Reach;
}

export const everywhere: Placed = Object.freeze({
  pattern: Object.freeze({ text: '/', id: '/', segments: Object.freeze([]), rest: 'any' as const, isStrict: false }),
  reach: 'prefix',
});

/** How a framework reads paths. */
export interface Reading {
  readonly isSensitive: boolean;
  /** Whether `/x` and `/x/` are two paths. */
  readonly isStrict: boolean;
  /** path-to-regexp 0.1, as in Express 4, in place of 8. */
  readonly isLegacy?: boolean;
  /** Whether a slash at the end of the path that was registered counts. Default: where it is strict. */
  readonly keepsLastSlash?: boolean;
  /** Whether what looks at a parameter of this name may leave the entry: then only what has the same parameter is left as well. */
  readonly isLeft?: (name: string) => boolean;
}

export function pathPattern(path: unknown, reading: Reading): PathPattern {
  if (path instanceof RegExp) {
    const id = path.global || path.sticky ? undefined : String(path);
    return { text: String(path), id, segments: [], rest: 'unknown', isStrict: true };
  }
  if (typeof path !== 'string') return { text: '/…', id: undefined, segments: [], rest: 'unknown', isStrict: true };
  const { lead, rest, wildcard } = reading.isLegacy === true ? legacyRest(path) : modernRest(path);
  const { segments, isPlain } = segmentsOf(lead, reading);
  const { isSensitive, isStrict, isLeft } = reading;
  const isWhole = isPlain && (wildcard === undefined || isLeft?.(wildcard) !== true);
  const id = `${isSensitive ? 'sensitive' : ''}${isStrict ? 'strict' : ''}:${path}`;
  return { text: path === '' ? '/' : path, id, segments, rest: isWhole ? rest : 'unknown', isStrict };
}

interface Split {
  readonly lead: string;
  readonly rest: PathPattern['rest'];
  /** The name of the parameter that takes the rest. */
  readonly wildcard?: string | undefined;
}

function legacyRest(path: string): Split {
  const wildcard = '0';
  if (path === '*' || path === '/*') return { lead: '', rest: 'any', wildcard };
  return path.endsWith('/*') ? { lead: path.slice(0, -2), rest: 'some', wildcard } : { lead: path, rest: 'none' };
}

function modernRest(path: string): Split {
  const [, all] = /^\/\{\*(\w+)\}$/.exec(path) ?? [];
  if (all !== undefined) return { lead: '', rest: 'any', wildcard: all };
  const [optional, perhaps] = /\{\/\*(\w+)\}$/.exec(path) ?? [];
  if (optional !== undefined) return { lead: path.slice(0, -optional.length), rest: 'any', wildcard: perhaps };
  const [tail, wildcard] = /\/\*(\w+)$/.exec(path) ?? [];
  return tail === undefined
    ? { lead: path, rest: 'none' }
    : { lead: path.slice(0, -tail.length), rest: 'some', wildcard };
}

// Characters that mean themselves in every dialect of paths.
const literal = /^[\w~.@,=&;'%-]+$/;
const parameter = /^:(\w+)$/;

function segmentsOf(
  lead: string,
  { isSensitive, isStrict, keepsLastSlash = isStrict, isLeft }: Reading,
): { segments: Segment[]; isPlain: boolean } {
  if (lead === '' || lead === '/') return { segments: [], isPlain: true };
  if (!lead.startsWith('/')) return { segments: [], isPlain: false };
  const parts = lead.slice(1).split('/');
  if (!keepsLastSlash && parts.at(-1) === '') parts.pop();
  const segments: Segment[] = [];
  for (const part of parts) {
    const [, name] = parameter.exec(part) ?? [];
    if (name !== undefined) segments.push({ kind: 'parameter', name, isLeavable: isLeft?.(name) === true });
    else if (literal.test(part)) segments.push({ kind: 'literal', text: part, isSensitive });
    else return { segments, isPlain: false };
  }
  return { segments, isPlain: true };
}

/** Whether every request that comes to `route` passes what stands at `guard` before it, on the same router. */
export function covers(guard: Placed, route: Placed): boolean {
  const [{ id, segments, rest }, there] = [guard.pattern, route.pattern];
  if (id !== undefined && id === there.id && guard.reach === route.reach) return true;
  if (!leads(segments, there.segments)) return false;
  switch (rest) {
    case 'any':
      return true;
    case 'some':
      return (
        there.segments.length > segments.length || (there.rest === 'some' && there.segments.length === segments.length)
      );
    case 'none':
      if (guard.reach === 'prefix') return true;
      if (guard.pattern.isStrict && !there.isStrict) return false;
      return route.reach === 'exact' && there.rest === 'none' && there.segments.length === segments.length;
    case 'unknown':
      return false;
  }
}

function leads(before: readonly Segment[], after: readonly Segment[]): boolean {
  return before.every((segment, index) => {
    const other = after[index];
    return other !== undefined && takes(segment, other);
  });
}

/** Whether each text that `there` takes is also taken here. */
function takes(here: Segment, there: Segment): boolean {
  if (here.kind === 'parameter') return !here.isLeavable || (there.kind === 'parameter' && there.name === here.name);
  if (there.kind === 'parameter') return false;
  if (!here.isSensitive) return here.text.toLowerCase() === there.text.toLowerCase();
  return here.text === there.text && (there.isSensitive || !/[a-z]/i.test(here.text));
}

/** What is left of `guard` below `mount`, seen from the router there; undefined where nothing certain is left. */
export function below(guard: Placed, mount: Placed): Placed | undefined {
  if (covers(guard, mount)) return everywhere;
  const { segments, rest } = guard.pattern;
  const { segments: passed } = mount.pattern;
  // A router below knows nothing of what looks at parameters here.
  const isLost =
    isLeavable(guard.pattern) ||
    mount.pattern.rest !== 'none' ||
    rest === 'unknown' ||
    (rest === 'none' && guard.reach === 'exact');
  if (isLost || !leads(segments.slice(0, passed.length), passed) || segments.length < passed.length) return undefined;
  return { pattern: { ...guard.pattern, id: undefined, segments: segments.slice(passed.length) }, reach: guard.reach };
}

/** Whether some request could come to both: only certainty says no. */
export function mayMeet(one: PathPattern, other: PathPattern): boolean {
  return one.segments.every((segment, index) => {
    const there = other.segments[index];
    if (there === undefined || segment.kind === 'parameter' || there.kind === 'parameter') return true;
    return segment.text.toLowerCase() === there.text.toLowerCase();
  });
}

/** The names of the parameters that a path is certain to have. */
export function parametersOf({ segments }: PathPattern): string[] {
  return segments.flatMap((segment) => (segment.kind === 'parameter' ? [segment.name] : []));
}

/** Whether what looks at one of its parameters may leave what stands there. */
export function isLeavable({ segments }: PathPattern): boolean {
  return segments.some((one) => one.kind === 'parameter' && one.isLeavable);
}

/** The same pattern, if nothing ever left it. */
export function neverLeft({ pattern, reach }: Placed): Placed {
  const segments = pattern.segments.map((one) => (one.kind === 'parameter' ? { ...one, isLeavable: false } : one));
  return { pattern: { ...pattern, segments }, reach };
}

/** The same pattern, where the case of letters does not count. */
export function inAnyCase({ pattern, reach }: Placed): Placed {
  const segments = pattern.segments.map((one) => (one.kind === 'literal' ? { ...one, isSensitive: false } : one));
  return { pattern: { ...pattern, id: undefined, segments }, reach };
}

/** What is read of a route below a mounted router. */
export function joined(mount: string, path: string): string {
  const [before, after] = [shown(mount), shown(path)];
  if (before === '/' || before === '') return path === '' ? '/' : path;
  if (path === '/' || path === '') return mount;
  return `${before.replace(/\/$/, '')}${after}`;
}

/** A regular expression inside a longer path. */
function shown(path: string): string {
  const [, source] = /^\/(\^.*)\/[a-z]*$/.exec(path) ?? [];
  return source === undefined ? path : `(${source})`;
}
