// A path of the management API goes in, the tenant's answer comes out: asked with a token, and once more with another where the
// first is refused.

import type { Connection, SentAnswer } from './auth0-connection.ts';
import type { Deadline } from './auth0-deadline.ts';
import type { TenantRequest } from './auth0-exchange.ts';
import { TenantFault } from './auth0-faults.ts';
import type { Secrets } from './auth0-faults.ts';
import type { TenantToken, TokenSource } from './auth0-token.ts';

export interface ManagementSettings {
  /** `https://{domain}/api/v2` */
  readonly url: string;
  readonly connection: Connection;
  readonly tokens: TokenSource;
  readonly secrets: Secrets;
}

export interface ManagementQuestion {
  readonly method: TenantRequest['method'];
  /** Begins with a `/`; its segments are encoded. */
  readonly path: string;
  readonly body?: unknown;
}

export class ManagementApi {
  readonly #settings: ManagementSettings;

  constructor(settings: ManagementSettings) {
    this.#settings = settings;
  }

  /** The body of an immediate 200. @throws TenantFault for whatever else comes. */
  async read(path: string, query: Readonly<Record<string, string>>, deadline: Deadline): Promise<unknown> {
    const asked = `${path}?${new URLSearchParams(query).toString()}`;
    const { status, body } = await this.ask({ method: 'GET', path: asked }, deadline);
    if (status === 200) return body;
    const told = this.#settings.secrets.described(status, body);
    throw new TenantFault(`GET ${path}: the tenant answered ${told}`, {
      status,
      errorCode: this.#settings.secrets.errorCodeIn(body),
    });
  }

  /** Whatever the status, but 401: that is about us. @throws TenantFault when there is no answer. */
  async ask(question: ManagementQuestion, deadline: Deadline): Promise<SentAnswer> {
    const { tokens, connection } = this.#settings;
    const token = await tokens.token(deadline);
    const answer = await connection.send(this.#request(question, token), deadline);
    if (answer.status !== 401) return accepted(token, answer);
    const another = await tokens.insteadOf(token, deadline);
    if (another === undefined) throw this.#refused(question, answer);
    const second = await connection.send(this.#request(question, another), deadline);
    if (second.status === 401) throw this.#refused(question, second);
    return accepted(another, { ...second, uncertain: answer.uncertain || second.uncertain });
  }

  #request({ method, path, body }: ManagementQuestion, token: TenantToken): TenantRequest {
    const headers = { accept: 'application/json', authorization: `Bearer ${token.text}` };
    const url = `${this.#settings.url}${path}`;
    if (body === undefined) return { method, url, headers };
    return { method, url, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  }

  #refused({ method, path }: ManagementQuestion, { status, body }: SentAnswer): TenantFault {
    const told = this.#settings.secrets.described(status, body);
    const what = `${method} ${path.split('?', 1)[0] ?? ''}`;
    return new TenantFault(`${what}: the tenant refused the token that it has just issued: ${told}`, { status });
  }
}

function accepted(token: TenantToken, answer: SentAnswer): SentAnswer {
  token.wasAccepted = true;
  return answer;
}
