// Questions and changes go in, requests to one tenant go out: what is read of users and clients, and what is changed of users.

import type { Privilege, Subject } from '../core/privilege.ts';
import type { TenantChange } from './auth0-changes.ts';
import type { Deadline } from './auth0-deadline.ts';
import { TenantFault, TenantRefusedError } from './auth0-faults.ts';
import type { Secrets } from './auth0-faults.ts';
import type { ManagementApi } from './auth0-management.ts';
import type { Auth0Settings } from './auth0-options.ts';
import { chainedItems, numberedItems } from './auth0-pages.ts';
import { privilegesFromGrants, privilegesFromPermissions } from './auth0-reading.ts';
import { userPath } from './auth0-users.ts';

export interface TenantSettings {
  readonly api: ManagementApi;
  readonly secrets: Secrets;
  readonly settings: Auth0Settings;
}

export class Tenant {
  readonly #api: ManagementApi;
  readonly #secrets: Secrets;
  readonly #settings: Auth0Settings;

  constructor({ api, secrets, settings }: TenantSettings) {
    this.#api = api;
    this.#secrets = secrets;
    this.#settings = settings;
  }

  /** @throws TenantFault when the tenant cannot say. */
  async privilegesOf({ kind, id }: Subject, deadline: Deadline): Promise<readonly Privilege[]> {
    const path = userPath(id);
    if (path === undefined) return nothing;
    try {
      return kind === 'client' ? await this.#ofClient(id, deadline) : await this.#ofUser(path, deadline);
    } catch (cause) {
      if (!(cause instanceof TenantFault)) throw cause;
      if (kind === 'user' && isUnknownUser(cause)) return nothing;
      throw cause.at(`what a ${kind} holds`);
    }
  }

  async #ofUser(path: string, deadline: Deadline): Promise<readonly Privilege[]> {
    const { audience, effectivePermissions } = this.#settings;
    const items = effectivePermissions
      ? await chainedItems((page) => {
          const query = { resource_server_identifier: audience, ...page };
          return this.#api.read(`${path}/effective-permissions`, query, deadline);
        }, 'permissions')
      : await numberedItems((page) => this.#api.read(`${path}/permissions`, page, deadline), 'permissions');
    return privilegesFromPermissions(items, audience);
  }

  async #ofClient(clientId: string, deadline: Deadline): Promise<readonly Privilege[]> {
    const { audience } = this.#settings;
    const items = await numberedItems((page) => {
      const query = { client_id: clientId, audience, ...page };
      return this.#api.read('/client-grants', query, deadline);
    }, 'client_grants');
    return privilegesFromGrants(items, { clientId, audience });
  }

  /**
   * Sent again after a failure as well: to give what is there, and to take what is not, changes nothing. Resolves to whether
   * the tenant made it.
   *
   * @throws TenantFault when it is unknown whether the change was made.
   */
  async change({ method, path, body }: TenantChange, deadline: Deadline): Promise<ChangeOutcome> {
    const answer = await this.#api.ask({ method, path, body }, deadline);
    if (answer.status < 300) return { mayHaveChanged: true };
    const told = this.#secrets.described(answer.status, answer.body);
    const message = `The tenant refused ${method} ${path}: ${told}`;
    const refusal = new TenantRefusedError(message, answer.status, this.#secrets.errorCodeIn(answer.body));
    return { mayHaveChanged: answer.uncertain, refusal };
  }
}

export interface ChangeOutcome {
  readonly mayHaveChanged: boolean;
  readonly refusal?: TenantRefusedError;
}

const nothing: readonly Privilege[] = Object.freeze([]);

// Any other 404 says that the address is wrong, and nothing about the user.
function isUnknownUser({ status, errorCode }: TenantFault): boolean {
  return status === 404 && errorCode === 'inexistent_user';
}
