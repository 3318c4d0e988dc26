// Whoever asks goes in; what they may do comes out: their scopes, privileges and effective permissions, and for each call of the
// API whether it would be let through, or what is lacking.

import type { Access, Authorizer, Requirement } from 'rightful';

import { ok, problem } from './answer.ts';
import type { Handle } from './answer.ts';
import type { Asks } from './asks.ts';
import type { Permission } from './permissions.ts';

/** What a caller may know about its own access. */
export const showAccess: Handle = ({ access }) => ok(descriptionOf(access));

function descriptionOf({ subject, client, scopes, privileges, permissions }: Access) {
  return {
    subject,
    client,
    scopes: [...scopes],
    privileges: privileges.list(),
    denials: privileges.denials(),
    permissions: permissions.list(),
  };
}

interface Action {
  readonly action: Exclude<keyof Asks, 'exportAll'>;
  readonly method: string;
  readonly path: string;
}

const actions: readonly Action[] = [
  { action: 'list', method: 'GET', path: '/contacts' },
  { action: 'add', method: 'POST', path: '/contacts' },
];

const actionsOnContacts: readonly Action[] = [
  { action: 'show', method: 'GET', path: '/contacts/{id}' },
  { action: 'change', method: 'PUT', path: '/contacts/{id}' },
  { action: 'remove', method: 'DELETE', path: '/contacts/{id}' },
  { action: 'share', method: 'POST', path: '/contacts/{id}/share' },
];

const atMost = 100;

/** `?contact=1&contact=2`: also about these contacts, whether or not there are any. */
export function showActions(authorizer: Authorizer<Permission>, asks: Asks): Handle {
  return async ({ access, query }) => {
    const ids = query.getAll('contact');
    if (ids.length > atMost) return problem(400, 'Too many', `Expected at most ${atMost} times \`contact\`.`);
    const decide = async ({ action, method, path }: Action, params: { id?: string } = {}) => {
      const url = path.replace('{id}', encodeURIComponent(params.id ?? ''));
      // A policy is given what a route would give it.
      const request = { method, url, headers: {}, params };
      const requirement: Requirement<Permission> = asks[action];
      const decision = await authorizer.decide(access, requirement, { request, params });
      const { permit } = decision;
      const lack = permit ? {} : { lacking: decision.lacking, missing: decision.missing };
      return { action, method, path: url, ...(params.id !== undefined && { contact: params.id }), permit, ...lack };
    };
    const decided = [
      ...actions.map((action) => decide(action)),
      ...ids.flatMap((id) => actionsOnContacts.map((action) => decide(action, { id }))),
    ];
    return ok({ actions: await Promise.all(decided) });
  };
}
