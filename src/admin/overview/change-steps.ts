// One change as JSON goes in, the change of a role store that it means comes out. What the store checks is left to the store.

import type { Change } from '../../core/change.ts';
import { isRecord } from '../../core/options.ts';
import type { PrivilegeInput, RoleInput } from '../../core/role-store.ts';
import type { Subject } from '../../core/privilege.ts';
import type { Administered } from '../administered.ts';
import { amiss, membersOf, optionalText, text } from './members.ts';

/** @throws RequestFault when it is no change. */
export function asChange(value: unknown, name: string, admin: Administered): Change {
  const kind = isRecord(value) ? value['kind'] : undefined;
  switch (kind) {
    case 'grant':
    case 'revoke': {
      const { subject, privilege } = membersOf(value, name, ['kind', 'subject', 'privilege']);
      if (privilege === undefined) throw amiss(`${name}.privilege`, 'a privilege, or a list of them');
      return { kind, subject: subjectIn(subject, `${name}.subject`, admin), privilege: privilege as PrivilegeInput };
    }
    case 'assign': {
      const given = membersOf(value, name, ['kind', 'subject', 'role', 'organization', 'expiresAt']);
      return {
        kind,
        ...assignment(given, name, admin),
        ...(given.expiresAt !== undefined && { expiresAt: given.expiresAt as number }),
      };
    }
    case 'deassign':
      return { kind, ...assignment(membersOf(value, name, ['kind', 'subject', 'role', 'organization']), name, admin) };
    case 'put-role': {
      const { role } = membersOf(value, name, ['kind', 'role']);
      if (!isRecord(role)) throw amiss(`${name}.role`, 'a role');
      return { kind, role: role as unknown as RoleInput };
    }
    case 'delete-role': {
      const { uid, force = false } = membersOf(value, name, ['kind', 'uid', 'force']);
      if (typeof force !== 'boolean') throw amiss(`${name}.force`, 'true or false');
      return { kind, uid: text(uid, `${name}.uid`), force };
    }
    default:
      throw amiss(`${name}.kind`, kinds);
  }
}

const kinds = "'grant', 'revoke', 'assign', 'deassign', 'put-role' or 'delete-role'";

function assignment(
  given: { readonly subject?: unknown; readonly role?: unknown; readonly organization?: unknown },
  name: string,
  admin: Administered,
): { subject: Subject; role: string; organization?: string } {
  const organization = optionalText(given.organization, `${name}.organization`);
  return {
    subject: subjectIn(given.subject, `${name}.subject`, admin),
    role: text(given.role, `${name}.role`),
    ...(organization !== undefined && { organization }),
  };
}

/** `{ kind, id }` of the issuer that is administered. */
export function subjectIn(value: unknown, name: string, { issuer }: Administered): Subject {
  const { kind, id } = membersOf(value, name, ['kind', 'id']);
  if (kind !== 'user' && kind !== 'client') throw amiss(`${name}.kind`, "'user' or 'client'");
  return { issuer, id: text(id, `${name}.id`), kind };
}
