// Scopes and privileges go in, an Access comes out with no token behind it: for the unit test of a handler.

import { RequestAccess } from '../core/access.ts';
import type { Access } from '../core/access.ts';
import { scopesIn } from '../core/delegation.ts';
import { effectivePermissions } from '../core/effective.ts';
import type { EffectivePermissionsInput } from '../core/effective.ts';
import { frozenDeep } from '../core/frozen.ts';
import { checkedMembers, expectation, isRecord } from '../core/options.ts';
import { PermissionSet } from '../core/permission-set.ts';
import type { Subject } from '../core/privilege.ts';
import { ReadOnlySet } from '../core/read-only-set.ts';
import type { Claims } from '../core/token.ts';

/** What the access of a test is made of; everything is optional, and without `scopes` or `privileges` nothing may be done. */
export interface TestAccessOptions extends Partial<EffectivePermissionsInput> {
  /** Members that differ from the default: user `test-user` of issuer `https://issuer.example/`. */
  subject?: Partial<Subject>;
  /** Default: `test-client`. */
  client?: string;
  /** Claims beside `iss`, `sub`, `client_id` and `scope`. */
  claims?: Claims;
}

/**
 * An access as a guard would hand it to a handler, by the same rules.
 *
 * @throws TypeError when an option is unknown or not of its type.
 */
export function createTestAccess(options: TestAccessOptions = {}): Access {
  const given = checkedMembers(options, 'options', known) as TestAccessOptions;
  const { subject: differing, client = 'test-client', claims: more = {}, ...rule } = given;
  if (differing !== undefined && !isRecord(differing)) throw expectation('subject', 'an object', differing);
  const { scopes = [], privileges = [], firstParty: _, scopePermissions: __, ...reading } = rule;
  const subject: Subject = { issuer: 'https://issuer.example/', id: 'test-user', kind: 'user', ...differing };
  const delegated = scopesIn(typeof scopes === 'string' ? scopes : [...scopes]);
  const held = [...privileges];
  return new RequestAccess({
    claims: frozenDeep({
      iss: subject.issuer,
      sub: subject.id,
      client_id: client,
      scope: delegated.join(' '),
      ...structuredClone(more),
    }),
    subject: Object.freeze(subject),
    client,
    scopes: new ReadOnlySet(delegated),
    privileges: PermissionSet.from(held, reading),
    permissions: effectivePermissions({ ...rule, scopes: delegated, privileges: held }),
  });
}

const known = [
  'scopes',
  'privileges',
  'firstParty',
  'scopePermissions',
  'permissions',
  'dialect',
  'now',
  'subject',
  'client',
  'claims',
] as const satisfies readonly (keyof TestAccessOptions)[];
