// Plain data goes in, the same data frozen to the bottom comes out.

/** Frozen level by level without recursion: data from outside may be nested as deeply as its size allows. */
export function frozenDeep<Value extends object>(value: Value): Value {
  const waiting: object[] = [value];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    Object.freeze(one);
    for (const member of Object.values(one) as unknown[]) {
      if (typeof member === 'object' && member !== null && !Object.isFrozen(member)) waiting.push(member);
    }
  }
  return value;
}
