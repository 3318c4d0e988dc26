// The machines go in; each gets a token for itself and fetches every contact, and how that went comes out. No user is in the picture:
// one machine's permissions are assigned in the store of the API, the other's by the authorization server.

import { nightlyExport, scopedExport } from './people.ts';
import type { Client } from './people.ts';
import { endpointsOf, signInAsMachine } from './scripted-sign-in.ts';

export interface ExportRun {
  client: string;
  /** The option of `createAuthorizer` that says where a machine's permissions come from. */
  clientPrivileges: 'store' | 'issuer';
  call: string;
  status: number;
  /** How many came; null: it was refused. */
  contacts: number | null;
  /** The `code` of the refusal, if it is one. */
  code: string | null;
}

const runs = [
  { client: nightlyExport, clientPrivileges: 'store', path: '/export' },
  { client: scopedExport, clientPrivileges: 'issuer', path: '/export/by-scope' },
  // What the authorization server lets it have is nothing to an API whose store assigns.
  { client: scopedExport, clientPrivileges: 'store', path: '/export' },
] as const;

export async function runExports(options: {
  api: string;
  issuer: string;
  clients: readonly Client[];
}): Promise<ExportRun[]> {
  const { api, issuer, clients } = options;
  const endpoints = await endpointsOf(issuer);
  return Promise.all(
    runs.map(async ({ client: id, clientPrivileges, path }) => {
      const client = clients.find((one) => one.id === id);
      if (client === undefined) throw new Error(`Expected a client ${id}`);
      const token = await signInAsMachine(endpoints, client, ['read:contacts']);
      const response = await fetch(api + path, { headers: { authorization: `Bearer ${token}` } });
      const body: unknown = await response.json();
      return {
        client: id,
        clientPrivileges,
        call: `GET ${path}`,
        status: response.status,
        contacts: Array.isArray(body) ? body.length : null,
        code: response.ok ? null : String((body as { code?: unknown }).code),
      };
    }),
  );
}
