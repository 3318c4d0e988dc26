// The items of a list as they are written and what the list shall hold go in; its items come out. What is in it already keeps its
// form and its comments.

import { isMap, isNode, isScalar } from 'yaml';
import type { Node } from 'yaml';
import type { Privilege } from '../core/privilege.ts';
import type { InheritedRole, RoleAssignment } from '../core/role-store.ts';
import { assignmentAt, grantAt, inheritedAt } from './document.ts';
import { assignmentNode, inheritedNode, privilegeNode } from './file-nodes.ts';
import { Place } from './place.ts';
import { assignmentKey, grantKey } from './records.ts';

export function grantItems(items: readonly unknown[], grants: readonly Privilege[]): Node[] {
  return arranged(items, grants, {
    read: grantAt,
    keyOf: grantKey,
    allOf: (one) => JSON.stringify([grantKey(one), `${one.expiresAt}`, sourceOf(one)]),
    nodeOf: privilegeNode,
  });
}

function sourceOf({ source }: Privilege): unknown {
  return [source?.kind, source?.role, source?.via, source?.assignedBy, `${source?.expiresAt}`];
}

/** The privileges of a role have no source. */
export function privilegeItems(items: readonly unknown[], privileges: readonly Privilege[]): Node[] {
  return arranged(items, privileges, {
    read: grantAt,
    keyOf: grantKey,
    allOf: (one) => JSON.stringify([grantKey(one), `${one.expiresAt}`]),
    nodeOf: privilegeNode,
  });
}

export function assignmentItems(items: readonly unknown[], assignments: readonly RoleAssignment[]): Node[] {
  return arranged(items, assignments, {
    read: (place) => assignmentAt(place, { has: () => true }),
    keyOf: ({ role, organization }) => assignmentKey(role, organization),
    allOf: ({ role, organization, expiresAt, assignedBy, assignedAt }) =>
      JSON.stringify([assignmentKey(role, organization), `${expiresAt}`, assignedBy ?? null, `${assignedAt}`]),
    nodeOf: assignmentNode,
  });
}

export function inheritedItems(items: readonly unknown[], inherits: readonly InheritedRole[]): Node[] {
  const keyOf = ({ role, organization }: InheritedRole): string => assignmentKey(role, organization);
  return arranged(items, inherits, { read: inheritedAt, keyOf, allOf: keyOf, nodeOf: inheritedNode });
}

interface ItemKind<Item> {
  readonly read: (place: Place) => Item;
  /** What tells two of a list apart. */
  readonly keyOf: (item: Item) => string;
  /** The same for two that are the same in all. */
  readonly allOf: (item: Item) => string;
  readonly nodeOf: (item: Item) => Node;
}

function arranged<Item>(items: readonly unknown[], wanted: readonly Item[], kind: ItemKind<Item>): Node[] {
  const known = items.filter((node) => isNode(node)).map((node) => ({ node, item: kind.read(placeOf(node)) }));
  const same = new Map(known.map(({ node, item }) => [kind.allOf(item), node]));
  const replaced = new Map(known.map(({ node, item }) => [kind.keyOf(item), node]));
  return wanted.map((item) => {
    const kept = same.get(kind.allOf(item));
    return kept ?? withComments(kind.nodeOf(item), replaced.get(kind.keyOf(item)));
  });
}

function placeOf(node: Node): Place {
  return Place.alone(isScalar(node) ? node.value : isMap(node) ? node.toJSON() : undefined, 'an item');
}

function withComments(node: Node, before: Node | undefined): Node {
  if (before?.comment) node.comment = before.comment;
  if (before?.commentBefore) node.commentBefore = before.commentBefore;
  return node;
}
