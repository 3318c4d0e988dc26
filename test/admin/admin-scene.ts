// An API, its store and its administration on loopback HTTP, and people who call: what the tests of administration play on.

import { createServer } from 'node:http';
import express from 'express';
import Koa from 'koa';
import type { Middleware } from 'koa';
import { createAuthorizer, definePermissions } from 'rightful';
import type { AuthorizerOptions, Authorizer, PermissionCatalogue, PermissionOf, Subject } from 'rightful';
import { adminPermissions, createAdmin } from 'rightful/admin';
import type { AdminHandler, AdminOptions } from 'rightful/admin';
import { mount } from 'rightful/express';
import { mount as mountOnKoa } from 'rightful/koa';
import { memoryStore } from 'rightful/stores';
import type { MemoryStoreOptions, RoleStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import type { TestIssuer } from 'rightful/testing';
import { listen } from '../flow/frameworks.ts';

/** The API whose permissions are assigned, and the one that assigns them. */
export const contactsApi = 'https://contacts.example/';
export const adminApi = 'https://contacts.example/api/v2/';

export const permissions = definePermissions({
  'read:contacts': 'See contacts',
  'write:contacts': 'Change contacts',
  'delete:contacts': 'Delete contacts',
});

export interface SceneOptions extends Partial<Omit<AdminOptions, 'authorizer' | 'store' | 'permissions'>> {
  /** Of the issuer of the scene; or what a memory store is made of, beside `root`, who is its administrator. */
  store?: ((issuer: string) => RoleStore | Promise<RoleStore>) | Omit<MemoryStoreOptions, 'issuer'>;
  framework?: 'express' | 'koa';
  /** Whether the API itself is there too, whose tokens can be explained; and what else it is made of. */
  api?: boolean | Partial<AuthorizerOptions>;
  permissions?: PermissionCatalogue;
  /** Of the authorizer of the administration. */
  storeTimeoutMs?: number;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined: there is none. */
  readonly body: unknown;
}

export interface Sent {
  /** The `sub` of who calls; null: without a token. Default: `root`, who may do everything. */
  as?: string | null;
  /** Of the token. Default: every permission of the administration. */
  scope?: string;
  /** Further claims. */
  claims?: Record<string, unknown>;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Scene {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  readonly issuer: string;
  readonly store: RoleStore;
  readonly handler: AdminHandler;
  /** Of the administration's own tokens. */
  readonly authorizer: Authorizer<PermissionOf<typeof adminPermissions>>;
  /** What came to `onFault`. */
  readonly faults: unknown[];
  /** `path` as it goes over the wire: ids encoded. */
  call(method: string, path: string, sent?: Sent): Promise<Answered>;
  token(sub: string, scope?: string, claims?: Record<string, unknown>): Promise<string>;
  /** A token of the API's own. */
  apiToken(claims: Record<string, unknown>): Promise<string>;
  user(id: string): Subject;
  close(): Promise<void>;
}

// To make its keys costs more than most tests do. It keeps nothing alive.
let shared: Promise<TestIssuer> | undefined;
const sharedIssuer = (): Promise<TestIssuer> =>
  (shared ??= createTestIssuer({ audience: adminApi, algorithm: 'ES256' }));

const everyScope = adminPermissions.names.join(' ');

export async function adminScene({
  store: given = {},
  framework = 'express',
  permissions: catalogue = permissions,
  api = false,
  storeTimeoutMs,
  ...options
}: SceneOptions = {}): Promise<Scene> {
  const testIssuer = await sharedIssuer();
  const { issuer } = testIssuer;
  const store = typeof given === 'function' ? await given(issuer) : memoryWithRoot(issuer, given);
  const authorizer = createAuthorizer({
    issuer: { issuer, allowHttp: true },
    audience: adminApi,
    permissions: adminPermissions,
    store,
    // Scopes of this length are not met in the wild.
    maxTokenBytes: 16_384,
    ...(storeTimeoutMs !== undefined && { storeTimeoutMs }),
  });
  const apiAuthorizer =
    api === false
      ? undefined
      : createAuthorizer({
          issuer: { issuer, allowHttp: true },
          audience: contactsApi,
          permissions: catalogue,
          store,
          ...(api === true ? {} : api),
        });
  const faults: unknown[] = [];
  const handler = createAdmin({
    authorizer,
    store,
    permissions: catalogue,
    ...(apiAuthorizer !== undefined && { apiAuthorizer }),
    audience: contactsApi,
    rateLimit: false,
    onFault: (cause) => faults.push(cause),
    ...options,
  });
  const address = await listen(createServer(framework === 'koa' ? onKoa(handler) : onExpress(handler)));
  const token: Scene['token'] = (sub, scope = everyScope, claims = {}) => testIssuer.token({ sub, scope, ...claims });
  return {
    address,
    issuer,
    store,
    handler,
    authorizer,
    faults,
    token,
    apiToken: (claims) => testIssuer.token({ aud: contactsApi, ...claims }),
    user: (id) => ({ issuer, id, kind: 'user' }),
    async call(method, path, { as = 'root', scope, claims, body, headers = {} } = {}) {
      const sentHeaders = {
        ...(as !== null && { authorization: `Bearer ${await token(as, scope, claims)}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      };
      const response = await fetch(`${address}${path}`, {
        method,
        headers: sentHeaders,
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? undefined : parsed(text) };
    },
    async close() {
      await apiAuthorizer?.close();
      await authorizer.close();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function memoryWithRoot(issuer: string, { users, ...others }: Omit<MemoryStoreOptions, 'issuer'>): RoleStore {
  return memoryStore({ issuer, ...others, users: { root: { permissions: ['*'] }, ...users } });
}

function onExpress(handler: AdminHandler): express.Express {
  const app = express();
  app.use(mount(handler));
  app.get('/elsewhere', (_, response) => void response.json('the application'));
  return app;
}

function onKoa(handler: AdminHandler): ReturnType<Koa['callback']> {
  const app = new Koa();
  app.use(mountOnKoa(handler) as Middleware);
  app.use((ctx) => {
    ctx.body = JSON.stringify('the application');
  });
  return app.callback();
}
