// What a check is put before goes in and can be asked for again: the walk looks through the checks of `denyUnguarded`.

const originals = new WeakMap<object, { readonly original: unknown }>();

/** The check, remembered as standing for `original`; undefined: for nothing, beside what it was put before. */
export function standsFor<Check extends object>(check: Check, original: unknown): Check {
  originals.set(check, { original });
  return check;
}

export function isCheck(one: unknown): boolean {
  return typeof one === 'function' && originals.has(one);
}

/** What the application itself has put there; undefined: nothing. */
export function originalOf(one: unknown): unknown {
  const known = typeof one === 'function' ? originals.get(one) : undefined;
  return known === undefined ? one : known.original;
}
