// A guard that reports and does not refuse, as a legacy decorator.

import { afterAll, expect, test } from '@jest/globals';
import express from 'express';
import type { Request, Response } from 'express';
import { createAuthorizer } from 'rightful';
import type { Access } from 'rightful';
import { createGuards } from 'rightful/express';
import { createGuards as koaGuards } from 'rightful/koa';
import { memoryStore } from 'rightful/stores';
import { createTestIssuer } from 'rightful/testing';
import { listening, stopServers } from '../flow/frameworks.ts';
import { hearing } from '../flow/hearing.ts';

const audience = 'https://contacts.example';
const issuer = await createTestIssuer({ audience, algorithm: 'ES256' });
const { refusals, decisions, hooks } = hearing();
const authorizer = createAuthorizer({ issuer: issuer.issuer, audience, store: memoryStore({ users: {} }), ...hooks });
const { requirePermission } = createGuards(authorizer);
const onKoa = koaGuards(authorizer);

class Contacts {
  @requirePermission('read:contacts', { enforce: false })
  list(_request: Request, response: Response): void {
    response.json(['Bob']);
  }

  @requirePermission('read:contacts', { enforce: false })
  names(access: Access): string {
    return access.subject.id;
  }

  @onKoa.requirePermission('read:contacts', { enforce: false })
  namesOnKoa(access: Access): string {
    return access.subject.id;
  }
}

afterAll(async () => {
  await stopServers();
  await issuer.close();
});

test('a legacy decorated method runs on what is not permitted, and it is told; not for who is not signed in', async () => {
  const contacts = new Contacts();
  const { address } = await listening(express().get('/', (req, res) => contacts.list(req, res)));
  const authorization = `Bearer ${await issuer.token({ sub: 'bob' })}`;
  expect((await fetch(address)).status).toBe(401);
  const answer = await fetch(address, { headers: { authorization } });
  expect([answer.status, await answer.json()]).toEqual([200, ['Bob']]);
  const access = await authorizer.authenticate({ headers: { authorization } });
  expect([contacts.names(access), contacts.namesOnKoa(access)]).toEqual(['bob', 'bob']);
  expect(refusals).toEqual([
    ['missing_token', true],
    ['insufficient_scope', false],
    ['insufficient_scope', false],
    ['insufficient_scope', false],
  ]);
  expect(decisions.map(({ enforced }) => enforced)).toEqual([false, false, false]);
});
