// The address of a tenant and a client's credentials go in, a PrivilegeStore comes out that reads what users and clients were
// assigned there, and can change it.

import { UnavailableError } from '../core/errors.ts';
import type { Privilege, PrivilegeChange, PrivilegeStore, Subject } from '../core/privilege.ts';
import type { ChangedBy, Person, PrivilegeInput } from '../core/role-store.ts';
import { tell } from '../core/tell.ts';
import { permissionChange, roleChange } from './auth0-changes.ts';
import type { TenantChange } from './auth0-changes.ts';
import { Connection } from './auth0-connection.ts';
import { machineClock, withinLimits } from './auth0-deadline.ts';
import type { Deadline, TenantClock } from './auth0-deadline.ts';
import { Secrets, TenantFault, unavailable } from './auth0-faults.ts';
import { ManagementApi } from './auth0-management.ts';
import { readAuth0Options } from './auth0-options.ts';
import type { Auth0Settings, Auth0StoreOptions } from './auth0-options.ts';
import { Tenant } from './auth0-tenant.ts';
import { TokenSource } from './auth0-token.ts';

export type { Auth0StoreOptions } from './auth0-options.ts';
export { TenantRefusedError } from './auth0-faults.ts';

/**
 * What a tenant of Auth0 knows of users and clients: what {@link auth0Store} makes.
 *
 * The changes mean what they mean for a RoleStore, as far as a tenant can keep them, but resolve to nothing: a tenant counts no
 * revisions. Each is one request, made whole or not at all, and rejects with:
 *
 * - TypeError when something handed in is not as it must be;
 * - NotSupportedError, before anything is sent, for what a tenant cannot keep: a resource (`on`), a denial, an end, an
 *   organization, a pattern of names, another API, a client, a user of another issuer; and where `by` is an Access, since a
 *   tenant cannot say whether its subject may give what it gives;
 * - TenantRefusedError when the tenant refuses it: the user or the role does not exist, or the application may not;
 * - UnavailableError when there is no answer. The change may have been made; to make it again does no harm.
 */
export interface Auth0Store extends PrivilegeStore {
  /**
   * What the tenant assigned, in every organization alike. A user: permissions assigned directly and through roles, one privilege
   * for each; a client: the scopes of its client grants. Names that hold a `*` are left out. Nobody of another issuer, and nobody
   * unknown, holds anything; nor does anybody for another API than the store's.
   *
   * @throws UnavailableError (rejects) when the tenant cannot say, or says nonsense: its `cause` is for the operator; the signal's
   * reason when that aborts.
   */
  privilegesOf(
    subject: Subject,
    options: { audience: readonly string[]; signal?: AbortSignal },
  ): Promise<readonly Privilege[]>;
  /** Assigns permissions to a user. One that the user has already stays as it is. */
  grant(subject: Subject, privilege: PrivilegeInput, by: ChangedBy): Promise<void>;
  /** Takes back permissions that were assigned directly; those through roles stay. */
  revoke(subject: Subject, privilege: PrivilegeInput, by: ChangedBy): Promise<void>;
  /** Assigns roles to a user, by the tenant's ids: `rol_…`. */
  assign(
    subject: Subject,
    role: string | readonly string[],
    options: { organization?: string; expiresAt?: number },
    by: ChangedBy,
  ): Promise<void>;
  /** Takes back roles, by the tenant's ids. */
  deassign(
    subject: Subject,
    role: string | readonly string[],
    options: { organization?: string },
    by: ChangedBy,
  ): Promise<void>;
  /** Hears of the changes made through this store, also of one that may have been made. Nobody announces those made elsewhere. */
  onChange(listener: (change: PrivilegeChange) => void): () => void;
  /** Obtains a token. @throws UnavailableError (rejects) when there is none to be had within `timeoutMs`. */
  ready(): Promise<void>;
  /** Ends every request and wait with an UnavailableError; so does each that comes later. */
  close(): Promise<void>;
}

/**
 * Reads privileges from a tenant of Auth0 by its management API, as one machine-to-machine application.
 *
 * It remembers nothing but its token: put `withCache` in front, whose `maxAgeMs` bounds how long a change made at the tenant
 * itself goes unseen, and which asks once where many ask at the same time.
 *
 * @throws TypeError when an option is unknown, missing, or not as it must be.
 */
export function auth0Store(options: Auth0StoreOptions): Auth0Store {
  return createAuth0Store(options, machineClock);
}

/** @internal The same by a clock that is handed in. */
export function createAuth0Store(options: Auth0StoreOptions, clock: TenantClock): Auth0Store {
  const settings = readAuth0Options(options);
  const work = new TenantWork(settings, clock);
  const send = async (change: () => TenantChange): Promise<void> => work.change(change());
  return Object.freeze<Auth0Store>({
    privilegesOf: (subject, asked) => work.privilegesOf(subject, asked),
    grant: (subject, privilege, by) => send(() => permissionChange('POST', { subject, privilege, by }, settings)),
    revoke: (subject, privilege, by) => send(() => permissionChange('DELETE', { subject, privilege, by }, settings)),
    assign: (subject, role, given, by) =>
      send(() => roleChange('POST', { subject, role, options: given, by }, settings)),
    deassign: (subject, role, given, by) =>
      send(() => roleChange('DELETE', { subject, role, options: given, by }, settings)),
    onChange: (listener) => work.onChange(listener),
    ready: () => work.ready(),
    close: async () => work.close(),
  });
}

/** The parts of a store put together, and what they have in common: limits, listeners, and the end. */
class TenantWork {
  readonly #settings: Auth0Settings;
  readonly #clock: TenantClock;
  readonly #tokens: TokenSource;
  readonly #tenant: Tenant;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<{ readonly listener: (change: PrivilegeChange) => void }>();

  constructor(settings: Auth0Settings, clock: TenantClock) {
    this.#settings = settings;
    this.#clock = clock;
    const secrets = new Secrets(settings.clientSecret);
    const { domain, clientId, clientSecret, managementAudience, timeoutMs, maxRetries, fetch } = settings;
    // Two, since a tenant counts requests for tokens apart from the others.
    const connection = (): Connection => new Connection({ fetch, secrets, clock, maxRetries });
    this.#tokens = new TokenSource({
      url: `https://${domain}/oauth/token`,
      form: {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        audience: managementAudience,
      },
      connection: connection(),
      secrets,
      limits: { clock, timeoutMs, signals: [this.#closing.signal] },
    });
    const url = `https://${domain}/api/v2`;
    const api = new ManagementApi({ url, connection: connection(), tokens: this.#tokens, secrets });
    this.#tenant = new Tenant({ api, secrets, settings });
  }

  async privilegesOf(
    subject: Subject,
    { audience, signal }: { audience: readonly string[]; signal?: AbortSignal },
  ): Promise<readonly Privilege[]> {
    const isAsked = subject.issuer === this.#settings.issuer && audience.includes(this.#settings.audience);
    if (!isAsked) return Object.freeze([]);
    return this.#within(signal, (deadline) => this.#tenant.privilegesOf(subject, deadline));
  }

  async change(change: TenantChange): Promise<void> {
    try {
      const { mayHaveChanged, refusal } = await this.#within(undefined, (deadline) =>
        this.#tenant.change(change, deadline),
      );
      if (mayHaveChanged) this.#announce(change.person);
      if (refusal !== undefined) throw refusal;
    } catch (cause) {
      // Nobody knows whether it was made.
      if (cause instanceof UnavailableError) this.#announce(change.person);
      throw cause;
    }
  }

  onChange(listener: (change: PrivilegeChange) => void): () => void {
    const heard = { listener };
    this.#listeners.add(heard);
    return () => void this.#listeners.delete(heard);
  }

  async ready(): Promise<void> {
    await this.#within(undefined, (deadline) => this.#tokens.token(deadline));
  }

  close(): void {
    this.#closing.abort(new TenantFault('the store is closed'));
  }

  #announce(person: Person): void {
    for (const { listener } of this.#listeners) tell(() => listener(Object.freeze({ subject: person })));
  }

  /** @throws UnavailableError (rejects) with what went wrong as its cause; the reason of `signal` when that aborts. */
  async #within<Result>(
    signal: AbortSignal | undefined,
    work: (deadline: Deadline) => Promise<Result>,
  ): Promise<Result> {
    const limits = { clock: this.#clock, timeoutMs: this.#settings.timeoutMs, signals: [signal, this.#closing.signal] };
    try {
      return await withinLimits(limits, work);
    } catch (cause) {
      if (signal?.aborted === true && cause === signal.reason) throw cause;
      throw unavailable(cause);
    }
  }
}
