// Two fixed roles that the tests declare.

import { fixedRoleUid } from 'rightful/stores';
import type { FixedRole } from 'rightful/stores';

export const reader: FixedRole = { name: 'fixed:reports:reader', privileges: ['reports:read'], defaults: ['Viewer'] };
export const writer: FixedRole = {
  name: 'fixed:reports:writer',
  description: 'Writes reports',
  privileges: [{ permission: 'reports:write', on: 'reports:*' }],
  inherits: [reader.name],
};
export const readerUid = fixedRoleUid(reader.name);
export const writerUid = fixedRoleUid(writer.name);
