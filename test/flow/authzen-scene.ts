// A guarded API and decision points for it: what the tests of policies that ask elsewhere play on.

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { allOf, authzenPolicy, createAuthorizer } from 'rightful';
import type { AccessError, Authorizer, AuthzenPolicyOptions, Requirement } from 'rightful';
import { createGuards } from 'rightful/express';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import type { TestIssuer } from 'rightful/testing';
import { contactsApi } from '../admin/admin-scene.ts';
import { listen } from './frameworks.ts';

export interface Call {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

export interface Point {
  readonly url: string;
  readonly calls: Call[];
}

/** A decision point that does what it is told. */
export async function pointThat(answers: (call: Call, response: ServerResponse) => void): Promise<Point> {
  const calls: Call[] = [];
  const url = await listen(
    createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as Call['body'];
        const call = { path: request.url ?? '', headers: request.headers, body };
        calls.push(call);
        answers(call, response);
      });
    }),
  );
  return { url, calls };
}

/** One that answers every question so. */
export function saying(decide: (evaluation: Record<string, unknown>) => unknown): Promise<Point> {
  return pointThat(({ body }, response) => {
    const evaluations = body['evaluations'] as Record<string, unknown>[] | undefined;
    const decision = (one: Record<string, unknown>): object => ({ decision: decide(one) });
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify(evaluations === undefined ? decision(body) : { evaluations: evaluations.map(decision) }),
    );
  });
}

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** As `alice`, who may read contacts. */
async function get(
  issuer: TestIssuer,
  address: string,
  path: string,
  claims: Record<string, unknown> = {},
): Promise<Answered> {
  const token = await issuer.token({ sub: 'alice', scope: 'read:contacts', ...claims });
  const response = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Guarded APIs with one route, `GET /contacts/:id`, for tokens of an issuer of their own. */
export interface PolicyScene {
  readonly issuer: TestIssuer;
  readonly authorizer: Authorizer;
  /** What was refused since the last time somebody emptied it. */
  readonly refused: AccessError[];
  guarded(requirement: Requirement): Promise<string>;
  get(address: string, path: string, claims?: Record<string, unknown>): Promise<Answered>;
  /** Calls an API that asks a policy with these options. */
  asking(options: AuthzenPolicyOptions<express.Request>, path?: string): Promise<Answered>;
  close(): Promise<void>;
}

export async function policyScene(): Promise<PolicyScene> {
  const issuer = await createTestIssuer({ audience: contactsApi });
  const refused: AccessError[] = [];
  const authorizer = createAuthorizer({
    issuer: { issuer: issuer.issuer, allowHttp: true },
    audience: contactsApi,
    store: memoryStore({ issuer: issuer.issuer, users: { alice: { permissions: ['read:contacts'] } } }),
    onRefused: (error) => refused.push(error),
  });
  const guarded: PolicyScene['guarded'] = (requirement) => {
    const { requirePermission } = createGuards(authorizer);
    const app = express();
    app.get('/contacts/:id', requirePermission(requirement), (req, res) => void res.json({ id: req.params['id'] }));
    return listen(createServer(app));
  };
  return {
    issuer,
    authorizer,
    refused,
    guarded,
    get: (address, path, claims) => get(issuer, address, path, claims),
    async asking(options, path = '/contacts/7') {
      const address = await guarded(allOf('read:contacts', authzenPolicy('may see the contact', options)));
      return get(issuer, address, path);
    },
    async close() {
      await authorizer.close();
      await issuer.close();
    },
  };
}
