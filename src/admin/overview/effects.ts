// Changes go in that nobody makes; what each subject concerned would gain and lose by them comes out.

import { lowerBuiltIn, untouchedBuiltIns } from '../../core/built-in-roles.ts';
import type { AssignmentStep, Change, DeassignmentStep } from '../../core/change.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { ChangedBy, Person, Role, RoleAssignment, RoleStore, SubjectRecord } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { inBatches } from '../management/in-batches.ts';
import { namesOf } from './names.ts';
import { rolesBy, rolesReached } from './reached.ts';
import type { RoleSource } from './reached.ts';
import { heldBy } from './subjects.ts';

/** What the changes would come to. */
export interface Effects {
  /** How many subjects are concerned. */
  readonly total: number;
  /** The first of them. What is held by another way as well is neither gained nor lost. */
  readonly subjects: readonly {
    readonly subject: object;
    readonly gains: readonly Privilege[];
    readonly losses: readonly Privilege[];
  }[];
}

// As many as are looked at one by one.
const shown = 50;
const pageOf = 1000;

/** @throws ChangeRefusedError where the changes themselves would be refused. */
export async function effectsOf(changes: readonly Change[], by: ChangedBy, admin: Administered): Promise<Effects> {
  const { store } = admin;
  await store.changeAll(changes, by, { dryRun: true });
  const { people, total } = await concernedBy(changes, store);
  const names = await namesOf(people, admin);
  const roles = eachOnce(store);
  const subjects = await inBatches(people, async (person) => {
    const { gains, losses } = await effectOn(await store.subject(person), changes, roles);
    return { subject: { ...person, ...names(person) }, gains, losses };
  });
  return { total, subjects };
}

async function concernedBy(changes: readonly Change[], store: RoleStore): Promise<{ people: Person[]; total: number }> {
  const people = new Map<string, Person>();
  const add = ({ issuer, id, kind }: Person): unknown =>
    people.set(JSON.stringify([issuer, id, kind]), { issuer, id, kind });
  for (const change of changes) if ('subject' in change) add(change.subject);
  const changed = changes.flatMap((one) =>
    one.kind === 'put-role' ? [one.role.uid] : one.kind === 'delete-role' ? [one.uid] : [],
  );
  let unseen = 0;
  for (const uid of changed.length === 0 ? [] : await rolesAbove(changed, store)) {
    const { items, total } = await store.holdersOfRole(uid, { take: shown });
    for (const { subject } of items) add(subject);
    unseen += total - items.length;
  }
  const all = [...people.values()];
  return { people: all.slice(0, shown), total: all.length + unseen };
}

/** The roles and every one that inherits one of them, over however many others. */
async function rolesAbove(uids: readonly string[], store: RoleStore): Promise<Set<string>> {
  const all: Role[] = [];
  let after: string | undefined;
  do {
    const page = await store.roles({ take: pageOf, ...(after !== undefined && { after }) });
    all.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  const found = new Set(uids);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { uid, inherits } of all) {
      const below = [...inherits.map(({ role }) => role), lowerBuiltIn(uid)];
      if (below.some((one) => one !== undefined && found.has(one))) found.add(uid);
    }
  }
  return found;
}

/** Many have the same roles: each is read once for all of them. */
function eachOnce(store: RoleStore): RoleSource {
  const read = new Map<string, Promise<Role | undefined>>();
  return {
    role: (uid) => {
      const role = read.get(uid) ?? store.role(uid);
      read.set(uid, role);
      return role;
    },
  };
}

async function effectOn(
  record: SubjectRecord,
  changes: readonly Change[],
  store: RoleSource,
): Promise<{ gains: Privilege[]; losses: Privilege[] }> {
  const after = afterwards(record, changes);
  const put = changes.flatMap((one) => (one.kind === 'put-role' ? [one.role] : []));
  const wanted = [
    ...[...record.roles, ...after.roles].map(({ role }) => role),
    ...put.flatMap(({ uid, inherits = [] }) => [
      uid,
      ...inherits.map((one) => (typeof one === 'string' ? one : one.role)),
    ]),
  ];
  const roles = await rolesReached(await rolesBy(wanted, store), store);
  const held = bySaying(heldBy(record, roles));
  const kept = bySaying(heldBy(after, rolesAfter(roles, changes)));
  return {
    gains: [...kept].filter(([key]) => !held.has(key)).map(([, one]) => one),
    losses: [...held].filter(([key]) => !kept.has(key)).map(([, one]) => one),
  };
}

function afterwards(record: SubjectRecord, changes: readonly Change[]): SubjectRecord {
  let { privileges, roles } = record;
  const isMine = ({ issuer, id, kind }: Person): boolean => {
    return issuer === record.subject.issuer && id === record.subject.id && kind === record.subject.kind;
  };
  for (const change of changes) {
    if (change.kind === 'delete-role') roles = roles.filter(({ role }) => role !== change.uid);
    if (!('subject' in change) || !isMine(change.subject)) continue;
    if (change.kind === 'assign' || change.kind === 'deassign') {
      const { organization } = change;
      const uids = new Set(typeof change.role === 'string' ? [change.role] : change.role);
      roles = roles.filter((one) => !uids.has(one.role) || one.organization !== organization);
      if (change.kind === 'assign') roles = [...roles, ...[...uids].map((role) => assigned(role, change))];
      continue;
    }
    const given = privilegesIn(change.privilege);
    const places = new Set(given.map(placeOf));
    const kept = privileges.filter((one) => !places.has(placeOf(one)));
    privileges = change.kind === 'grant' ? [...kept, ...given] : kept;
  }
  return { ...record, privileges, roles };
}

function assigned(role: string, change: AssignmentStep | DeassignmentStep): RoleAssignment {
  const { organization } = change;
  const expiresAt = change.kind === 'assign' ? change.expiresAt : undefined;
  return { role, ...(organization !== undefined && { organization }), ...(expiresAt !== undefined && { expiresAt }) };
}

function rolesAfter(roles: ReadonlyMap<string, Role>, changes: readonly Change[]): Map<string, Role> {
  const after = new Map(roles);
  for (const change of changes) {
    if (change.kind === 'delete-role') after.delete(change.uid);
    if (change.kind !== 'put-role') continue;
    const { uid, name, privileges, inherits = [], organization } = change.role;
    const isBuiltIn = untouchedBuiltIns().has(uid);
    after.set(uid, {
      uid,
      name,
      version: 1,
      ...(organization !== undefined && !isBuiltIn && { organization }),
      privileges: privilegesIn(privileges),
      inherits: inherits.map((one) => (typeof one === 'string' ? { role: one } : one)),
    });
  }
  return after;
}

function privilegesIn(given: Privilege | string | readonly (Privilege | string)[]): Privilege[] {
  const all = Array.isArray(given) ? (given as readonly (Privilege | string)[]) : [given as Privilege | string];
  return all.map((one) => (typeof one === 'string' ? { permission: one } : one));
}

function placeOf({ permission, on, effect, audience, organization }: Privilege): string {
  return JSON.stringify([permission, on ?? null, effect ?? null, audience ?? null, organization ?? null]);
}

function bySaying(privileges: readonly Privilege[]): Map<string, Privilege> {
  return new Map(privileges.map(({ source: _, ...one }) => [`${placeOf(one)}${String(one.expiresAt)}`, one]));
}
