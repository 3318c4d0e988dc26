// The address of an address book that runs already goes in, the issuer of its tokens comes out.

import { StartError } from './listening.ts';

export async function issuerBeside(api: string): Promise<string> {
  let reason: unknown;
  try {
    const response = await fetch(`${api}/demo/facts`, { signal: AbortSignal.timeout(5000) });
    const { issuer } = (await response.json()) as { issuer?: unknown };
    if (typeof issuer === 'string') return issuer;
    reason = `${response.status} without an issuer`;
  } catch (error) {
    reason = (error as Error).message;
  }
  throw new StartError(`There is no address book at ${api} to run beside (${String(reason)})`);
}
