// Who makes changes and the records before the first of them go in; the same comes out with all that they hold, read once.

import type { Access } from '../core/access.ts';
import type { Privilege } from '../core/privilege.ts';
import { heldBy, inNamesOf } from './change-effects.ts';
import type { CheckedBy } from './change-input.ts';
import type { HeldRecords } from './records.ts';

/** Who makes changes. */
export interface Maker extends CheckedBy {
  /** All that they hold and are denied before the first change: what it gives them is not theirs to hand on in the next. */
  holdings(): Promise<readonly Privilege[]>;
}

/** `records`: as they are before the first change. */
export function makerOf(by: CheckedBy, records: HeldRecords): Maker {
  let held: Promise<readonly Privilege[]> | undefined;
  const read = async (): Promise<readonly Privilege[]> =>
    by.access === undefined ? [] : heldByActor(records, by, by.access);
  return Object.freeze({ ...by, holdings: () => (held ??= read()) });
}

// An Access in one organization has nothing of what is held in another.
async function heldByActor(records: HeldRecords, by: CheckedBy, { subject }: Access): Promise<readonly Privilege[]> {
  const { issuer, id, kind, organization: place } = subject;
  const held = await heldBy(records, { issuer, id, kind });
  const counts = ({ effect, organization = place }: Privilege): boolean =>
    effect === 'deny' || place === undefined || organization === place;
  return inNamesOf(by, held.filter(counts));
}
