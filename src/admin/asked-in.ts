// What is asked of who calls goes in, with the organization that the call acts in; nothing comes out, or an AccessError: what is held
// in one organization says nothing of another, nor of all.

import { inOrganization } from '../core/requirement.ts';
import type { Requirement } from '../core/requirement.ts';
import type { Call } from './exchange.ts';

/** `place` undefined: in all of them. @throws AccessError when what is held there is not enough. */
export async function requireIn(
  { access, admin: { way }, params, request }: Pick<Call, 'access' | 'admin' | 'params' | 'request'>,
  asked: Requirement,
  place: string | undefined,
): Promise<void> {
  const there = place === undefined ? inOrganization(asked, null) : inOrganization(asked, '{org}', { org: place });
  await way.require(access, way.checked(there), { params, request });
}
