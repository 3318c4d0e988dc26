// The address book itself: contacts in memory, each with an owner.

export interface ContactFields {
  name: string;
  email: string;
}

export interface Contact extends ContactFields {
  readonly id: string;
  readonly owner: string;
  readonly sharedWith: readonly string[];
}

const atFirst: readonly Contact[] = [
  { id: '1', owner: 'edgar', name: 'Grace Hopper', email: 'grace@example.org', sharedWith: [] },
  { id: '2', owner: 'dora', name: 'Alan Turing', email: 'alan@example.org', sharedWith: [] },
  { id: '3', owner: 'erin', name: 'Katherine Johnson', email: 'katherine@example.org', sharedWith: [] },
  { id: '4', owner: 'ada', name: 'Edsger Dijkstra', email: 'edsger@example.org', sharedWith: [] },
];

export type Contacts = ReturnType<typeof createContacts>;

export function createContacts() {
  const contacts = new Map<string, Contact>();
  let lastId = 0;

  function put(contact: Contact): Contact {
    contacts.set(contact.id, contact);
    return contact;
  }

  /** Forgets every change since the start. */
  function reset(): void {
    contacts.clear();
    for (const contact of atFirst) put(contact);
    lastId = atFirst.length;
  }

  reset();
  return {
    reset,
    list: (): Contact[] => [...contacts.values()],
    find: (id: string): Contact | undefined => contacts.get(id),
    add: (owner: string, { name, email }: ContactFields): Contact => {
      lastId += 1;
      return put({ id: String(lastId), owner, name, email, sharedWith: [] });
    },
    change: (contact: Contact, { name, email }: ContactFields): Contact => put({ ...contact, name, email }),
    share: (contact: Contact, person: string): Contact =>
      put({ ...contact, sharedWith: [...new Set([...contact.sharedWith, person])] }),
    remove: (contact: Contact): void => void contacts.delete(contact.id),
  };
}
