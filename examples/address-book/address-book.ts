// A port goes in, the running demo comes out: the API on it, the authorization server on the next one, and the facts of a
// few calls that were made meanwhile.

import express from 'express';
import { createAuthorizer } from 'rightful';
import type { Decision } from 'rightful';

import { createApi } from './api.ts';
import { createAuthorizationServer } from './authorization-server.ts';
import { makeCalls } from './calls.ts';
import type { CallFacts } from './calls.ts';
import { createContacts } from './contacts.ts';
import { closeServer, listen, urlOf } from './listening.ts';
import { createClients, createStore, people } from './people.ts';
import type { Client, Person } from './people.ts';
import { descriptions, permissions } from './permissions.ts';
import { noSuchRoute, sendError } from './problems.ts';
import { createWebApplication } from './web-application.ts';

/** What a script needs in order to drive the demo. */
export interface Facts {
  api: string;
  issuer: string;
  audience: string;
  people: readonly Person[];
  clients: readonly Client[];
  calls: readonly CallFacts[];
}

export interface AddressBook {
  facts: Facts;
  /** A token to try the API with. */
  sampleToken: string | undefined;
  close(): Promise<void>;
}

const audience = 'https://address-book.example/api';

export async function startAddressBook(port: number): Promise<AddressBook> {
  const api = urlOf(port);
  const issuer = urlOf(port + 1);
  const clients = createClients(api);
  const contacts = createContacts();
  let decision: Decision | undefined;

  const authorizer = createAuthorizer({
    issuer,
    audience,
    permissions,
    store: createStore(issuer, Date.now()),
    // The address book assigns permissions to machines itself, as it does to people.
    clientPrivileges: 'store',
    firstPartyClients: clients.filter(({ firstParty }) => firstParty).map(({ id }) => id),
    onDecision: (event) => (decision = event.decision),
  });

  const app = express();
  app.disable('x-powered-by');
  app.use(createApi({ authorizer, contacts }));
  app.use(createWebApplication({ api, issuer, clients, scopes: Object.keys(descriptions) }));
  app.use(noSuchRoute, sendError);

  const servers = [await listen(port, app, 'the API')];
  const close = async () => {
    await Promise.all(servers.map(closeServer));
    await authorizer.close();
  };

  try {
    const authorizationServer = createAuthorizationServer({ issuer, audience, descriptions, people, clients });
    servers.push(await listen(port + 1, authorizationServer, 'the authorization server'));
    const { calls, sampleToken } = await makeCalls({ api, issuer, people, clients, takeDecision });
    // Whoever comes next finds the address book as it was.
    contacts.reset();
    return { facts: { api, issuer, audience, people, clients, calls }, sampleToken, close };
  } catch (error) {
    await close();
    throw error;
  }

  function takeDecision(): Decision | undefined {
    const taken = decision;
    decision = undefined;
    return taken;
  }
}
