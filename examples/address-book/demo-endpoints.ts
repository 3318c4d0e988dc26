// The facts and the rules go in; what the pages of the demo use beside the API comes out: who and what there is, the rules to switch,
// the export to run.

import type { Facts } from './facts.ts';
import { runExports } from './nightly-export.ts';
import { descriptions } from './permissions.ts';
import type { Rules } from './rules.ts';
import { bodyOf, jsonResponse, problemResponse } from './web-application.ts';
import type { WebRoute } from './web-application.ts';

export function demoEndpoints(facts: Omit<Facts, 'calls'>, rules: Rules): WebRoute[] {
  const { api, issuer, clients } = facts;
  // The passwords of people are for whoever plays them; machines keep theirs.
  const shown = { ...facts, permissions: descriptions, clients: clients.map(({ secret: _, ...client }) => client) };

  const turnRules = async (request: Request): Promise<Response> => {
    const wanted = await switchesIn(request);
    const known = rules.state().rules.map(({ name }) => name);
    if (wanted === undefined || wanted.some(([name]) => !known.includes(name))) {
      const detail = `Expected a JSON object with true or false for ${known.join(' or ')}.`;
      return problemResponse(400, 'Unusable body', detail);
    }
    for (const [name, on] of wanted) rules.turn(name, on);
    return jsonResponse(rules.state());
  };

  return [
    ['GET', '/demo/facts', () => jsonResponse(shown)],
    ['GET', '/demo/rules', () => jsonResponse(rules.state())],
    ['PUT', '/demo/rules', turnRules],
    ['POST', '/demo/export', async () => jsonResponse({ runs: await runExports({ api, issuer, clients }) })],
  ];
}

async function switchesIn(request: Request): Promise<[string, boolean][] | undefined> {
  const body = parsed(await bodyOf(request, 1024));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const entries = Object.entries(body);
  return entries.every(([, on]) => typeof on === 'boolean') ? (entries as [string, boolean][]) : undefined;
}

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
