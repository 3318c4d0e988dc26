// Guards as legacy decorators of methods that take an `Access`, and in classes in the style of NestJS and routing-controllers, whose
// registries know a method by its name and its parameters by decorators of their own.

import { afterAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import type { Request, Response } from 'express';
import { createAuthorizer, on } from 'rightful';
import type { Access } from 'rightful';
import { createGuards as expressGuards } from 'rightful/express';
import { createGuards as koaGuards } from 'rightful/koa';
import { memoryStore } from 'rightful/stores';
import { createTestAccess, createTestIssuer } from 'rightful/testing';
import { listening, stopServers } from '../flow/frameworks.ts';

const audience = 'https://contacts.example';
const issuer = await createTestIssuer({ audience, algorithm: 'ES256' });
const store = memoryStore({
  users: { alice: { permissions: [{ permission: 'read:contacts', on: 'contacts:id:7' }] } },
});
const authorizer = createAuthorizer({ issuer: issuer.issuer, audience, store });
const authorization = async (sub: string): Promise<string> =>
  `Bearer ${await issuer.token({ sub, scope: 'read:contacts' })}`;

afterAll(async () => {
  await stopServers();
  await issuer.close();
});

async function accessFor(sub: string, from = authorizer): Promise<Access> {
  return from.authenticate({ headers: { authorization: await authorization(sub) } });
}

describe.each([
  ['Express', expressGuards],
  ['Koa', koaGuards as unknown as typeof expressGuards],
])('a legacy decorated method that takes an access, guarded from the door of %s', (_, createGuards) => {
  const { requirePermission } = createGuards(authorizer);

  class Contacts {
    readonly name = 'contacts';
    readonly ran: string[] = [];

    @requirePermission(on('read:contacts', 'contacts:id:{1}'))
    show(access: Access, id: string): string {
      this.ran.push('show');
      return `${this.name} ${id} for ${access.subject.id}`;
    }
  }

  test('runs where the access meets the requirement, and throws the AccessError where not', async () => {
    const contacts = new Contacts();
    const access = await accessFor('alice');
    expect(contacts.show(access, '7')).toBe('contacts 7 for alice');
    expect(() => contacts.show(access, '8')).toThrow(expect.objectContaining({ code: 'insufficient_privilege' }));
    const bob = await accessFor('bob');
    expect(() => contacts.show(bob, '7')).toThrow(expect.objectContaining({ status: 403 }));
    expect(contacts.ran).toEqual(['show']);
  });

  test('does not run for what is no access, or another authorizer’s', async () => {
    const contacts = new Contacts();
    const others = createAuthorizer({ issuer: issuer.issuer, audience, store });
    const made = createTestAccess({ scopes: 'read:contacts', privileges: ['read:contacts'] });
    for (const given of [undefined, null, 'alice', {}, { can: () => true }, made, await accessFor('alice', others)]) {
      expect(() => contacts.show(given as Access, '7')).toThrow(TypeError);
    }
    expect(contacts.ran).toEqual([]);
  });
});

/** A method's place in a controller, and where each of its parameters comes from. */
interface Entry {
  path?: string;
  readonly parameters: ((request: Request, response: Response) => unknown)[];
}

const entries = new Map<object, Map<string, Entry>>();

function entryOf(target: object, name: string): Entry {
  const methods = entries.get(target) ?? new Map<string, Entry>();
  entries.set(target, methods);
  const entry = methods.get(name) ?? { parameters: [] };
  methods.set(name, entry);
  return entry;
}

const Get =
  (path: string) =>
  (target: object, name: string): void =>
    void (entryOf(target, name).path = path);
const parameter =
  (read: (request: Request, response: Response) => unknown) =>
  (target: object, name: string, index: number): void =>
    void (entryOf(target, name).parameters[index] = read);

const Req = (): ReturnType<typeof parameter> => parameter((request) => request);
const Res = (): ReturnType<typeof parameter> => parameter((_, response) => response);
const Param = (name: string): ReturnType<typeof parameter> => parameter((request) => request.params[name]);

test('classes in the style of NestJS and routing-controllers are guarded, above and below their own decorators', async () => {
  const { requirePermission, accessOf, authenticate } = expressGuards(authorizer);
  const CurrentAccess = (): ReturnType<typeof parameter> => parameter((request) => accessOf(request));

  class ContactsController {
    readonly name = 'contacts';

    @Get('/nest/:id')
    @requirePermission(on('read:contacts', 'contacts:id:{1}'))
    show(@CurrentAccess() _access: Access, @Param('id') id: string): string {
      return `${this.name} ${id}`;
    }

    @requirePermission(on('read:contacts', 'contacts:id:{id}'))
    @Get('/routing-controllers/:id')
    find(@Req() request: Request, @Res() _response: Response): string {
      return `${this.name} ${String(request.params['id'])}`;
    }
  }

  const app = express();
  const controller = new ContactsController() as unknown as Record<string, (...given: unknown[]) => unknown>;
  for (const [name, { path = '', parameters }] of entries.get(ContactsController.prototype) ?? []) {
    app.get(path, authenticate(), async (request, response) => {
      const given = parameters.map((read) => read(request, response));
      const answer = await controller[name]?.(...given);
      if (!response.headersSent) response.json(answer);
    });
  }
  const { address, failures } = await listening(app);
  const statuses: unknown[] = [];
  for (const style of ['nest', 'routing-controllers']) {
    for (const [sub, id] of [
      ['alice', '7'],
      ['alice', '8'],
      ['bob', '7'],
    ] as const) {
      const headers = { authorization: await authorization(sub) };
      statuses.push((await fetch(`${address}/${style}/${id}`, { headers })).status);
    }
  }
  expect(statuses).toEqual([200, 403, 403, 200, 403, 403]);
  expect(failures).toHaveLength(2);
});
