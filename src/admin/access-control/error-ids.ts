// A refusal goes in, the id comes out by which whoever was refused and the operator mean the same one.

import { randomInt } from 'node:crypto';
import { BeyondCeilingError } from '../../core/change-errors.ts';

const ids = new WeakMap<object, string>();

/**
 * The `accessErrorId` in the answer of the access-control API to this refusal: `ACE` and ten digits. For `onRefused` of the
 * authorizer, which hears of every refusal before it is answered: `onRefused: (error) => log(accessErrorIdOf(error), error)`.
 */
export function accessErrorIdOf(error: Error): string {
  // What a change is refused with is heard of as the cause of an AccessError.
  const refusal = error.cause instanceof BeyondCeilingError ? error.cause : error;
  const known = ids.get(refusal);
  if (known !== undefined) return known;
  const id = `ACE${String(randomInt(10 ** 10)).padStart(10, '0')}`;
  ids.set(refusal, id);
  return id;
}
