// An option goes in, a checked copy comes out, or a TypeError that names the option, what was expected and what came.

/** ``Expected `maxAgeMs` to be a finite number >= 0, got "30s" (string)`` */
export function expectation(name: string, expected: string, got: unknown): TypeError {
  return new TypeError(`Expected \`${name}\` to be ${expected}, got ${described(got)}`);
}

/** The same for what must not be printed. */
export function secretExpectation(name: string, expected: string): TypeError {
  return new TypeError(`Expected \`${name}\` to be ${expected}`);
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string')
    return `${JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)} (string)`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'function') return 'a function';
  return `${String(value)} (${typeof value})`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own members of an option object, copied. @throws TypeError when it is none, or has a member that is not in `known`. */
export function checkedMembers<Name extends string>(
  value: unknown,
  name: string,
  known: readonly Name[],
): { [Key in Name]?: unknown } {
  if (!isRecord(value)) throw expectation(name, 'an object', value);
  for (const key of Object.keys(value)) {
    if (!(known as readonly string[]).includes(key)) {
      throw new TypeError(`Unknown option \`${key}\` in \`${name}\`: expected ${known.join(', ')}`);
    }
  }
  return Object.fromEntries(known.filter((key) => Object.hasOwn(value, key)).map((key) => [key, value[key]])) as {
    [Key in Name]?: unknown;
  };
}

export function checkedString(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw expectation(name, 'a non-empty string', value);
  return value;
}

export function checkedNumber(
  value: unknown,
  name: string,
  fallback: number,
  { atLeast, atMost }: { atLeast: number; atMost?: number },
): number {
  if (value === undefined) return fallback;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < atLeast) {
    throw expectation(name, `a finite number >= ${atLeast}`, value);
  }
  if (atMost !== undefined && value > atMost) throw expectation(name, `a finite number <= ${atMost}`, value);
  return value;
}

/** Milliseconds, as long as a timer can wait and no longer: more would be none at all. */
export function checkedDelayMs(value: unknown, name: string, fallback: number): number {
  return checkedNumber(value, name, fallback, { atLeast: 1, atMost: 2 ** 31 - 1 });
}

export function checkedBoolean(value: unknown, name: string, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') throw expectation(name, 'true or false', value);
  return value;
}

export function checkedChoice<Choice extends string>(
  value: unknown,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  if (value === undefined) return choices[0];
  if (!choices.includes(value as Choice)) {
    throw expectation(name, choices.map((choice) => `'${choice}'`).join(' or '), value);
  }
  return value as Choice;
}

export function checkedStrings(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) throw expectation(name, 'a list of at least one string', value);
  return Object.freeze(value.map((member, index) => checkedString(member, `${name}[${index}]`)));
}

export function checkedFunction<Value extends (...given: never[]) => unknown>(
  value: unknown,
  name: string,
): Value | undefined {
  if (value !== undefined && typeof value !== 'function') throw expectation(name, 'a function', value);
  return value as Value | undefined;
}
