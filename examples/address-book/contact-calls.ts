// The contacts go in, what answers each call about them comes out. Nothing here asks who may do it: the guards have.

import type { RoleStore } from 'rightful/stores';

import { ok, problem } from './answer.ts';
import type { Answer, Call, Handle } from './answer.ts';
import type { ContactFields, Contacts } from './contacts.ts';
import type { Person } from './people.ts';
import { shareContact } from './sharing.ts';

export interface ContactCallsOptions {
  contacts: Contacts;
  store: RoleStore;
  people: readonly Person[];
}

export type ContactCalls = Readonly<
  Record<'list' | 'add' | 'show' | 'change' | 'remove' | 'share' | 'exportAll', Handle>
>;

export function createContactCalls({ contacts, store, people }: ContactCallsOptions): ContactCalls {
  return {
    async list({ access }) {
      const all = await contacts.list();
      return ok(all.filter(({ id }) => access.can('read:contacts', `contacts:id:${id}`)));
    },

    async add({ access, body }) {
      const fields = contactFieldsIn(body);
      if (fields === undefined) return expected(contactExample);
      const contact = await contacts.add(access.subject.id, fields);
      return { status: 201, headers: { Location: `/contacts/${contact.id}` }, body: contact };
    },

    async show({ params }) {
      const contact = await contacts.find(idIn(params));
      return contact === undefined ? noSuchContact : ok(contact);
    },

    async change({ params, body }) {
      const id = idIn(params);
      if ((await contacts.find(id)) === undefined) return noSuchContact;
      const fields = contactFieldsIn(body);
      if (fields === undefined) return expected(contactExample);
      const contact = await contacts.change(id, fields);
      return contact === undefined ? noSuchContact : ok(contact);
    },

    async remove({ params }) {
      return (await contacts.remove(idIn(params))) ? { status: 204 } : noSuchContact;
    },

    async share({ access, params, body }) {
      const contact = await contacts.find(idIn(params));
      if (contact === undefined) return noSuchContact;
      return shareContact(contact, body, { access, store, people });
    },

    /** All of it, for machines. */
    exportAll: async () => ok(await contacts.list()),
  };
}

function idIn(params: Call['params']): string {
  return String(params['id']);
}

const noSuchContact = problem(404, 'No such contact', 'The address book holds no such contact.');

const contactExample = '{ "name": "Grace Hopper", "email": "grace@example.org" }';

function expected(example: string): Answer {
  return problem(400, 'Unusable body', `Expected a JSON object like ${example}.`);
}

function contactFieldsIn(body: unknown): ContactFields | undefined {
  const name = textIn(body, 'name');
  const email = textIn(body, 'email');
  return name !== undefined && email?.includes('@') ? { name, email } : undefined;
}

function textIn(body: unknown, member: string): string | undefined {
  const text = memberOf(body, member);
  return typeof text === 'string' && text.trim() !== '' && text.length <= 200 ? text.trim() : undefined;
}

function memberOf(body: unknown, member: string): unknown {
  const isOwn = typeof body === 'object' && body !== null && Object.hasOwn(body, member);
  return isOwn ? (body as Record<string, unknown>)[member] : undefined;
}
