// Reads the provisioning files anew, for whoever calls: what they say is done, as far as the caller holds it.

import type { Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { checkedQuery } from '../query.ts';
import { changing } from './changing.ts';

export const reload: Handle = async (call) => {
  checkedQuery(call.query, []);
  const { provision } = call.admin;
  if (provision === undefined)
    throw new RequestFault(404, 'There are no provisioning files here', { code: 'not_found' });
  await changing(call, async () => provision(call.access));
  return { status: 202, body: { message: 'Access control config reloaded' } };
};
