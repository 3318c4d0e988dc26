// Roles and built-in role assignments as a file of YAML says them go in; the store has them afterwards, and what that changed comes
// out.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkedBoolean, checkedMembers, checkedString, expectation, isRecord } from '../core/options.ts';
import type { ChangedBy, RoleStore } from '../core/role-store.ts';
import { checkedOrganization } from './change-input.ts';
import { inOrder } from './pages.ts';
import type { Organizations } from './provisioning-document.ts';
import { asProvisioner } from './provisioning-history.ts';
import { checkTogether, drafted } from './provisioning-plan.ts';
import { objectSource, textSource } from './provisioning-source.ts';
import type { ProvisioningSource } from './provisioning-source.ts';
import { reconciled } from './role-reconciling.ts';
import type { RoleChange } from './role-steps.ts';

/** How {@link provision} reads and writes. */
export interface ProvisionOptions {
  /** Who makes the changes: an Access, which cannot go beyond what it holds, or the system. */
  by: ChangedBy;
  /** Nothing is written: the answer is what would be. */
  dryRun?: boolean;
  /** The organization of what has neither `orgId` nor `global`. Absent: each has to say. */
  defaultOrganization?: string;
  /** From each `orgId` to the organization it stands for. Absent: the one with the number for a name. */
  organizations?: Readonly<Record<string, string>>;
}

/**
 * Carries out one document of role provisioning: `apiVersion`, `deleteRoles`, `roles`, `removeDefaultAssignments` and
 * `addDefaultAssignments`.
 *
 * - What is in `deleteRoles` is deleted first: with `force` also what somebody has.
 * - A role is made, or replaced whole where its `version` is greater than the stored one. Where it is not less, the built-in roles in
 *   `builtInRoles` inherit it afterwards; those to which an earlier provisioning gave it and that are no longer there lose it.
 * - A default assignment that is removed stays removed, also when {@link reconcileRoles} runs again, until one is added by name.
 *
 * `scope` is where the permission holds; without one, or with `n/a`, it is held on no resource. `displayName`, `group` and `hidden`
 * are not kept. With `apiVersion: 2` a role may also have `state: absent`, `force` and `overrideRole`.
 *
 * @param document the text of one, in YAML or JSON, or what it says as a plain object.
 * @returns what was changed, in order; empty where all was so already.
 * @throws PrivilegeFileError, a TypeError, with line and column, where the text is not as it must be or does not fit what is in the
 *   store; for an object a TypeError. Nothing is written then. Whatever the store rejects a change with: those before it are made,
 *   and the rest is when it is done again.
 */
export async function provision(
  store: RoleStore,
  document: string | object,
  options: ProvisionOptions,
): Promise<RoleChange[]> {
  const source = typeof document === 'string' ? textSource('the document', document) : objectSource(document);
  return provisioned(store, [source], options);
}

/**
 * The same with all files of a directory that end in `.yaml` or `.yml`, in the order of their names, as if they were one document.
 * All of them are read and checked before anything is written.
 *
 * @throws what `readdir` or `readFile` does, too.
 */
export async function provisionFiles(
  store: RoleStore,
  directory: string,
  options: ProvisionOptions,
): Promise<RoleChange[]> {
  const names = (await readdir(checkedString(directory, 'directory'))).filter((name) => /\.ya?ml$/i.test(name));
  const sources: ProvisioningSource[] = [];
  for (const name of names.sort(inOrder)) {
    const file = join(directory, name);
    sources.push(textSource(file, await readFile(file)));
  }
  return provisioned(store, sources, options);
}

async function provisioned(
  store: RoleStore,
  sources: readonly ProvisioningSource[],
  options: ProvisionOptions,
): Promise<RoleChange[]> {
  const { by, dryRun, ...organizations } = checkedOptions(options);
  const documents = sources.map((source) => source.read(organizations));
  checkTogether(documents);
  return reconciled({ store, by, dryRun }, async () => drafted(store, documents));
}

function checkedOptions(options: unknown): Organizations & { readonly by: ChangedBy; readonly dryRun: boolean } {
  const { by, dryRun, defaultOrganization, organizations } = checkedMembers(options, 'options', [
    'by',
    'dryRun',
    'defaultOrganization',
    'organizations',
  ] satisfies (keyof ProvisionOptions)[]);
  return {
    by: asProvisioner(by),
    dryRun: checkedBoolean(dryRun, 'options.dryRun', false),
    defaultOrganization: checkedOrganization(defaultOrganization, 'options.defaultOrganization'),
    organizations: organizations === undefined ? undefined : checkedOrganizations(organizations),
  };
}

function checkedOrganizations(value: unknown): ReadonlyMap<string, string> {
  if (!isRecord(value)) throw expectation('options.organizations', 'an object', value);
  return new Map(
    Object.entries(value).map(([id, organization]) => {
      const what = `options.organizations['${id}']`;
      return [id, checkedOrganization(checkedString(organization, what), what) as string];
    }),
  );
}
