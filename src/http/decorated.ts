// The arguments of a call go in; out comes whether it is a decorator's, and of which kind: TC39's or TypeScript's legacy one.

/** A method as decorators see it. */
// Its `this`, arguments and result are whatever the class says.
// oxlint-disable-next-line typescript/no-explicit-any
export type Method = (this: any, ...given: any[]) => any;

/** The method with something put before it. */
export type Wrap = (method: Method) => Method;

/** What a decorator's call must return; undefined where it is a request's and no decorator's. */
export function decorated(given: readonly unknown[], wrap: Wrap): { readonly result: unknown } | undefined {
  // By index: each request passes here, and nearly none has more to do.
  const first = given[0];
  const second = given[1];
  if ((typeof first === 'function' || first === undefined) && isTc39Context(second)) {
    if (second.kind !== 'method' || first === undefined) throw onlyMethods(String(second.name));
    return { result: wrap(first as Method) };
  }
  const isLegacy = (typeof second === 'string' || typeof second === 'symbol') && first !== undefined;
  if (!isLegacy) return undefined;
  const descriptor = given[2] as TypedPropertyDescriptor<Method> | undefined;
  if (typeof descriptor?.value !== 'function') throw onlyMethods(String(second));
  return { result: { ...descriptor, value: wrap(descriptor.value) } };
}

function isTc39Context(value: unknown): value is { kind: string; name: unknown } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, addInitializer } = value as Record<string, unknown>;
  return typeof kind === 'string' && typeof addInitializer === 'function';
}

function onlyMethods(name: string): TypeError {
  return new TypeError(`Expected \`requirePermission\` to decorate a method, got \`${name}\``);
}
