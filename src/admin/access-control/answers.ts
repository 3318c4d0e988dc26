// A fault goes in, the answer of the access-control API comes out: `{ message, error?, … }`.

import { BeyondCeilingError, RoleInUseError, RoleVersionConflictError } from '../../core/change-errors.ts';
import { AccessError } from '../../core/errors.ts';
import type { Missing } from '../../core/errors.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { Fault } from '../faults.ts';
import { accessErrorIdOf } from './error-ids.ts';

/** The error body that clients of this API read. */
export interface AccessControlFaultBody {
  readonly title?: string;
  readonly message: string;
  /** What kind of error it is: stable. */
  readonly error?: string;
  /** By which the operator finds it. */
  readonly accessErrorId?: string;
  /** What who calls does not hold. */
  readonly missing?: readonly object[];
  /** The scopes that would be enough. */
  readonly scope?: string;
  /** The version that the role has. */
  readonly version?: number;
  /** To how many it is assigned. */
  readonly holders?: number;
}

export function accessControlFault(fault: Fault): { status: number; body: AccessControlFaultBody } {
  const { status, message, code, cause } = fault;
  const error = code === undefined ? {} : { error: code };
  if (status === 401) return { status, body: { message: 'Unauthorized', ...error } };
  if (status === 403 && cause instanceof Error) return { status, body: { ...denied(cause), ...error } };
  return { status, body: { message, ...error, ...detailsOf(cause) } };
}

function detailsOf(cause: unknown): Partial<AccessControlFaultBody> {
  if (cause instanceof RoleVersionConflictError) return { version: cause.version };
  return cause instanceof RoleInUseError ? { holders: cause.holders } : {};
}

function denied(cause: Error): AccessControlFaultBody {
  const missing = missingIn(cause);
  const needed = [...new Set(missing.map(asText))].join(', ');
  return {
    title: 'Access denied',
    message: `${whatIsLess(cause)}. Permissions needed: ${needed === '' ? 'unknown' : needed}`,
    accessErrorId: accessErrorIdOf(cause),
    missing: missing.map(asPermission),
    ...(cause instanceof AccessError && cause.scope !== undefined && { scope: cause.scope }),
  };
}

function whatIsLess(cause: Error): string {
  if (cause instanceof BeyondCeilingError) return 'What others hold is changed only by who holds all of it';
  const isScope = cause instanceof AccessError && cause.code === 'insufficient_scope';
  return isScope ? 'The access token does not delegate enough for this' : 'You do not hold what this takes';
}

type Lacking = Missing | Privilege;

function missingIn(cause: Error): readonly Lacking[] {
  if (cause instanceof BeyondCeilingError) return cause.missing;
  return cause instanceof AccessError ? (cause.missing ?? []) : [];
}

function asText(missing: Lacking): string {
  if ('policy' in missing) return missing.policy;
  return missing.on === undefined || missing.on === '' ? missing.permission : `${missing.permission} on ${missing.on}`;
}

/** In the words of this API. What is missing everywhere has the scope `*`, whatever the dialect. */
function asPermission(missing: Lacking): object {
  if ('policy' in missing) return missing;
  const { permission, on = '*' } = missing;
  const organization = 'organization' in missing ? missing.organization : undefined;
  return { action: permission, scope: on, ...(organization !== undefined && { orgId: organization }) };
}
