// What a running demo is made of, as plain data: for the terminal, for scripts, and for its own pages.

import type { CallFacts } from './calls.ts';
import type { Client, Person } from './people.ts';

/** What a script needs in order to drive the demo. */
export interface Facts {
  api: string;
  issuer: string;
  audience: string;
  framework: 'express' | 'koa';
  /** Where privileges and contacts are kept. */
  kept: string;
  /** What a tenant would be: the management API, the dashboard, and whose tokens they take. */
  administration: Administration;
  people: readonly Person[];
  clients: readonly Client[];
  calls: readonly CallFacts[];
}

export interface Administration {
  audience: string;
  dashboard: string;
  managementApi: string;
  accessControlApi: string;
  decisions: string;
  /** Also at the issuer. */
  tokenEndpoint: string;
}

/** `home`: the API beside which the authorization server runs, whose name tokens for the administration bear. */
export function administrationAt(api: string, home: string): Administration {
  return {
    audience: `${home}/api/v2/`,
    dashboard: `${api}/admin/`,
    managementApi: `${api}/api/v2`,
    accessControlApi: `${api}/api/access-control`,
    decisions: `${api}/access/v1`,
    tokenEndpoint: `${api}/oauth/token`,
  };
}
