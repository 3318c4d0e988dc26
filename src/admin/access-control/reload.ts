// Reads the provisioning files anew, for whoever calls: what they say is done, as far as the caller holds it.

import { inTime } from '../../core/in-time.ts';
import type { Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { machineClock } from '../machine-clock.ts';
import { checkedQuery } from '../query.ts';
import { changing } from './changing.ts';

export const reload: Handle = async (call) => {
  checkedQuery(call.query, []);
  const { provision, provisionTimeoutMs: timeoutMs } = call.admin;
  if (provision === undefined)
    throw new RequestFault(404, 'There are no provisioning files here', { code: 'not_found' });
  const read = async (): Promise<unknown> => provision(call.access);
  const limit = { what: 'What reads the provisioning files', timeoutMs, clock: machineClock };
  await changing(call, () => inTime(read(), limit));
  return { status: 202, body: { message: 'Access control config reloaded' } };
};
