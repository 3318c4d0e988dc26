// Who there is: people with their passwords, and applications. What they hold is in initial-contents.ts.

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
  /** All the scopes that the authorization server lets it have. Absent: it may ask for any. */
  assignedScopes?: string[];
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
    about: 'a reader, who may write for ten minutes from the first start; her right to delete ran out a minute before',
  },
  {
    id: 'noor',
    password: 'noor-is-new',
    name: 'Noor',
    about: 'is new: holds nothing, until somebody shares a contact',
  },
];

export const webClient = 'address-book-web';
export const mailMerge = 'mail-merge';
export const nightlyExport = 'nightly-export';
export const scopedExport = 'export-by-scope';
export const dashboardClient = 'dashboard';
export const administrationClient = 'administration-cli';

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
      about: 'a machine that acts for itself (client credentials): the store says that it may see contacts',
    },
    {
      id: scopedExport,
      secret: 'export-by-scope-secret',
      firstParty: false,
      assignedScopes: ['read:contacts'],
      about: 'another one, of which the store knows nothing: the authorization server lets it have read:contacts',
    },
    {
      id: dashboardClient,
      firstParty: true,
      redirectUris: [`${api}/admin/`],
      about: 'the dashboard, in which administrators give and take privileges',
    },
    {
      id: administrationClient,
      secret: 'administration-cli-secret',
      firstParty: false,
      about: 'a machine that administers: for scripts and SDKs of the management API',
    },
  ];
}
