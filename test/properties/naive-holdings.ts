// What there is in a role store goes in, as its records say it; who may do what comes out, as naively as can be.

import type { Person, Privilege, Role, RoleAssignment, RoleStore } from 'rightful/stores';

/** The records of some subjects, and every role. */
export interface State {
  readonly records: ReadonlyMap<string, { privileges: readonly Privilege[]; roles: readonly RoleAssignment[] }>;
  readonly roles: ReadonlyMap<string, Role>;
  /** What was found out so far. */
  readonly said: Map<string, Privilege[]>;
}

export async function stateOf(store: RoleStore, subjects: readonly Person[]): Promise<State> {
  const records = await Promise.all(subjects.map(async (one) => [keyOf(one), await store.subject(one)] as const));
  const { items } = await store.roles({ take: 1000 });
  return { records: new Map(records), roles: new Map(items.map((role) => [role.uid, role])), said: new Map() };
}

export function keyOf({ kind, id }: Person): string {
  return `${kind} ${id}`;
}

/** May this be done, by who asks with a token of that organization at that API at that time? */
export interface Question {
  readonly permission: string;
  /** 'everything': on all resources; 'nothing': where the permission takes none. */
  readonly on: string;
  readonly organization: string | undefined;
  readonly audience: string;
  readonly at: number;
}

/** All that is said of a subject in that organization at that time. */
export function statements(
  state: State,
  subject: string,
  { organization, at }: Pick<Question, 'organization' | 'at'>,
): Privilege[] {
  const key = JSON.stringify([subject, organization, at]);
  const said = state.said.get(key) ?? statementsAt(state, subject, organization, at);
  state.said.set(key, said);
  return said;
}

function statementsAt(
  { records, roles }: State,
  subject: string,
  organization: string | undefined,
  at: number,
): Privilege[] {
  const { privileges, roles: assigned } = records.get(subject)!;
  const here = (one: { organization?: string | undefined }): boolean =>
    one.organization === undefined || one.organization === organization;
  const lasts = ({ expiresAt }: { expiresAt?: number }): boolean => expiresAt === undefined || at < expiresAt;
  const reached = new Set(assigned.filter((one) => here(one) && lasts(one)).map(({ role }) => role));
  // Once more for each role there is: longer than that no way is.
  for (const _ of roles) {
    for (const uid of [...reached]) {
      const role = roles.get(uid);
      if (role === undefined || !here(role)) continue;
      for (const [above, below] of builtInsBelow) if (uid === above) reached.add(below);
      for (const inherited of role.inherits) if (here(inherited)) reached.add(inherited.role);
    }
  }
  const byRole = [...reached].flatMap((uid) => {
    const role = roles.get(uid);
    return role === undefined || !here(role) ? [] : role.privileges;
  });
  return [...privileges, ...byRole].filter((one) => here(one) && lasts(one));
}

const builtInsBelow = [
  ['builtin:editor', 'builtin:viewer'],
  ['builtin:admin', 'builtin:editor'],
] as const;

/** `defined`: the names that a pattern over names may stand for. */
export function isPermitted(
  said: readonly Privilege[],
  { permission, on, audience }: Question,
  defined: ReadonlySet<string>,
): boolean {
  const meant = said.filter((one) => one.audience === undefined || one.audience === audience);
  const about = meant.filter((one) => standsFor(one.permission, permission, defined));
  const granted = about.some((one) => one.effect !== 'deny' && grants(one.on, on));
  return granted && !about.some((one) => one.effect === 'deny' && denies(one.on, on));
}

/** `*` is every permission there is; another pattern stands for names that are defined. */
function standsFor(pattern: string, name: string, defined: ReadonlySet<string>): boolean {
  if (pattern === '*' || pattern === name) return true;
  return pattern.includes('*') && defined.has(name) && expressionOf(pattern).test(name);
}

const expressions = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  const expression = expressions.get(pattern) ?? new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
  expressions.set(pattern, expression);
  return expression;
}

function covers(pattern: string, resource: string): boolean {
  return pattern.endsWith('*') ? resource.startsWith(pattern.slice(0, -1)) : pattern === resource;
}

function grants(on: string | undefined, question: string): boolean {
  if (on === undefined || on === '*') return true;
  if (question === 'everything') return false;
  return question === 'nothing' ? on === '' : on !== '' && covers(on, question);
}

// Who is denied one resource may not act on all; that is a matter of the resource, which is asked about by itself.
function denies(on: string | undefined, question: string): boolean {
  if (on === undefined || on === '*' || on === '') return true;
  return question !== 'everything' && question !== 'nothing' && covers(on, question);
}

/** Whether a user holds every permission on everything, everywhere and for good, and is denied nothing anywhere. */
export function holdsWhole(
  state: State,
  subject: string,
  { organizations, now }: { organizations: readonly string[]; now: number },
): boolean {
  const everywhere = [undefined, ...organizations].map((organization) =>
    statements(state, subject, { organization, at: now }),
  );
  return everywhere.flat().every(({ effect }) => effect === undefined) && everywhere[0]!.some(isWhole);
}

function isWhole(one: Privilege): boolean {
  const isBare = Object.keys(one).every((key) => ['permission', 'source', 'on'].includes(key));
  return one.permission === '*' && isBare && (one.on === undefined || one.on === '*');
}
