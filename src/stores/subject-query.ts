// Which subjects are asked for goes in, checked; a subject goes in, whether it is one of them comes out.

import { ofInput } from '../core/input-error.ts';
import { checkedString, expectation } from '../core/options.ts';
import type { Person } from '../core/role-store.ts';
import { checkedQuery } from './pages.ts';
import type { CheckedPage } from './pages.ts';

/** All that is given must hold. */
export interface CheckedSubjectQuery {
  readonly page: CheckedPage;
  readonly kind: Person['kind'] | undefined;
  readonly issuer: string | undefined;
  /** Part of the id, in lower case. */
  readonly id: string | undefined;
}

/** @throws InvalidInputError when it is not as it must be. */
export function checkedSubjectQuery(query: unknown): CheckedSubjectQuery {
  return ofInput(() => subjectQueryIn(query));
}

function subjectQueryIn(query: unknown): CheckedSubjectQuery {
  const { page, filter } = checkedQuery(query, ['kind', 'issuer', 'id']);
  const { kind, issuer, id } = filter;
  if (kind !== undefined && kind !== 'user' && kind !== 'client') throw expectation('kind', "'user' or 'client'", kind);
  return {
    page,
    kind,
    issuer: issuer === undefined ? undefined : checkedString(issuer, 'issuer'),
    id: id === undefined ? undefined : checkedString(id, 'id').toLowerCase(),
  };
}

/** `ignoresIssuer`: whoever is at any issuer is at the one that is asked for. */
export function isSubjectAskedFor(person: Person, query: CheckedSubjectQuery, ignoresIssuer: boolean): boolean {
  const { kind = person.kind, issuer = person.issuer, id = '' } = query;
  if (person.kind !== kind || (person.issuer !== issuer && !ignoresIssuer)) return false;
  return person.id.toLowerCase().includes(id);
}
