// Small pools, so that what is granted, denied, delegated and asked meets often; and rubbish, for what comes from outside.

import fc from 'fast-check';
import { allOf, anyOf, anywhere, definePermissions, on, type Privilege, type Requirement } from 'rightful';
import type { NaiveCatalogue, NaiveRequirement } from './naive-evaluator.ts';

/** Names that a catalogue can define. */
export const plainNames = [
  'read:contacts',
  'write:contacts',
  'READ:CONTACTS',
  'users:create',
  '__proto__',
  'constructor',
  'toString',
] as const;

/** Names that somebody can write into a token, a store or a question. */
export const names = [...plainNames, 'email', 'read:*', '*'] as const;

export const namePatterns = ['*', 'read:*', '*:contacts', '**', 'r*d:*s'] as const;

export const resources = [
  'users:id:1',
  'users:id:10',
  'users:id:*',
  'users:*',
  'users:',
  'users',
  'us*',
  'users:*:1',
  'users:id:1*',
  'users:?',
  '*',
  '',
  'teams:1/permissions:delegate',
  'teams:1/*',
  'teams:*',
  'global:users:*',
] as const;

export const permissions = definePermissions({
  'read:contacts': 'See contacts',
  'write:contacts': { description: 'Change contacts', on: ['users:*'] },
  'READ:CONTACTS': { description: 'See them in capitals', on: ['users:*', 'teams:*'] },
  'users:create': { description: 'Create users', on: [] },
  ['__proto__']: 'A name like any other',
  constructor: 'Another one',
  toString: { description: 'And another', on: ['teams:1/*'] },
});

export const catalogue: NaiveCatalogue = new Map(
  permissions.names.map((name) => [name, permissions.definition(name)?.on]),
);

export const coarse = { contacts: ['read:contacts', 'write:contacts'], all: ['toString', 'read:contacts'] } as const;

export const audience = 'https://api.example';
const hour = 3_600_000;

/** `now` of the pure rule; the authorizer's is the machine's, so that both ends are far away. */
export const instant = 1_750_000_000_000;

export function privilegeAt(now: number, effect?: 'deny'): fc.Arbitrary<Privilege> {
  return fc
    .record(
      {
        permission: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names) }, fc.constantFrom(...namePatterns)),
        on: fc.constantFrom(...resources),
        audience: fc.constantFrom(audience, audience, 'https://other.example'),
        organization: fc.constantFrom('org_1', 'org_2'),
        expiresAt: fc.constantFrom(now - hour, now + hour, Infinity),
      },
      { requiredKeys: ['permission'] },
    )
    .map((one) => (effect === undefined ? one : { ...one, effect }));
}

export function privilegesAt(now: number): fc.Arbitrary<Privilege[]> {
  const one = fc.oneof({ weight: 3, arbitrary: privilegeAt(now) }, privilegeAt(now, 'deny'));
  return fc.array(one, { maxLength: 6 });
}

const scopeTokens = [...names, 'contacts', 'all', 'openid', 'profile'] as const;
export const scopeList = fc.array(fc.constantFrom(...scopeTokens), { maxLength: 8 });

/** No OpenID scope: one of those says something of the person, and a token of a client itself becomes a user's. */
export const furtherScopes = fc.array(fc.constantFrom(...plainNames, 'contacts', 'all'), { maxLength: 4 });

export const rubbish = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, '', 0, false, [], {}, ['read:contacts', 5], [['read:contacts']], { length: 1, 0: 'a' }),
);

function mostly<Value>(good: fc.Arbitrary<Value>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: rubbish });
}

const scopeText = scopeList.map((list) => list.join(' '));
const clientId = mostly(fc.constantFrom('app', 'app', 'web'));

/** What a token says beside `iss`, `aud` and `exp`. */
export const sayings: fc.Arbitrary<Record<string, unknown>> = fc
  .record(
    {
      scope: mostly(fc.oneof(scopeText, scopeList)),
      permissions: mostly(fc.array(fc.constantFrom(...names), { maxLength: 5 })),
    },
    { requiredKeys: [] },
  )
  .chain((common) =>
    fc
      .record(
        {
          sub: mostly(fc.constantFrom('alice', 'alice', 'app', 'app@clients')),
          client_id: clientId,
          azp: clientId,
          org_id: mostly(fc.constantFrom('org_1', 'org_2')),
        },
        { requiredKeys: ['sub'] },
      )
      .chain((subject) =>
        fc.oneof(
          { weight: 3, arbitrary: fc.constant({ ...common, ...subject }) },
          { weight: 2, arbitrary: rareClaims.map((rare) => ({ ...common, ...subject, ...rare })) },
        ),
      ),
  );

const rareClaims = fc.record(
  {
    scp: mostly(fc.oneof(scopeText, scopeList)),
    roles: mostly(fc.array(fc.constantFrom(...names), { maxLength: 4 })),
    cid: clientId,
    appid: clientId,
    act: fc.oneof(fc.constant({ sub: 'other' }), rubbish),
    gty: mostly(fc.constant('client-credentials')),
    idtyp: mostly(fc.constantFrom('app', 'user')),
    preferred_username: mostly(fc.constantFrom('service-account-app', 'alice')),
    auth_time: mostly(fc.constant(1)),
    nonce: mostly(fc.constant('n')),
  },
  { requiredKeys: [] },
);

/** A requirement, and the same for the naive evaluator. */
export interface Twofold {
  readonly asked: Requirement;
  readonly naive: NaiveRequirement;
}

// No `email`: no scope can delegate it, so that no scope would ever be enough.
const leaf: fc.Arbitrary<Twofold> = fc.oneof(
  fc.constantFrom(...plainNames).map((permission): Twofold => ({
    asked: permission,
    naive: { kind: 'permission', permission },
  })),
  fc.constantFrom(...plainNames).map((permission): Twofold => ({
    asked: anywhere(permission),
    naive: { kind: 'permission', permission, anywhere: true },
  })),
  fc
    .tuple(fc.constantFrom(...plainNames), fc.constantFrom(...resources.filter((one) => one !== '')))
    .map(([permission, resource]): Twofold => ({
      asked: on(permission, resource),
      naive: { kind: 'permission', permission, on: resource },
    })),
);

export const requirement: fc.Arbitrary<Twofold> = fc.letrec<{ requirement: Twofold; group: Twofold }>((tie) => ({
  requirement: fc.oneof({ maxDepth: 3, depthSize: 'small' }, leaf, tie('group')),
  group: fc
    .tuple(fc.boolean(), fc.array(tie('requirement'), { minLength: 1, maxLength: 3 }))
    .map(([isAll, parts]) => grouped(isAll ? 'all' : 'any', parts)),
})).requirement;

export function grouped(kind: 'all' | 'any', parts: readonly Twofold[]): Twofold {
  const [first, ...rest] = parts.map(({ asked }) => asked);
  if (first === undefined) throw new TypeError('A group of nothing');
  return {
    asked: kind === 'all' ? allOf(first, ...rest) : anyOf(first, ...rest),
    naive: { kind, of: parts.map(({ naive }) => naive) },
  };
}
