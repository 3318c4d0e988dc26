// How many there are and how many there are to be go in; where that is more than there may be, a fault comes out. What is there
// already counts, but what is given once more is no more.

import { RequestFault } from '../faults.ts';

/** `what`: of which there may be no more, in words; `to`: who has them. */
export function checkRoom(
  { stored, added, atMost }: { readonly stored: number; readonly added: number; readonly atMost: number },
  { what, to }: { readonly what: 'permissions' | 'roles'; readonly to: 'user' | 'role' },
): void {
  if (added === 0 || stored + added <= atMost) return;
  const message = `No more ${what} can be assigned to this ${to}.`;
  throw new RequestFault(400, message, { code: 'entity_limit_reached' });
}
