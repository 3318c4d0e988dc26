// The facts, and where privileges and contacts are kept, go in; all that answers on the API's port comes out, on Express or on Koa.

import { createAuthorizer } from 'rightful';
import type { Decision, DecisionEvent } from 'rightful';

import { createAdministration } from './administration.ts';
import { createApi } from './api.ts';
import { asksOf } from './asks.ts';
import { createContactCalls } from './contact-calls.ts';
import { demoEndpoints } from './demo-endpoints.ts';
import type { Facts } from './facts.ts';
import type { Keeping } from './keeping.ts';
import { createKoaApi } from './koa-api.ts';
import { scopedExport, webClient } from './people.ts';
import { permissions } from './permissions.ts';
import type { Listener } from './listening.ts';
import { createRules } from './rules.ts';
import { tokenForwarding } from './token-forwarding.ts';
import { createWebApplication } from './web-application.ts';
import { webPage } from './web-page.ts';

export interface ApplicationParts {
  facts: Omit<Facts, 'calls'>;
  keeping: Keeping;
  /** Milliseconds since 1970: what the rules go by. */
  now: () => number;
  onDecision?: (decision: Decision) => void;
}

export interface Application {
  listener: Listener;
  close(): Promise<void>;
}

export function createApplication({ facts, keeping, now, onDecision }: ApplicationParts): Application {
  const { issuer, audience, people, framework } = facts;
  const { store, cached, contacts } = keeping;
  const rules = createRules(now);
  const everywhere = {
    issuer,
    audience,
    permissions,
    rules: rules.rules,
    ...(onDecision && { onDecision: ({ decision }: DecisionEvent) => onDecision(decision) }),
  };

  const authorizer = createAuthorizer({
    ...everywhere,
    store: cached,
    // The address book assigns permissions to machines itself, as it does to people.
    clientPrivileges: 'store',
    firstPartyClients: [webClient],
  });
  // What the authorization server assigns to a machine is in the token. Only machines of which it does so may come this way: any
  // other could ask for what it likes.
  const scopedMachines = createAuthorizer({ ...everywhere, clients: [scopedExport], clientPrivileges: 'issuer' });
  const administration = createAdministration({ facts, store, apiAuthorizer: authorizer });

  const parts = {
    authorizer,
    scopedMachines,
    asks: asksOf(contacts),
    calls: createContactCalls({ contacts, store, people }),
    administration: administration.handler,
    web: createWebApplication([...webPage(), ...demoEndpoints(facts, rules), tokenForwarding(issuer)]),
  };
  return {
    listener: framework === 'koa' ? createKoaApi(parts).callback() : createApi(parts),
    async close() {
      await Promise.all([authorizer.close(), scopedMachines.close(), administration.close()]);
      await keeping.close();
    },
  };
}
