// Cases that another implementation of permissions on resources was tested with (vectors/README.md), in both dialects.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  type Access,
  allOf,
  anyOf,
  anywhere,
  type Dialect,
  on,
  PermissionSet,
  type Privilege,
  type Requirement,
} from 'rightful';
import { memoryStore } from 'rightful/stores';
import { session, storeOf, type Session } from './authorizing.ts';

interface Leaf {
  readonly action: string;
  readonly scopes: readonly string[];
}

/** The other names of resources, by their own. */
type Resolve = Readonly<Record<string, readonly string[]>>;

type Evaluator = Leaf | { readonly any: readonly Evaluator[] } | { readonly all: readonly Evaluator[] };

interface Case {
  readonly name: string;
  readonly holdsIn: readonly string[];
  readonly permissions: readonly { readonly action: string; readonly scope: string }[];
  readonly evaluator: Evaluator;
  readonly params: {
    readonly urlParams?: Readonly<Record<string, string>>;
    readonly orgId?: number;
    readonly resolve?: Resolve;
  };
  readonly expected: boolean;
  readonly ours?: boolean;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8'));
}

const cases = read('evaluation') as readonly Case[];

/** Ours, and what the collection calls it. `prefix-all`, in which several required scopes must all be held, is none of ours. */
const dialects: readonly [Dialect, string][] = [
  ['prefix', 'prefix-any'],
  ['glob', 'glob'],
];

function casesOf(theirs: string): Case[] {
  return cases.filter(({ holdsIn }) => holdsIn.includes(theirs));
}

describe('the collection', () => {
  it('holds 141 cases, each of another name, and leaves out none: each is asked in a dialect of ours', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(141);
    expect(cases.filter(({ holdsIn }) => !holdsIn.includes('prefix-any') && !holdsIn.includes('glob'))).toEqual([]);
    expect(dialects.map(([, theirs]) => casesOf(theirs).length)).toEqual([133, 118]);
    expect(cases.filter(({ params }) => params.resolve !== undefined).length).toBe(7);
  });
});

describe.each(dialects)('in the dialect %s', (dialect, theirs) => {
  it.each(casesOf(theirs).map((one): [string, Case] => [one.name, one]))('%s', async (_, given) => {
    const held = given.permissions.map(({ action, scope }): Privilege => ({ permission: action, on: scope }));
    const { access, authorizer } = sessionOf(held, dialect, given.params.resolve);
    const answer = await isPermitted(given, await access(), authorizer);
    expect(answer).toBe(given.ours ?? given.expected);
  });
});

function sessionOf(held: readonly Privilege[], dialect: Dialect, resolve: Resolve = {}): Session {
  const resolvers = Object.fromEntries(
    Object.keys(resolve).map((scope) => [scopePrefix(scope), (resource: string) => resolve[resource] ?? null]),
  );
  return session({ store: storeOf(...held), firstPartyClients: ['app'], dialect, resolvers });
}

/** What a resolver is registered under there: the first two segments. */
function scopePrefix(scope: string): string {
  return `${scope.split(':').slice(0, 2).join(':')}:`;
}

async function isPermitted(given: Case, access: Access, authorizer: Session['authorizer']): Promise<boolean> {
  const { evaluator, params } = given;
  // A route cannot ask for these; a handler can.
  if ('action' in evaluator && evaluator.scopes.some((scope) => scope === '' || /^[^{]*\{[^{]*$/.test(scope))) {
    return evaluator.scopes.some((scope) => access.can(evaluator.action, scope));
  }
  const decision = await authorizer.decide(access, requirementOf(evaluator), {
    params: parametersOf(params),
  });
  return decision.permit;
}

function requirementOf(evaluator: Evaluator): Requirement {
  if ('any' in evaluator) return group(anyOf, evaluator.any);
  if ('all' in evaluator) return group(allOf, evaluator.all);
  const { action, scopes } = evaluator;
  if (scopes.length === 0) return anywhere(action);
  const [first = '', ...rest] = scopes.map(templateOf);
  return anyOf(on(action, first), ...rest.map((name) => on(action, name)));

  function group(make: typeof anyOf | typeof allOf, of: readonly Evaluator[]): Requirement {
    const [one, ...others] = of.map(requirementOf);
    if (one === undefined) throw new TypeError('A group of nothing');
    return make(one, ...others);
  }
}

/** `{{ .OrgID }}` and `{{ index .URLParams ":id" }}`, also `{{ index . ":id" }}`, as ours. */
function templateOf(scope: string): string {
  return scope
    .replaceAll(/\{\{ \.OrgID \}\}/gu, '{orgId}')
    .replaceAll(/\{\{ index \.(?:URLParams)? ":(\w+)" \}\}/gu, '{$1}');
}

function parametersOf({ urlParams = {}, orgId }: Case['params']): Record<string, unknown> {
  const named = Object.entries(urlParams).map(([name, value]) => [name.replace(/^:/u, ''), value]);
  return { ...Object.fromEntries(named), ...(orgId !== undefined && { orgId }) };
}

interface Rules {
  readonly globDialect: { readonly cases: readonly { pattern: string; target: string; expected: boolean }[] };
  readonly delegation: {
    readonly cases: readonly {
      caller: readonly [string, string][];
      role: readonly [string, string][];
      expected: boolean;
      ours?: boolean;
    }[];
  };
  readonly delegationGlobTrap: {
    readonly cases: readonly { held: string; grant: string; covers: boolean; witness?: string }[];
  };
  readonly validStoredScope: { readonly cases: readonly { scope: string; expected: boolean }[] };
  readonly wildcardsFromPrefix: { readonly cases: readonly { prefix: string; expected: readonly string[] }[] };
}

const rules = read('rules') as Rules;

function setOf(pattern: string, dialect: Dialect): PermissionSet {
  return PermissionSet.from([{ permission: 'p', on: pattern }], { dialect });
}

describe('a glob and a text', () => {
  // `''` and `''`: a privilege on `''` is on no resource, in either dialect, and `''` is no resource to ask for.
  const asked = rules.globDialect.cases.filter(({ pattern }) => pattern !== '');

  it.each(asked.map(({ pattern, target, expected }): [string, string, boolean] => [pattern, target, expected]))(
    '%s and %s: %s',
    (pattern, target, expected) => {
      expect(setOf(pattern, 'glob').has('p', target)).toBe(expected);
    },
  );
});

describe('a scope that is stored in the dialect prefix', () => {
  it.each(rules.validStoredScope.cases.map(({ scope, expected }): [string, boolean] => [scope, expected]))(
    '%s is valid: %s',
    async (scope, expected) => {
      expect(setOf(scope, 'prefix').hasAnywhere('p')).toBe(expected);
      const granted = memoryStore({}).grant(
        { issuer: 'https://issuer.example/', id: 'bob', kind: 'user' },
        { permission: 'p', on: scope },
        { system: 'test' },
      );
      expect(await granted.then(() => true, kindOf)).toBe(expected || 'TypeError');
    },
  );
});

function kindOf(error: unknown): string {
  return error instanceof TypeError ? 'TypeError' : (error as Error).name;
}

describe('the wildcards of a prefix', () => {
  it.each(
    rules.wildcardsFromPrefix.cases.map(({ prefix, expected }): [string, readonly string[]] => [prefix, expected]),
  )('"%s": each covers what is below it', (prefix, expected) => {
    const below = prefix === '' ? 'anything' : `${prefix}:1`;
    expect(expected.map((pattern) => setOf(pattern, 'prefix').has('p', below))).toEqual(expected.map(() => true));
  });
});

describe('who writes a role', () => {
  const alice = { issuer: 'https://issuer.example/', id: 'alice', kind: 'user' } as const;
  const table = rules.delegation.cases.map(
    ({ caller, role, expected, ours }): [string, boolean, typeof caller, typeof role] => [
      `${JSON.stringify(caller)} gives ${JSON.stringify(role)}`,
      ours ?? expected,
      caller,
      role,
    ],
  );
  const asPrivilege = ([permission, scope]: [string, string]): Privilege => ({ permission, on: scope });

  it.each(table)('%s: %s', async (_, expected, caller, role) => {
    const store = memoryStore({ issuer: alice.issuer, users: { alice: { permissions: caller.map(asPrivilege) } } });
    const by = await session({ store, firstPartyClients: ['app'] }).access();
    const mayWrite = by.can('roles:write', 'permissions:type:delegate');
    const written = store.putRole({ uid: 'r', name: 'R', privileges: role.map(asPrivilege) }, by);
    const isWithin = await written.then(
      () => true,
      () => false,
    );
    expect(mayWrite && isWithin).toBe(expected);
  });

  it.each(
    rules.delegationGlobTrap.cases.map((one): [string, string, boolean, string | undefined] => [
      one.held,
      one.grant,
      one.covers,
      one.witness,
    ]),
  )('and holds the glob %s may give %s: %s', async (held, grant, covers, witness) => {
    const store = memoryStore({
      issuer: alice.issuer,
      users: { alice: { permissions: [{ permission: 'p', on: held }] } },
      dialect: 'glob',
    });
    const by = await session({ store, firstPartyClients: ['app'], dialect: 'glob' }).access();
    const given = store.grant({ ...alice, id: 'bob' }, { permission: 'p', on: grant }, by);
    expect(await given.then(() => true, kindOf)).toBe(covers || 'BeyondCeilingError');
    if (witness !== undefined) {
      expect([held, grant].map((pattern) => setOf(pattern, 'glob').has('p', witness))).toEqual([false, true]);
    }
  });
});
