// The address book's API: each route says in one line what it asks, and its handler says nothing about access.

import express from 'express';
import type { Request, Response } from 'express';
import { allOf, anyOf, anywhere, on, policy } from 'rightful';
import type { Access, Authorizer } from 'rightful';
import { createGuards } from 'rightful/express';

import type { Contact, ContactFields, Contacts } from './contacts.ts';
import type { Permission } from './permissions.ts';
import { sendProblem } from './problems.ts';

/** What the API is made of. The type of the authorizer knows the names of the permissions, and so do the guards. */
export interface ApiParts {
  readonly authorizer: Authorizer<Permission>;
  readonly contacts: Contacts;
}

export function createApi({ authorizer, contacts }: ApiParts): express.Router {
  const { authenticate, requirePermission, accessOf } = createGuards(authorizer, { realm: 'address-book' });
  const readBody = express.json({ limit: '10kb' });
  const api = express.Router();

  api.get('/me', authenticate(), (request, response) => {
    response.json(descriptionOf(accessOf(request)));
  });

  // Who may see only some of the contacts gets those.
  api.get('/contacts', requirePermission(anywhere('read:contacts')), (request, response) => {
    const access = accessOf(request);
    response.json(contacts.list().filter(({ id }) => access.can('read:contacts', `contacts:id:${id}`)));
  });

  api.post('/contacts', requirePermission('write:contacts'), readBody, (request, response) => {
    const fields = contactFieldsOf(request.body);
    if (fields === undefined) return sendExpected(response, contactFields);
    const contact = contacts.add(accessOf(request).subject.id, fields);
    response.status(201).location(`/contacts/${contact.id}`).json(contact);
  });

  api.get('/contacts/:id', requirePermission(on('read:contacts', 'contacts:id:{id}')), (request, response) => {
    withContact(request, response, (contact) => response.json(contact));
  });

  api.put(
    '/contacts/:id',
    requirePermission(
      anyOf(
        allOf(on('write:contacts', 'contacts:id:{id}'), policy('owns the contact', owns)),
        // Whoever may hand out every contact there is may mend it, too.
        allOf(on('write:contacts', 'contacts:id:{id}'), 'share:contacts'),
      ),
    ),
    readBody,
    (request, response) => {
      withContact(request, response, (contact) => {
        const fields = contactFieldsOf(request.body);
        if (fields === undefined) return sendExpected(response, contactFields);
        response.json(contacts.change(contact, fields));
      });
    },
  );

  api.delete('/contacts/:id', requirePermission(on('delete:contacts', 'contacts:id:{id}')), (request, response) => {
    withContact(request, response, (contact) => {
      contacts.remove(contact);
      response.status(204).end();
    });
  });

  api.post(
    '/contacts/:id/share',
    requirePermission(on('share:contacts', 'contacts:id:{id}')),
    readBody,
    (request, response) => {
      withContact(request, response, (contact) => {
        const person = textOf(request.body, 'with');
        if (person === undefined) return sendExpected(response, '{ "with": "rita" }');
        response.json(contacts.share(contact, person));
      });
    },
  );

  return api;

  // A contact that is not there is nobody's: the handler answers 404.
  function owns(access: Access, { params }: Request): boolean {
    const contact = contacts.find(String(params['id']));
    return contact === undefined || contact.owner === access.subject.id;
  }

  function withContact({ params }: Request, response: Response, handle: (contact: Contact) => void): void {
    const contact = contacts.find(String(params['id']));
    if (contact === undefined) sendProblem(response, 404, 'No such contact', 'The address book holds no such contact.');
    else handle(contact);
  }
}

/** What a caller may know about its own access. */
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

const contactFields = '{ "name": "Grace Hopper", "email": "grace@example.org" }';

function contactFieldsOf(body: unknown): ContactFields | undefined {
  const name = textOf(body, 'name');
  const email = textOf(body, 'email');
  return name !== undefined && email?.includes('@') ? { name, email } : undefined;
}

function textOf(body: unknown, member: string): string | undefined {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, member)) return undefined;
  const text = (body as Record<string, unknown>)[member];
  return typeof text === 'string' && text.trim() !== '' && text.length <= 200 ? text.trim() : undefined;
}

function sendExpected(response: Response, example: string): void {
  sendProblem(response, 400, 'Invalid contact', `Expected a JSON object like ${example}.`);
}
