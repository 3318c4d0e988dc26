// A fault goes in, an RFC 9457 problem document comes out.

import { BeyondCeilingError, RoleVersionConflictError } from '../../core/change-errors.ts';
import { AccessError } from '../../core/errors.ts';
import type { Fault } from '../faults.ts';

export function overviewFault({ status, message, code, cause }: Fault): { status: number; body: object } {
  const missing = cause instanceof BeyondCeilingError || cause instanceof AccessError ? cause.missing : undefined;
  const scope = cause instanceof AccessError ? cause.scope : undefined;
  const version = cause instanceof RoleVersionConflictError ? cause.version : undefined;
  return {
    status,
    body: {
      type: `https://www.npmjs.com/package/rightful#${code ?? 'administration'}`,
      title: titles.get(status) ?? 'Refused',
      status,
      detail: message,
      code: code ?? 'error',
      ...(missing !== undefined && { missing }),
      ...(scope !== undefined && { scope }),
      ...(version !== undefined && { version }),
    },
  };
}

const titles = new Map([
  [400, 'Not understood'],
  [401, 'Sign-in needed'],
  [403, 'Not permitted'],
  [404, 'Not found'],
  [409, 'Changed meanwhile'],
  [429, 'Too many calls'],
  [500, 'Something went wrong'],
  [503, 'Access cannot be decided'],
]);
