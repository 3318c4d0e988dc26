// What somebody wants to do with the address book goes in, the call of the API that does it comes out.

import type { ActionName, ContactFields } from './answers.ts';

/** Also what is kept while the user is asked for more: plain data. */
export interface Doing {
  readonly action: ActionName;
  readonly contact?: string;
  /** As typed so far. */
  readonly fields?: ContactFields;
  readonly with?: string;
  readonly permissions?: readonly string[];
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export function callOf(doing: Doing): Sent {
  const { action, fields } = doing;
  const contact = `/contacts/${encodeURIComponent(doing.contact ?? '')}`;
  switch (action) {
    case 'list':
      return { method: 'GET', path: '/contacts' };
    case 'add':
      return { method: 'POST', path: '/contacts', body: fields };
    case 'show':
      return { method: 'GET', path: contact };
    case 'change':
      return { method: 'PUT', path: contact, body: fields };
    case 'remove':
      return { method: 'DELETE', path: contact };
    case 'share':
      return { method: 'POST', path: `${contact}/share`, body: { with: doing.with, permissions: doing.permissions } };
  }
}

export const verbs = {
  list: 'See all contacts',
  add: 'Add a contact',
  show: 'See',
  change: 'Edit',
  remove: 'Delete',
  share: 'Share',
} as const satisfies Record<ActionName, string>;

/** Whether something is to be typed before. */
export function hasForm({ action }: Doing): boolean {
  return action === 'add' || action === 'change' || action === 'share';
}

export function textOf({ action, contact, fields }: Doing): string {
  const what = fields?.name || (contact === undefined ? '' : `contact ${contact}`);
  return action === 'list' || action === 'add' ? verbs[action] : `${verbs[action]} ${what}`;
}
