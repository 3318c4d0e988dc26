// What somebody handed to a store goes in, to be checked; what is wrong with it comes out as an error of its own kind: whoever
// handed it in is at fault, and not the store, whose own TypeErrors are accidents.

import { expectation } from './options.ts';

/** Something handed to a store is not as it must be. Nothing was changed. The message names it, and may be told to who sent it. */
export class InvalidInputError extends TypeError {
  override readonly name: string = 'InvalidInputError';
  readonly code = 'invalid_input';
}

/** What `check`, which looks at nothing but what was handed in, returns. @throws InvalidInputError when it throws a TypeError. */
export function ofInput<Value>(check: () => Value): Value {
  try {
    return check();
  } catch (cause) {
    const isToldApart = cause instanceof InvalidInputError || !(cause instanceof TypeError);
    throw isToldApart ? cause : new InvalidInputError(cause.message, { cause });
  }
}

export function invalidInput(name: string, expected: string, got: unknown): InvalidInputError {
  return new InvalidInputError(expectation(name, expected, got).message);
}
