// A decision that refuses goes in, the error that answers the request comes out.

import type { Decision } from './decision.ts';
import type { PolicyFailure } from './policies.ts';
import {
  AccessError,
  InsufficientPrivilegeError,
  InsufficientScopeError,
  PolicyRefusedError,
  seenAs,
  UnavailableError,
} from './errors.ts';

/** What the policy that refuses has thrown, or the answer itself where a resolver has one. */
export type Failure = PolicyFailure | AccessError | undefined;

export function refusalFor(decision: Decision, failure: Failure): AccessError {
  if (failure instanceof AccessError) return failure;
  if (decision.permit) throw new TypeError('A permit is no refusal');
  const { lacking, missing, scope } = decision;
  switch (lacking) {
    case 'scope':
      return new InsufficientScopeError(undefined, { missing, ...(scope !== undefined && { scope }) });
    case 'privilege':
      return new InsufficientPrivilegeError(undefined, { missing });
    case 'policy':
      return failure === undefined
        ? new PolicyRefusedError(undefined, { missing })
        : policyRefusal(failure.policy, failure.thrown);
  }
}

/** Whether it says no to who signed in: 403, or the 404 in its place. Who nobody is, and what cannot be decided, is none. */
export function isDenial({ status }: AccessError): boolean {
  return status === 403 || status === 404;
}

/** An AccessError that a policy throws is the answer itself; anything else is for the operator. A 403 says what is missing. */
export function policyRefusal(policy: string, thrown: unknown): AccessError {
  const missing = Object.freeze([Object.freeze({ policy })]);
  if (!(thrown instanceof AccessError)) return new PolicyRefusedError(undefined, { missing, cause: thrown });
  return thrown.status === 403 && thrown.missing === undefined ? seenAs(thrown, { missing }) : thrown;
}

/** What is thrown on the way and is none of ours is nobody's permit: 503. */
export function asAccessError(cause: unknown): AccessError {
  return cause instanceof AccessError ? cause : new UnavailableError(undefined, { cause });
}
