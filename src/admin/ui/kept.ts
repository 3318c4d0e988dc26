// What outlives a reload of the page within one tab: forms that are not sent yet, and where to return to after signing in. Tokens
// are never among it.

const prefix = 'rightful:';

/** Undefined: nothing is kept under this name, or it cannot be read. */
export function kept(name: string): unknown {
  try {
    const text = sessionStorage.getItem(prefix + name);
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Undefined: it is forgotten. Where the browser keeps nothing, nothing is kept. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === undefined) sessionStorage.removeItem(prefix + name);
    else sessionStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // It is lost with a reload, then, and nothing else happens.
  }
}

/** Those whose names begin so. */
export function forgetAll(start = ''): void {
  try {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(prefix + start)) sessionStorage.removeItem(name);
    }
  } catch {
    // There is nothing to forget.
  }
}
