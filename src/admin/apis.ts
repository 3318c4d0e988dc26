// A path goes in, the API that it belongs to comes out: which words its errors in its own way.

import { accessControlFault } from './access-control/answers.ts';
import { decisionsFault, requestIdOf } from './decisions/answers.ts';
import type { Fault } from './faults.ts';
import { managementFault } from './management/answers.ts';
import { overviewFault } from './overview/answers.ts';

/** One of the APIs, or what stands for none of them. */
export interface Api {
  readonly isOurs: boolean;
  /** Whether its calls say in which organization they act. Those of the others act in all of them. */
  readonly hasPlaces?: boolean;
  /** The media type of its errors; undefined: JSON. */
  readonly faultType?: string;
  answerTo(fault: Fault): { readonly status: number; readonly body: unknown };
  /** What every answer to a request has among its headers. */
  headersFor?(request: Request): Readonly<Record<string, string>>;
}

const management: Api = { isOurs: true, answerTo: managementFault };
const provisioning: Api = { isOurs: true, answerTo: accessControlFault };
const accessControl: Api = { ...provisioning, hasPlaces: true };
const decisions: Api = {
  isOurs: true,
  faultType: 'application/json',
  answerTo: decisionsFault,
  headersFor: requestIdOf,
};
const overview: Api = { isOurs: true, faultType: 'application/problem+json', answerTo: overviewFault };
const none: Api = { ...overview, isOurs: false };

const under: readonly (readonly [path: string, api: Api])[] = [
  ['/api/v2', management],
  ['/api/access-control', accessControl],
  ['/api/admin/provisioning/access-control', provisioning],
  ['/access/v1', decisions],
  ['/.well-known/authzen-configuration', decisions],
  ['/admin', overview],
];

export function apiAt(path: string): Api {
  return under.find(([start]) => path === start || path.startsWith(`${start}/`))?.[1] ?? none;
}
