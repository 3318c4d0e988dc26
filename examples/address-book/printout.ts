// The facts of a running demo go in, what a person reads in the terminal comes out.

import type { CallFacts } from './calls.ts';
import type { Facts } from './facts.ts';
import { administrationClient } from './people.ts';
import { tableOf } from './table.ts';
import type { Group } from './table.ts';

export function printoutOf(facts: Facts, token: string): string {
  const { api, issuer, audience, administration, kept, people, clients, calls } = facts;
  return `The address book is running.

  API                    ${api} (open it in a browser: there is a page to play with)
  Dashboard              ${administration.dashboard} (sign in as ada)
  Management API         ${administration.managementApi}
  Access-control API     ${administration.accessControlApi}
  Decisions              ${administration.decisions}
  Authorization server   ${issuer}
  Audience               ${audience}, and ${administration.audience} for administration
  Kept                   ${kept}, served by ${facts.framework === 'koa' ? 'Koa' : 'Express'}

People
${people.map(({ id, password, about }) => `  ${id.padEnd(8)}${password.padEnd(18)}${about}`).join('\n')}

Applications
${clients.map(({ id, about }) => `  ${id.padEnd(25)}${about}`).join('\n')}
${calls.length === 0 ? '' : storyOf(calls)}${token === '' ? '' : trialOf(facts, token)}
Ctrl-C ends it. PORT=4000 npm start takes ports 4000 and 4001; npm start -- --help says what else there is.
`;
}

function storyOf(calls: readonly CallFacts[]): string {
  return `
What each may do = the scopes in the token AND the privileges held. Real calls with real tokens:

${tableOf(columns, groupsOf(calls))}`;
}

function trialOf({ api, administration, clients }: Facts, token: string): string {
  const machine = clients.find(({ id }) => id === administrationClient);
  return `
Try it as edgar through mail-merge, with read:contacts and write:contacts ticked (the token holds for an hour):

TOKEN=${token}
curl -i -H "Authorization: Bearer $TOKEN" ${api}/me
curl -i -H "Authorization: Bearer $TOKEN" ${api}/contacts
curl -i -H "Authorization: Bearer $TOKEN" -X DELETE ${api}/contacts/1

The export that machines run at night, a rule that is switched on, and a token for scripts that administer:

curl -s -X POST ${api}/demo/export
curl -s -X PUT -H "Content-Type: application/json" -d '{"office-network":true}' ${api}/demo/rules
curl -s -u ${machine?.id}:${machine?.secret} ${administration.tokenEndpoint} \\
  -d grant_type=client_credentials -d audience=${administration.audience}
`;
}

const columns = [
  { title: 'who', width: 16 },
  { title: 'scopes in token', width: 15 },
  { title: 'privileges', width: 22 },
  { title: 'call', width: 22 },
  { title: 'answer', width: 22 },
  { title: 'why', width: 33 },
];

// Calls with the same token stand under each other.
function groupsOf(calls: readonly CallFacts[]): Group[] {
  const groups = new Map<string, { shared: string[]; rows: string[][] }>();
  for (const { who, client, scopes, privileges, call, status, code, why } of calls) {
    const caller = who === null ? 'nobody' : who === client ? who : `${who} via ${client}`;
    const shared = [caller, orNone(scopes.join(' ')), orNone(privileges.join(', '))];
    const group = groups.get(shared.join()) ?? { shared, rows: [] };
    group.rows.push([call, `${status} ${code ?? ''}`, why]);
    groups.set(shared.join(), group);
  }
  return [...groups.values()];
}

function orNone(text: string): string {
  return text === '' ? '(none)' : text;
}
