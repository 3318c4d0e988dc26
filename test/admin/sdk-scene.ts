// An administration and its authorization server behind TLS on one port of localhost, as Auth0's SDKs expect them: what a test runs
// the SDKs against, each in a process of its own that trusts the throw-away authority.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import type { RequestHandler } from 'express';
import { createAuthorizer } from 'rightful';
import { adminPermissions, createAdmin } from 'rightful/admin';
import type { AdminOptions } from 'rightful/admin';
import { mount } from 'rightful/express';
import { memoryStore } from 'rightful/stores';
import type { RoleStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import { listen } from '../flow/frameworks.ts';
import { throwAwayCertificate } from '../support/throw-away-certificate.ts';
import { contactsApi, permissions } from './admin-scene.ts';

/** Of the SDK; the third is played by hand. */
export type Major = 3 | 4 | 5 | 6 | 7;

export interface SdkScene {
  /** `localhost:<port>` */
  readonly domain: string;
  readonly issuer: string;
  readonly store: RoleStore;
  /** The Content-Type of each request for a token. */
  readonly tokenRequests: string[];
  /** What came over the wire under `/api/v2`, and what was answered. */
  readonly exchanges: { method: string; url: string; status: number; headers: Record<string, unknown> }[];
  /** What a story prints. */
  run(story: string, major: Major): Promise<unknown>;
  close(): Promise<void>;
}

/** Who may get tokens, by client id: their secrets. */
export const clients = { administrator: 'a secret', reader: 'another secret' } as const;

export async function sdkScene(options: Partial<AdminOptions> = {}): Promise<SdkScene> {
  const { key, certificate } = throwAwayCertificate('localhost');
  const app = express();
  const domain = new URL(await listen(createServer({ key, cert: certificate }, app))).host.replace(
    /^[^:]+/,
    'localhost',
  );
  const audience = `https://${domain}/api/v2/`;
  const testIssuer = await createTestIssuer({ audience });
  const { issuer } = testIssuer;
  const store = memoryStore({
    issuer,
    clients: {
      administrator: { permissions: ['*'] },
      reader: {
        permissions: [
          { permission: 'read:users', audience },
          { permission: 'update:users', audience },
        ],
      },
    },
  });
  const authorizer = createAuthorizer({
    issuer: { issuer, allowHttp: true },
    audience,
    permissions: adminPermissions,
    store,
    clientPrivileges: 'store',
    maxTokenBytes: 16_384,
  });
  const handler = createAdmin({ authorizer, store, permissions, audience: contactsApi, rateLimit: false, ...options });

  const tokenRequests: string[] = [];
  const exchanges: SdkScene['exchanges'] = [];
  app.post('/oauth/token', express.json(), express.urlencoded({ extended: false }), async (request, response) => {
    tokenRequests.push(String(request.headers['content-type']));
    const {
      grant_type: grant,
      client_id: id,
      client_secret: secret,
      audience: asked,
    } = request.body as Record<string, string>;
    const isKnown = Object.hasOwn(clients, id ?? '') && clients[id as keyof typeof clients] === secret;
    if (grant !== 'client_credentials' || asked !== audience || !isKnown) {
      return void response.status(401).json({ error: 'access_denied', error_description: 'Unauthorized' });
    }
    const scope = adminPermissions.names.join(' ');
    const token = await testIssuer.token({
      sub: `${id}@clients`,
      client_id: undefined,
      azp: id,
      gty: 'client-credentials',
      scope,
    });
    response.json({ access_token: token, expires_in: 300, token_type: 'Bearer', scope });
  });
  app.use(remember(exchanges), mount(handler));

  const folder = mkdtempSync(join(tmpdir(), 'rightful-sdk-'));
  const authority = join(folder, 'authority.pem');
  writeFileSync(authority, certificate);
  return {
    domain,
    issuer,
    store,
    tokenRequests,
    exchanges,
    run: (story, major) => printed([storyAt(story), String(major), domain], { NODE_EXTRA_CA_CERTS: authority }),
    async close() {
      rmSync(folder, { recursive: true, force: true });
      await authorizer.close();
      await testIssuer.close();
    },
  };
}

function remember(exchanges: SdkScene['exchanges']): RequestHandler {
  return ({ method, originalUrl: url }, response, next) => {
    response.on('finish', () => {
      exchanges.push({ method, url, status: response.statusCode, headers: response.getHeaders() });
    });
    next();
  };
}

function storyAt(name: string): string {
  return fileURLToPath(new URL(`../sdk/${name}.mjs`, import.meta.url));
}

/** The JSON that a script prints. @throws Error with what it said where it fails. */
async function printed(script: readonly string[], variables: Record<string, string>): Promise<unknown> {
  const child = spawn(process.execPath, [...script], { env: { ...process.env, ...variables }, timeout: 60_000 });
  const [output, errors] = [[] as Buffer[], [] as Buffer[]];
  child.stdout.on('data', (part: Buffer) => output.push(part));
  child.stderr.on('data', (part: Buffer) => errors.push(part));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0)
    throw new Error(`${script.join(' ')} ended with ${String(code)}: ${Buffer.concat(errors).toString()}`);
  return JSON.parse(Buffer.concat(output).toString()) as unknown;
}
