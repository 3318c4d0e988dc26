// The address book itself: contacts, each with an owner, in memory. What a database must do as well is `Contacts`.

export interface ContactFields {
  name: string;
  email: string;
}

export interface Contact extends ContactFields {
  readonly id: string;
  /** The `sub` of who wrote it down. */
  readonly owner: string;
}

export interface Contacts {
  /** In the order in which they came. */
  list(): Promise<Contact[]>;
  find(id: string): Promise<Contact | undefined>;
  /** An id is never given twice: privileges on a contact that is gone open no other one. */
  add(owner: string, fields: ContactFields): Promise<Contact>;
  /** Undefined: there is none. */
  change(id: string, fields: ContactFields): Promise<Contact | undefined>;
  /** False: there was none. */
  remove(id: string): Promise<boolean>;
}

/** What it begins with, under the ids 1 to 4. */
export const contactsAtFirst: readonly Omit<Contact, 'id'>[] = [
  { owner: 'edgar', name: 'Grace Hopper', email: 'grace@example.org' },
  { owner: 'dora', name: 'Alan Turing', email: 'alan@example.org' },
  { owner: 'erin', name: 'Katherine Johnson', email: 'katherine@example.org' },
  { owner: 'ada', name: 'Edsger Dijkstra', email: 'edsger@example.org' },
];

export function contactsInMemory(): Contacts {
  const contacts = new Map<string, Contact>();
  let lastId = 0;
  for (const contact of contactsAtFirst) put({ id: nextId(), ...contact });

  function nextId(): string {
    lastId += 1;
    return String(lastId);
  }

  function put(contact: Contact): Contact {
    contacts.set(contact.id, contact);
    return contact;
  }

  return {
    list: async () => [...contacts.values()],
    find: async (id) => contacts.get(id),
    add: async (owner, { name, email }) => put({ id: nextId(), owner, name, email }),
    async change(id, { name, email }) {
      const contact = contacts.get(id);
      return contact && put({ ...contact, name, email });
    },
    remove: async (id) => contacts.delete(id),
  };
}
