// What is to be written goes in, the nodes of a document for it come out, short and in one line where that can be.

import { Document, isScalar, Pair, Scalar, visit, YAMLMap } from 'yaml';
import type { Node } from 'yaml';
import type { Privilege } from '../core/privilege.ts';
import type { InheritedRole, RoleAssignment } from '../core/role-store.ts';

/** Plain data, in one line where `flow`. */
export function nodeOf(value: unknown, flow = false): Node {
  const node = new Document().createNode(value, { aliasDuplicateObjects: false, flow });
  visit(node, { Scalar: (_key, scalar) => quote(scalar) });
  return node;
}

export function pairOf(name: string, value: unknown): Pair {
  return new Pair(nodeOf(name), value instanceof YAMLMap ? value : nodeOf(value));
}

// Everything that some reader of YAML might take for something else than text.
const unusual = /[^\x20-\x7E\u00A1-\u167F\u1681-\u1FFF\u2030-\uD7FF\uE000-\uFDFF\uFE10-\uFEFE\uFF00-\uFFEF]|^<<$|^$/;

function quote(scalar: Scalar): void {
  if (typeof scalar.value === 'string' && unusual.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
}

/** A bare name, or an object in one line. */
export function privilegeNode({ source, expiresAt, ...privilege }: Privilege): Node {
  const { kind = 'direct', ...more } = source ?? {};
  const members = {
    permission: privilege.permission,
    ...membersOf({ ...privilege, permission: undefined, expiresAt: instant(expiresAt) }),
    ...(kind === 'direct' && Object.keys(more).every((name) => name === 'assignedBy') ? membersOf(more) : { source }),
  };
  return Object.keys(members).length === 1 ? nodeOf(privilege.permission) : nodeOf(members, true);
}

export function assignmentNode({ expiresAt, assignedAt, ...assignment }: RoleAssignment): Node {
  const { role, organization, assignedBy } = assignment;
  const more = { organization, expiresAt: instant(expiresAt), assignedBy, assignedAt: instant(assignedAt) };
  return roleNode(role, membersOf(more));
}

export function inheritedNode({ role, organization }: InheritedRole): Node {
  return roleNode(role, membersOf({ organization }));
}

function roleNode(role: string, more: Record<string, unknown>): Node {
  return Object.keys(more).length === 0 ? nodeOf(role) : nodeOf({ role, ...more }, true);
}

function membersOf(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** As a date, where that says the same. */
export function instant(milliseconds: number | undefined): string | number | undefined {
  if (milliseconds === undefined || !Number.isInteger(milliseconds)) return milliseconds;
  const hasDate = milliseconds >= 0 && milliseconds < Date.UTC(10_000, 0);
  return hasDate ? new Date(milliseconds).toISOString() : milliseconds;
}

/** What is written under a name, where there is something. */
export function memberOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

export function deleteMember(map: YAMLMap, name: string): void {
  map.items = map.items.filter(({ key }) => !(isScalar(key) && key.value === name));
}
