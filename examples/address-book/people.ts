// Who there is: people with their passwords, applications, and the privileges the address book gives to each.

import { memoryStore } from 'rightful/stores';

export interface Person {
  id: string;
  password: string;
  name: string;
  about: string;
}

export interface Client {
  id: string;
  secret?: string;
  firstParty: boolean;
  redirectUris?: string[];
  about: string;
}

// Printed by the demo: they protect nothing.
export const people: readonly Person[] = [
  { id: 'rita', password: 'rita-reads', name: 'Rita', about: 'a reader: may see contacts' },
  {
    id: 'edgar',
    password: 'edgar-edits',
    name: 'Edgar',
    about: 'an editor, who may also share contact 1, and no other',
  },
  { id: 'ada', password: 'ada-administers', name: 'Ada', about: 'the administrator: holds every permission' },
  {
    id: 'dora',
    password: 'dora-is-denied',
    name: 'Dora',
    about: 'an editor with denials: deletes nothing, and never sees contact 4',
  },
  {
    id: 'erin',
    password: 'erin-expires',
    name: 'Erin',
    about: 'a reader, who may write for ten minutes from the start; her right to delete ran out a minute before',
  },
];

export const webClient = 'address-book-web';
export const mailMerge = 'mail-merge';
export const nightlyExport = 'nightly-export';

export function createClients(api: string): Client[] {
  const redirectUris = [`${api}/callback`];
  return [
    {
      id: webClient,
      firstParty: true,
      redirectUris,
      about: "the address book's own web application: no consent page, its delegation is implicit",
    },
    {
      id: mailMerge,
      firstParty: false,
      redirectUris,
      about: "somebody else's application: the consent page always asks, and each scope can be unticked",
    },
    {
      id: nightlyExport,
      secret: 'nightly-export-secret',
      firstParty: false,
      about: 'a machine that acts for itself (client credentials): may see contacts',
    },
  ];
}

export function createStore(issuer: string, startedAt: number) {
  const minutes = 60_000;
  return memoryStore({
    issuer,
    roles: {
      reader: ['read:contacts'],
      editor: ['read:contacts', 'write:contacts', 'delete:contacts'],
      administrator: [{ permission: '*' }],
    },
    users: {
      rita: { roles: ['reader'] },
      edgar: { roles: ['editor'], permissions: [{ permission: 'share:contacts', on: 'contacts:id:1' }] },
      ada: { roles: ['administrator'] },
      dora: {
        roles: ['editor'],
        permissions: [
          { permission: 'delete:contacts', effect: 'deny' },
          { permission: 'read:contacts', on: 'contacts:id:4', effect: 'deny' },
        ],
      },
      erin: {
        roles: ['reader'],
        permissions: [
          { permission: 'write:contacts', expiresAt: startedAt + 10 * minutes },
          { permission: 'delete:contacts', expiresAt: startedAt - minutes },
        ],
      },
    },
    clients: { [nightlyExport]: { permissions: ['read:contacts'] } },
  });
}
