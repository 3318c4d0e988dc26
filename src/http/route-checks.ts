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

const unseen = new WeakSet<object>();

/** What hands requests on to somebody else's handler, remembered as what nobody can see into. */
export function asUnseen<Handing extends object>(handing: Handing): Handing {
  unseen.add(handing);
  return handing;
}

export function isUnseen(one: unknown): boolean {
  return typeof one === 'function' && unseen.has(one);
}

const refusing = new WeakSet<object>();

/** What answers for a whole application that refuses what nothing guards, remembered as such. */
export function asRefusing<Answering extends object>(answering: Answering): Answering {
  refusing.add(answering);
  return answering;
}

export function refusesUnguarded(one: unknown): boolean {
  return typeof one === 'function' && refusing.has(one);
}
