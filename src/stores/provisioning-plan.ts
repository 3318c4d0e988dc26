// Provisioning documents and what is in a store go in, the draft of what shall be there comes out.

import { untouchedBuiltIns } from '../core/built-in-roles.ts';
import type { InheritedRole, Role, RoleStore } from '../core/role-store.ts';
import type { DefaultAssignment, RoleDeletion } from './provisioning-document.ts';
import { isProvisioned } from './provisioning-history.ts';
import type { ProvisionedRole } from './provisioning-role.ts';
import type { SourcedDocument } from './provisioning-source.ts';
import type { Place } from './place.ts';
import { RoleDraft } from './role-draft.ts';
import { reservedPrefix } from './role-names.ts';
import { countHolders, rolesOf } from './role-reconciling.ts';
import { isSameInherited } from './role-steps.ts';

/** @throws PrivilegeFileError or TypeError when documents say two things of one role. */
export function checkTogether(documents: readonly SourcedDocument[]): void {
  const declared = new Set<string>();
  for (const { roles, placed } of documents) {
    for (const { at, role, hasUid } of roles) {
      const named = JSON.stringify([role.name, role.organization ?? null]);
      const keys = hasUid ? [named, JSON.stringify(role.uid)] : [named];
      if (keys.some((key) => declared.has(key))) throw placed(at.error('a role that nothing else is said of'));
      for (const key of keys) declared.add(key);
    }
  }
  checkDeletions(documents);
}

function checkDeletions(documents: readonly SourcedDocument[]): void {
  const roles = documents.flatMap((document) => document.roles);
  for (const document of documents) {
    for (const one of document.deletions) {
      const isDeclared = roles.some(({ role, hasUid }) => {
        if (one.uid !== undefined) return hasUid && role.uid === one.uid;
        return !hasUid && role.name === one.name && role.organization === one.where?.organization;
      });
      if (isDeclared) throw document.placed(one.at.error('a role that is not in `roles` as well'));
    }
  }
}

/** @throws PrivilegeFileError or TypeError when a document does not fit what is in the store. */
export async function drafted(store: RoleStore, documents: readonly SourcedDocument[]): Promise<RoleDraft> {
  const draft = new RoleDraft(await rolesOf(store));
  const declared = new Set(documents.flatMap(({ roles }) => roles.map(({ role }) => role.uid)));
  for (const { deletions, within } of documents) {
    for (const one of deletions) await within(() => draftDeletion(store, draft, one, declared));
  }
  for (const { removed, added, roles, within } of documents) {
    await within(async () => {
      for (const one of removed) draftRemoval(draft, one);
      for (const one of added) draftAddition(draft, one);
      for (const one of roles) await draftRole(store, draft, one);
    });
  }
  for (const { roles, within } of documents) {
    await within(() => {
      for (const { at, role, hasUid } of roles) failing(at, () => draft.checkName(uidIn(draft, { role, hasUid })));
    });
  }
  return draft;
}

async function draftDeletion(
  store: RoleStore,
  draft: RoleDraft,
  { at, uid, name, where, force }: RoleDeletion,
  declared: ReadonlySet<string>,
): Promise<void> {
  const role = uid === undefined ? draft.named(name ?? '', where?.organization) : draft.role(uid);
  // A role of that name that is declared with a uid of its own is the one that takes the place of another.
  if (role === undefined || declared.has(role.uid)) return;
  checkCustom(at.at('uid'), role);
  if (name !== undefined && role.name !== name)
    throw at.at('name').error(`${JSON.stringify(role.name)}, as it is called`);
  if (where !== undefined && role.organization !== where.organization) {
    throw at.at('orgId').error(`the organization of the role, which is ${role.organization ?? '`global`'}`);
  }
  const holders = await countHolders(store, role.uid);
  failing(at, () => draft.delete(role, { force, holders }));
}

function checkCustom(at: Place, { name }: Role): void {
  if (reservedPrefix(name) !== undefined) throw at.error(`that of a custom role, which ${JSON.stringify(name)} is not`);
}

function draftRemoval(draft: RoleDraft, { builtIn, fixedRole }: DefaultAssignment): void {
  const role = draft.named(fixedRole, undefined);
  // Where there is no such role nobody has it.
  if (role !== undefined) draft.detach(builtIn, { role: role.uid });
}

function draftAddition(draft: RoleDraft, { at, builtIn, fixedRole }: DefaultAssignment): void {
  const role = draft.named(fixedRole, undefined);
  if (role === undefined) throw at.error('a fixed role that there is');
  draft.attach(builtIn, { role: role.uid });
  failing(at, () => draft.checkInheritance(builtIn));
}

async function draftRole(store: RoleStore, draft: RoleDraft, one: ProvisionedRole): Promise<void> {
  const { at, role, version, overrides } = one;
  const uid = uidIn(draft, one);
  const stored = draft.role(uid);
  if (stored !== undefined) checkCustom(at.at('uid'), stored);
  const replaces = stored === undefined || overrides || version > stored.version;
  if (replaces) draft.put({ ...role, uid });
  if (replaces || version === stored.version) await draftInheritors(store, draft, { ...one, uid });
}

/** Where the document names none, the uid of the role of that name. */
function uidIn(draft: RoleDraft, { role, hasUid }: Pick<ProvisionedRole, 'role' | 'hasUid'>): string {
  return hasUid ? role.uid : (draft.named(role.name, role.organization)?.uid ?? role.uid);
}

async function draftInheritors(
  store: RoleStore,
  draft: RoleDraft,
  { uid: role, builtIns }: ProvisionedRole & { readonly uid: string },
): Promise<void> {
  for (const builtIn of untouchedBuiltIns().keys()) {
    const wanted = builtIns.filter((one) => one.builtIn === builtIn);
    for (const inherited of draft.role(builtIn)?.inherits ?? []) {
      const isWanted = wanted.some((one) => isSameInherited(inheritedBy(one, role), inherited));
      if (inherited.role !== role || isWanted) continue;
      if (await isProvisioned(store, builtIn, inherited)) draft.detach(builtIn, inherited);
    }
    for (const one of wanted) {
      draft.attach(builtIn, inheritedBy(one, role));
      failing(one.at, () => draft.checkInheritance(builtIn));
    }
  }
}

function inheritedBy({ organization }: ProvisionedRole['builtIns'][number], role: string): InheritedRole {
  return { role, ...(organization !== undefined && { organization }) };
}

function failing(at: Place, run: () => void): void {
  try {
    run();
  } catch (cause) {
    throw at.failing(cause);
  }
}
