// A port goes in, the running demo comes out: the API on it, the authorization server on the next one, and the facts of a
// few calls that were made meanwhile.

import type { Server } from 'node:http';

import type { Decision } from 'rightful';
import { adminPermissions } from 'rightful/admin';

import { createApplication } from './application.ts';
import type { Application } from './application.ts';
import { createAuthorizationServer } from './authorization-server.ts';
import { makeCalls } from './calls.ts';
import type { CallFacts } from './calls.ts';
import { administrationAt } from './facts.ts';
import type { Facts } from './facts.ts';
import { writeInitialContents } from './initial-contents.ts';
import { inMemory, openKeeping } from './keeping.ts';
import type { Keeping, Place } from './keeping.ts';
import { closeServer, listen, urlOf } from './listening.ts';
import type { Listener } from './listening.ts';
import { issuerBeside } from './other-process.ts';
import { createClients, people } from './people.ts';
import { descriptions } from './permissions.ts';

export interface AddressBookOptions {
  port: number;
  /** Default: Express. */
  framework?: 'express' | 'koa';
  /** Where privileges and contacts are kept. Default: in memory. */
  place?: Place;
  /** The address of the API of an address book that runs already: its authorization server is used, and none is started. */
  beside?: string;
  /** Milliseconds since 1970: what the rules of the address book go by. Default: the clock of the machine. */
  now?: () => number;
}

export interface AddressBook {
  facts: Facts;
  /** A token to try the API with. */
  sampleToken: string | undefined;
  close(): Promise<void>;
}

const audience = 'https://address-book.example/api';

export async function startAddressBook(options: AddressBookOptions): Promise<AddressBook> {
  const { port, framework = 'express', place = {}, beside, now = Date.now } = options;
  const api = urlOf(port);
  const home = beside ?? api;
  const issuer = beside === undefined ? urlOf(port + 1) : await issuerBeside(beside);
  const administration = administrationAt(api, home);
  const described = { api, issuer, audience, framework, administration, people, clients: createClients(home) };
  const applicationOn: ApplicationOn = (keeping, onDecision) => {
    const facts = { ...described, kept: keeping.place };
    return createApplication({ facts, keeping, now, ...(onDecision && { onDecision }) });
  };

  const servers: Server[] = [];
  let application: Application | undefined;
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(closeServer));
    await application?.close();
  };
  try {
    let current: Listener = (_request, response) => response.writeHead(503, { 'Retry-After': '1' }).end();
    const answerWith = (listener: Listener): void => void (current = listener);
    servers.push(await listen(port, (request, response) => current(request, response), 'the API'));
    const keeping = await openKeeping(place, issuer);
    application = applicationOn(keeping);
    let told: Told = { calls: [], sampleToken: undefined };
    if (beside === undefined) {
      servers.push(await listen(port + 1, authorizationServerOf(described), 'the authorization server'));
      told = await tellStory(described, applicationOn, answerWith);
    }
    await writeInitialContents(keeping.store, issuer, Date.now());
    answerWith(application.listener);
    return { facts: { ...described, kept: keeping.place, calls: told.calls }, sampleToken: told.sampleToken, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Described = Omit<Facts, 'calls' | 'kept'>;
type ApplicationOn = (keeping: Keeping, onDecision?: (decision: Decision) => void) => Application;

const administrativeScopes = Object.fromEntries(
  adminPermissions.names.map((name) => [name, adminPermissions.definition(name)?.description ?? name]),
);

function authorizationServerOf({ issuer, administration, people, clients }: Described): Listener {
  const apis = [
    { audience, descriptions },
    { audience: administration.audience, descriptions: administrativeScopes },
  ] as const;
  return createAuthorizationServer({ issuer, apis, people, clients });
}

interface Told {
  calls: CallFacts[];
  sampleToken: string | undefined;
}

/** The calls are made on an address book of their own, in memory: whoever comes next finds the real one as it was. */
async function tellStory(
  facts: Described,
  applicationOn: ApplicationOn,
  answerWith: (listener: Listener) => void,
): Promise<Told> {
  let decision: Decision | undefined;
  const keeping = inMemory(facts.issuer);
  await writeInitialContents(keeping.store, facts.issuer, Date.now());
  const application = applicationOn(keeping, (made) => (decision = made));
  answerWith(application.listener);
  const takeDecision = (): Decision | undefined => {
    const taken = decision;
    decision = undefined;
    return taken;
  };
  try {
    return await makeCalls({ ...facts, takeDecision });
  } finally {
    await application.close();
  }
}
