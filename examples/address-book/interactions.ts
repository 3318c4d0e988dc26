// What a person does between an application's request and the answer to it: sign in, then consent. The forms that come in
// are checked here, and their outcome handed back to the authorization server.

import express from 'express';
import type { ErrorRequestHandler, Response } from 'express';
import type { Interaction, InteractionResults, Provider } from 'oidc-provider';

import type { AuthorizationServerOptions } from './authorization-server.ts';
import { apiAskedIn, askedScopesOf, createGrant, isFixed, openidScopes } from './consent.ts';
import { pageHeaders } from './page.ts';
import { consentPage, errorPage, signInPage } from './sign-in-pages.ts';

type Form = Record<string, unknown>;

export function createInteractions(provider: Provider, options: AuthorizationServerOptions): express.Router {
  const { apis, people } = options;
  const router = express.Router();

  router.get('/interaction/:uid', async (request, response) => {
    const interaction = await provider.interactionDetails(request, response);
    if (interaction.prompt.name === 'login') sendSignIn(response, interaction);
    else sendConsent(response, interaction);
  });

  router.post(
    '/interaction/:uid',
    express.urlencoded({ extended: false, limit: '10kb' }),
    async (request, response) => {
      const interaction = await provider.interactionDetails(request, response);
      const form = (request.body ?? {}) as Form;
      const result = interaction.prompt.name === 'login' ? signIn(form) : await consent(form, interaction);
      if (result === undefined) sendSignIn(response.status(403), interaction, form['login'] ?? '');
      else await provider.interactionFinished(request, response, result);
    },
  );

  router.use(sendError);
  return router;

  function signIn({ login, password }: Form): InteractionResults | undefined {
    const person = people.find((one) => one.id === login && one.password === password);
    return person && { login: { accountId: person.id } };
  }

  async function consent({ decision, scope }: Form, interaction: Interaction): Promise<InteractionResults> {
    if (decision === 'deny') {
      return { error: 'access_denied', error_description: 'The user denied the access that was asked for.' };
    }
    const api = apiAskedIn(interaction.params, apis);
    const grant = createGrant(provider, {
      clientId: String(interaction.params['client_id']),
      accountId: personOf(interaction),
      audience: api.audience,
      asked: askedScopesOf(interaction.params, api),
      ticked: [scope ?? []].flat().map(String),
    });
    return { consent: { grantId: await grant.save() } };
  }

  function sendSignIn(response: Response, { uid, params }: Interaction, attempted?: unknown): void {
    const clientId = String(params['client_id']);
    const login = String(attempted ?? params['login_hint'] ?? '');
    const failed = attempted !== undefined;
    send(response, params, signInPage({ action: `/interaction/${uid}`, clientId, login, failed, people }));
  }

  function sendConsent(response: Response, interaction: Interaction): void {
    const { uid, params } = interaction;
    const api = apiAskedIn(params, apis);
    const asked = askedScopesOf(params, api);
    const items = [...asked.openid, ...asked.api].map((scope) => ({
      scope,
      description: openidScopes[scope] ?? api.descriptions[scope] ?? '',
      fixed: isFixed(scope),
    }));
    const clientId = String(params['client_id']);
    const person = people.find(({ id }) => id === personOf(interaction))?.name ?? '';
    send(response, params, consentPage({ action: `/interaction/${uid}`, clientId, person, items }));
  }
}

function personOf({ session }: Interaction): string {
  if (session === undefined) throw new Error('Expected somebody to be signed in before consent is asked');
  return session.accountId;
}

function send(response: Response, params: Interaction['params'], page: string): void {
  const redirectUri = params['redirect_uri'];
  response.set(pageHeaders(typeof redirectUri === 'string' ? redirectUri : undefined));
  response.type('html').send(page);
}

const sendError: ErrorRequestHandler = (error: { status?: number }, _request, response, next) => {
  if (response.headersSent) return next(error);
  const { status = 500 } = error;
  if (status >= 500) console.error(error);
  const page =
    status < 500
      ? errorPage('invalid_request', 'This page has expired: start again from the application.')
      : errorPage('server_error', 'The authorization server failed. The reason is in its log.');
  response.status(status).set(pageHeaders()).type('html').send(page);
};
