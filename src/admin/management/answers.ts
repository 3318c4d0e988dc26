// A fault goes in, the answer of the management API comes out: `{ statusCode, error, message, errorCode? }`.

import { BeyondCeilingError } from '../../core/change-errors.ts';
import { AccessError } from '../../core/errors.ts';
import type { Fault } from '../faults.ts';

/** The error body that Auth0's clients read. */
export interface ManagementFaultBody {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly errorCode?: string;
  readonly attributes?: { readonly error: string };
  /** What who calls does not hold. */
  readonly missing?: readonly unknown[];
}

export function managementFault(fault: Fault): { status: number; body: ManagementFaultBody } {
  const { status, code, cause } = fault;
  const error = reasons.get(status) ?? 'Error';
  if (status === 401) {
    const message = code === 'missing_token' ? 'Missing authentication' : 'Invalid token';
    return { status, body: { statusCode: status, error, message, attributes: { error: message } } };
  }
  const missing = cause instanceof BeyondCeilingError || cause instanceof AccessError ? cause.missing : undefined;
  const { message, errorCode } = worded(fault);
  return {
    status,
    body: {
      statusCode: status,
      error,
      message,
      ...(errorCode !== undefined && { errorCode }),
      ...(missing !== undefined && { missing }),
    },
  };
}

/** What Auth0's clients know by other words and names than ours. */
function worded({ code, message, cause }: Fault): { message: string; errorCode?: string | undefined } {
  switch (code) {
    case 'invalid_request':
      return { message: 'Bad HTTP authentication header format', errorCode: 'Bearer' };
    case 'insufficient_scope':
    case 'insufficient_privilege':
      return { message: expected(cause as AccessError), errorCode: code };
    case 'invalid_body':
      return { message: asPayloadFault(message), errorCode: code };
    case 'role_not_found':
      return { message: 'The role does not exist.' };
    case 'role_name_taken':
      return { message: 'The role already exists.', errorCode: code };
    case undefined:
    default:
      return { message, errorCode: code };
  }
}

function expected({ code, missing = [] }: AccessError): string {
  const names = missing.flatMap((one) => ('permission' in one ? [one.permission] : []));
  const what = code === 'insufficient_scope' ? 'scope' : 'privilege';
  return `Insufficient ${what}, expected any of: ${[...new Set(names)].join(',')}`;
}

// What the body or the store found wrong has words of its own.
function asPayloadFault(message: string): string {
  return message.startsWith('Payload validation error: ') ? message : `Payload validation error: '${message}'.`;
}

const reasons = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [413, 'Payload Too Large'],
  [415, 'Unsupported Media Type'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [503, 'Service Unavailable'],
]);
