// A change that is planned goes in; an error comes out where the catalogue does not know what it writes, or who makes it may not
// make such changes at all.

import { beyondCeiling } from '../core/ceiling.ts';
import { BeyondCeilingError } from '../core/change-errors.ts';
import { dialectOf } from '../core/dialects.ts';
import { invalidInput } from '../core/input-error.ts';
import { checkedChoice, checkedMembers, checkedString, expectation } from '../core/options.ts';
import { namesOf, ownName } from '../core/own-names.ts';
import { checkPermissionName, everyPermission, isNamePattern, PermissionCatalogue } from '../core/permission.ts';
import type { Privilege } from '../core/privilege.ts';
import type { Dialect, ResourceDialect } from '../core/resource.ts';
import type { ChangeAction } from '../core/role-store.ts';
import { changeActions } from './audit-query.ts';
import { withoutSource } from './change-effects.ts';
import type { Maker } from './change-maker.ts';
import { grantKey } from './records.ts';
import type { Mutation, Plan, Records } from './records.ts';

/** What who makes a change must hold beside what the change is about. */
export interface Gate {
  /** The permission. */
  readonly permission: string;
  /** The resource it must be held on; absent: on all. */
  readonly on?: string;
}

/** The rules by which any role store is administered. */
export interface AdministrationOptions {
  /** How resource patterns are read. Default: `prefix`. */
  readonly dialect?: Dialect | undefined;
  /** The catalogue: a privilege that is written must be of a permission in it, on a resource that it may be held on. */
  readonly permissions?: PermissionCatalogue | undefined;
  /**
   * `optimistic` (default): the version that is sent is the one that was read, and a role that is newer is not overwritten.
   * `rising`: it is the one to be, and must be greater than the stored one; without one it becomes the next.
   */
  readonly roleVersions?: 'optimistic' | 'rising' | undefined;
  /** What an Access must hold to make a change of each kind, in the organization that the change is about. */
  readonly gates?: Readonly<Partial<Record<ChangeAction, Gate>>> | undefined;
}

export const administrationOptions = [
  'dialect',
  'permissions',
  'roleVersions',
  'gates',
] as const satisfies (keyof AdministrationOptions)[];

export interface WriteRules {
  readonly dialect: ResourceDialect;
  readonly catalogue: PermissionCatalogue | undefined;
  readonly gates: ReadonlyMap<ChangeAction, Privilege>;
  readonly roleVersions: 'optimistic' | 'rising';
}

/** @throws TypeError when one is not as it must be. */
export function writeRules({ dialect, permissions, gates = {}, roleVersions }: AdministrationOptions): WriteRules {
  if (permissions !== undefined && !(permissions instanceof PermissionCatalogue)) {
    throw expectation('permissions', 'a catalogue made by definePermissions', permissions);
  }
  const given = Object.entries(checkedMembers(gates, 'gates', changeActions)).filter(([, gate]) => gate !== undefined);
  const checked = given.map(
    ([action, gate]) => [action as ChangeAction, checkedGate(gate, `gates['${action}']`)] as const,
  );
  return {
    dialect: dialectOf(dialect),
    catalogue: permissions,
    gates: new Map(checked),
    roleVersions: checkedChoice(roleVersions, 'roleVersions', ['optimistic', 'rising']),
  };
}

function checkedGate(value: unknown, what: string): Privilege {
  const { permission, on } = checkedMembers(value, what, ['permission', 'on']);
  checkPermissionName(permission, `${what}.permission`);
  return Object.freeze({ permission, ...(on !== undefined && { on: checkedString(on, `${what}.on`) }) });
}

/** @throws BeyondCeilingError when who makes the change lacks the gate; TypeError when the catalogue does not know it. */
export async function checkRules(
  records: Records,
  { mutations, entry }: Plan,
  { by, rules, now }: { readonly by: Maker; readonly rules: WriteRules; readonly now: number },
): Promise<void> {
  const gate = rules.gates.get(entry.action);
  if (gate !== undefined) {
    const places = (await Promise.all(mutations.map((one) => organizationsOf(records, one)))).flat();
    const missing = await beyondGate(places, { gate, by, now, dialect: rules.dialect });
    if (missing.length > 0) throw new BeyondCeilingError(missing.map(withoutSource));
  }
  const { catalogue } = rules;
  if (catalogue === undefined) return;
  for (const privilege of await privilegesWritten(records, mutations)) {
    checkKnown(privilege, catalogue, rules.dialect);
  }
}

/** What who makes a change lacks of the gate. `places`: the organizations that it is about; undefined: every one. */
export async function beyondGate(
  places: Iterable<string | undefined>,
  { gate, by, now, dialect }: { gate: Privilege; by: Maker; now: number; dialect: ResourceDialect },
): Promise<Privilege[]> {
  if (by.access === undefined) return [];
  const held = await by.holdings();
  const asked = [...new Set(places)].map((organization) => ({
    privilege: { ...gate, ...(organization !== undefined && { organization }) },
    handsOn: false,
  }));
  return beyondCeiling(held, asked, now, dialect);
}

/** Where the change is felt; undefined: everywhere. */
async function organizationsOf(records: Records, mutation: Mutation): Promise<(string | undefined)[]> {
  switch (mutation.kind) {
    case 'grant':
      return [organizationIn(mutation.key)];
    case 'assignment':
      return [mutation.organization];
    case 'role':
      return [mutation.value, await records.storedRole(mutation.uid)].flatMap((role) =>
        role === undefined ? [] : [role.organization],
      );
    case 'assignments-of-role':
      return [];
    case 'api':
      return [undefined];
  }
}

function organizationIn(key: string): string | undefined {
  const organization = (JSON.parse(key) as unknown[])[4];
  return typeof organization === 'string' ? organization : undefined;
}

// What a role has had is not looked at again: it may be older than the catalogue.
async function privilegesWritten(records: Records, mutations: readonly Mutation[]): Promise<Privilege[]> {
  const written = mutations.map(async (one): Promise<readonly Privilege[]> => {
    if (one.kind === 'grant') return one.value === undefined ? [] : [one.value];
    if (one.kind !== 'role' || one.value === undefined) return [];
    const before = new Set((await records.storedRole(one.uid))?.privileges.map(grantKey));
    return one.value.privileges.filter((privilege) => !before.has(grantKey(privilege)));
  });
  return (await Promise.all(written)).flat();
}

function checkKnown({ permission, on }: Privilege, catalogue: PermissionCatalogue, dialect: ResourceDialect): void {
  if (permission === everyPermission || isNamePattern(permission)) return;
  const definition = catalogue.definition(ownName(permission, catalogue));
  if (definition === undefined) throw invalidInput('permission', 'one of the catalogue', permission);
  if (on === undefined || definition.on === undefined) return;
  if (definition.on.length === 0) {
    if (on !== '') throw invalidInput('on', `absent or '', since \`${permission}\` takes no resource`, on);
    return;
  }
  const known = dialect.newSet();
  for (const pattern of definition.on) known.add(pattern);
  // A wider pattern gives what it has in common with those.
  const wider = dialect.newSet();
  wider.add(on);
  const fits = on !== '' && (known.includes(on) || definition.on.some((pattern) => wider.includes(pattern)));
  if (!fits) throw invalidInput('on', `within ${definition.on.join(' or ')}, where \`${permission}\` may be held`, on);
}

/** The same privileges under their permissions' own names. */
export function named(privileges: readonly Privilege[], { catalogue }: WriteRules): Privilege[] {
  return privileges.map((one) => Object.freeze({ ...one, permission: ownName(one.permission, catalogue) }));
}

/** The same privileges under every name that each permission has: what is taken back goes by whichever name it is stored. */
export function underEveryName(privileges: readonly Privilege[], { catalogue }: WriteRules): Privilege[] {
  if (catalogue === undefined) return [...privileges];
  return privileges.flatMap((one) => {
    return namesOf(one.permission, catalogue).map((permission) => Object.freeze({ ...one, permission }));
  });
}
