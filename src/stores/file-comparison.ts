// Two states of the records go in, whether they say the same comes out.

import { isDeepStrictEqual } from 'node:util';
import type { MemoryRecords } from './memory-records.ts';
import { personKey } from './records.ts';

/** `ignoresIssuer`: as the records do. */
export function isSameRecords(one: MemoryRecords, other: MemoryRecords, ignoresIssuer: boolean): boolean {
  return isDeepStrictEqual(comparable(one, ignoresIssuer), comparable(other, ignoresIssuer));
}

function comparable({ subjects, roles, apis }: MemoryRecords, ignoresIssuer: boolean): unknown {
  return {
    roles,
    apis: new Map([...apis].map(([identifier, { permissions, ...api }]) => [identifier, [api, inOrder(permissions)]])),
    subjects: new Map(
      [...subjects.values()].map(({ person, grants, assignments }) => {
        const { issuer, id, kind } = person;
        return [personKey({ issuer: ignoresIssuer ? '' : issuer, id, kind }), { grants, assignments }];
      }),
    ),
  };
}

// A name that looks like a number comes first in every object.
function inOrder(permissions: readonly { readonly name: string }[]): unknown {
  return new Map(permissions.map((one) => [one.name, one]));
}
