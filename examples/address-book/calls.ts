// The demo's story: who signs in where, ticks what, and calls what. All of it happens over HTTP with real tokens; what came
// back goes out as plain facts.

import type { Decision, Privilege } from 'rightful';

import { mailMerge, nightlyExport, scopedExport, webClient } from './people.ts';
import type { Client, Person } from './people.ts';
import { privilegeText, whyPermitted, whyRefused } from './reasons.ts';
import type { Problem } from './reasons.ts';
import { endpointsOf, signIn, signInAsMachine } from './scripted-sign-in.ts';
import type { Endpoints } from './scripted-sign-in.ts';

/** One call with its answer. */
export interface CallFacts {
  /** The person or the machine; null: nobody. */
  who: string | null;
  client: string | null;
  scopes: string[];
  privileges: string[];
  call: string;
  status: number;
  /** The `code` of the refusal, if it is one. */
  code: string | null;
  why: string;
}

export interface CallsOptions {
  api: string;
  issuer: string;
  people: readonly Person[];
  clients: readonly Client[];
  /** The API's decision since this was last asked. */
  takeDecision: () => Decision | undefined;
}

interface Visit {
  person?: string;
  client?: string;
  asks?: readonly string[];
  ticks?: readonly string[];
  calls: readonly (readonly [call: string, body?: object])[];
}

const contact = { name: 'Barbara Liskov', email: 'barbara@example.org' };
const readAndWrite = ['read:contacts', 'write:contacts'];
const openidReadAndWrite = ['openid', ...readAndWrite];

/** Whose token the printout shows: one with which some calls pass and others do not. */
const sampleVisit: Visit = {
  person: 'edgar',
  client: mailMerge,
  asks: openidReadAndWrite,
  ticks: readAndWrite,
  calls: [],
};

const visits: readonly Visit[] = [
  { calls: [['GET /contacts']] },
  {
    person: 'rita',
    client: mailMerge,
    asks: openidReadAndWrite,
    ticks: readAndWrite,
    calls: [['GET /contacts'], ['POST /contacts', contact]],
  },
  {
    person: 'edgar',
    client: mailMerge,
    asks: openidReadAndWrite,
    ticks: ['read:contacts'],
    calls: [['GET /contacts/1'], ['POST /contacts', contact]],
  },
  {
    ...sampleVisit,
    calls: [
      ['POST /contacts', contact],
      ['PUT /contacts/2', contact],
    ],
  },
  {
    person: 'edgar',
    client: webClient,
    asks: ['openid'],
    calls: [
      ['POST /contacts/1/share', { with: 'noor' }],
      ['POST /contacts/2/share', { with: 'noor' }],
    ],
  },
  { person: 'noor', client: webClient, asks: ['openid'], calls: [['GET /contacts/1'], ['GET /contacts/2']] },
  { person: 'ada', client: mailMerge, asks: openidReadAndWrite, ticks: [], calls: [['GET /contacts']] },
  { person: 'ada', client: webClient, asks: ['openid'], calls: [['DELETE /contacts/2']] },
  { person: 'dora', client: webClient, asks: ['openid'], calls: [['GET /contacts/4'], ['DELETE /contacts/1']] },
  {
    person: 'erin',
    client: webClient,
    asks: ['openid'],
    calls: [['PUT /contacts/3', contact], ['DELETE /contacts/3']],
  },
  { client: nightlyExport, asks: readAndWrite, calls: [['GET /export'], ['POST /contacts', contact]] },
  { client: scopedExport, asks: readAndWrite, calls: [['GET /export/by-scope'], ['GET /export']] },
];

const nobody = { scopes: [], privileges: [] };

/** One after the other: later calls see what earlier ones changed. */
export async function makeCalls(
  options: CallsOptions,
): Promise<{ calls: CallFacts[]; sampleToken: string | undefined }> {
  const { api, issuer, takeDecision } = options;
  const endpoints = await endpointsOf(issuer);
  const calls: CallFacts[] = [];
  for (const visit of visits) {
    const token = await tokenOf(visit, endpoints, options);
    const who = { who: visit.person ?? visit.client ?? null, client: visit.client ?? null };
    const access = token === undefined ? nobody : await accessOf(api, token);
    for (const [call, body] of visit.calls) {
      const { status, problem } = await send(api, { call, body, token });
      const decision = takeDecision();
      const why = problem === undefined ? decision && whyPermitted(decision) : whyRefused(problem, decision);
      calls.push({ ...who, ...access, call, status, code: problem?.code ?? null, why: why ?? '' });
    }
  }
  return { calls, sampleToken: await tokenOf(sampleVisit, endpoints, options) };
}

interface Call {
  call: string;
  body: object | undefined;
  token: string | undefined;
}

async function send(api: string, { call, body, token }: Call): Promise<{ status: number; problem?: Problem }> {
  const [method = '', path = ''] = call.split(' ');
  const response = await fetch(api + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { status } = response;
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  if (isProblem) return { status, problem: (await response.json()) as Problem };
  await response.text();
  return { status };
}

/** What the API says of a token: its scopes, and what the store holds for who it acts for. */
async function accessOf(api: string, token: string): Promise<{ scopes: string[]; privileges: string[] }> {
  const response = await fetch(`${api}/me`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`Expected ${api}/me to answer 200, got ${response.status}`);
  const { scopes, privileges, denials } = (await response.json()) as Record<'privileges' | 'denials', Privilege[]> & {
    scopes: string[];
  };
  return { scopes, privileges: [...privileges, ...denials].map(privilegeText) };
}

async function tokenOf(
  { person: personId, client: clientId, asks = [], ticks = [] }: Visit,
  endpoints: Endpoints,
  { people, clients }: CallsOptions,
): Promise<string | undefined> {
  const client = clients.find(({ id }) => id === clientId);
  const person = people.find(({ id }) => id === personId);
  if (client === undefined) return undefined;
  if (person === undefined) return signInAsMachine(endpoints, client, asks);
  return signIn({ endpoints, client, person, asks, ticks });
}
