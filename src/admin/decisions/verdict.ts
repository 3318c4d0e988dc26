// One question goes in, its decision comes out, with the reasons for it (AuthZEN 1.0 section 5.5).

import type { Missing } from '../../core/errors.ts';
import type { Privilege } from '../../core/privilege.ts';
import { refusalTexts } from '../../core/refusal-texts.ts';
import type { Administered } from '../administered.ts';
import type { Asked } from './asked.ts';
import type { Held, Rights } from './held.ts';
import { placeOf } from './resources.ts';

/** A decision, as it is sent. */
export interface Verdict {
  readonly decision: boolean;
  readonly context: Readonly<Record<string, unknown>>;
}

/** What is not known, or names nothing, is nobody's permission: a decision like any other. */
export async function verdictOn(asked: Asked, held: Held, admin: Administered): Promise<Verdict> {
  const permission = admin.catalogue.nameOf(asked.action);
  if (permission === undefined)
    return unknown('unknown_action', 'The API defines no permission of the name of the action');
  const place = placeOf(asked.resource, admin);
  if (place === undefined) return unknown('unknown_resource', 'The type and id of the resource name no resource');
  const rights = await held.by(asked.subject, asked.context);
  if (rights === undefined) return unknown('unknown_subject', 'There is no such type of subject, or no such issuer');
  const { on } = place;
  if (rights.permissions.has(permission, on)) return permitted(permission, on, rights);
  return refused(permission, on, rights);
}

function unknown(code: string, reason: string): Verdict {
  return { decision: false, context: { code, ...reasons('403', reason, refusalTexts.insufficientPrivilege) } };
}

function permitted(permission: string, on: string | undefined, { privileges }: Rights): Verdict {
  const { granted } = privileges.explain(permission, on);
  const reason = `${named(permission, on)} is held ${sources(granted)}`;
  return { decision: true, context: reasons('200', reason) };
}

function refused(permission: string, on: string | undefined, rights: Rights): Verdict {
  const missing = missingOf(permission, on);
  const { delegated, privileges } = rights;
  if (delegated !== undefined && !delegated.has(permission)) {
    const reason = `The scopes do not delegate ${permission}`;
    const more = { code: 'insufficient_scope', ...missing, scope: permission };
    return { decision: false, context: { ...more, ...reasons('403', reason, refusalTexts.insufficientScope) } };
  }
  const { denied } = privileges.explain(permission, on);
  const why = denied.length === 0 ? 'not held' : `denied ${sources(denied)}`;
  const reason = `${named(permission, on)} is ${why}`;
  const more = { code: 'insufficient_privilege', ...missing };
  return { decision: false, context: { ...more, ...reasons('403', reason, refusalTexts.insufficientPrivilege) } };
}

// Longer names no privilege has. Many questions may share one that is very long: it is not repeated in each answer.
const maxNameLength = 1024;
const maxShownLength = 200;

function missingOf(permission: string, on: string | undefined): { missing?: Missing[] } {
  if (on === undefined) return { missing: [{ permission }] };
  return on.length > maxNameLength ? {} : { missing: [{ permission, on }] };
}

function reasons(status: '200' | '403', admin: string, user?: string): Record<string, unknown> {
  return {
    reason_admin: { [status]: admin },
    ...(user !== undefined && { reason_user: { [status]: user } }),
  };
}

function named(permission: string, on: string | undefined): string {
  if (on === undefined) return permission;
  return `${permission} on ${on.length > maxShownLength ? `${on.slice(0, maxShownLength)}…` : on}`;
}

// As many as anybody reads.
const maxSources = 5;

function sources(privileges: readonly Privilege[]): string {
  const all = [...new Set(privileges.map(sourceOf))];
  const more = all.length > maxSources ? [`${all.length - maxSources} more`] : [];
  return [...all.slice(0, maxSources), ...more].join('; ');
}

function sourceOf({ on, source }: Privilege): string {
  const { kind = 'direct', role, via } = source ?? {};
  const where = on === undefined ? 'everywhere' : `on ${on === '' ? 'no resource' : on}`;
  if (role === undefined) return `${where}, ${kind === 'direct' ? 'directly' : `by ${kind}`}`;
  return `${where}, by the role ${role}${via === undefined ? '' : ` through ${via}`}`;
}
