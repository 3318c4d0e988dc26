// A decision that refuses goes in, the error that answers the request comes out.

import type { Decision, PolicyFailure } from './decision.ts';
import {
  AccessError,
  InsufficientPrivilegeError,
  InsufficientScopeError,
  PolicyRefusedError,
  seenAs,
} from './errors.ts';

/** `failure`: what the policy that refuses has thrown. */
export function refusalFor(decision: Decision, failure: PolicyFailure | undefined): AccessError {
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

/** An AccessError that a policy throws is the answer itself; anything else is for the operator. A 403 says what is missing. */
export function policyRefusal(policy: string, thrown: unknown): AccessError {
  const missing = Object.freeze([Object.freeze({ policy })]);
  if (!(thrown instanceof AccessError)) return new PolicyRefusedError(undefined, { missing, cause: thrown });
  return thrown.status === 403 && thrown.missing === undefined ? seenAs(thrown, { missing }) : thrown;
}
