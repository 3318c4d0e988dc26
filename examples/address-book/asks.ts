// What each call of the API asks, as plain data: the routes are guarded with it, and `GET /me/actions` reads from it why a button
// would not work.

import { allOf, anyOf, anywhere, on, policy } from 'rightful';
import type { Access } from 'rightful';

import type { Contacts } from './contacts.ts';

export type Asks = ReturnType<typeof asksOf>;

const theContact = 'contacts:id:{id}';

export function asksOf(contacts: Contacts) {
  const ownsOrWasGiven = policy('owns the contact or was given it', async (access: Access, { params }: Given) => {
    const id = String(params['id']);
    const contact = await contacts.find(id);
    // A contact that is not there is nobody's: the handler answers 404.
    return contact === undefined || contact.owner === access.subject.id || isGiven(access, id);
  });

  return {
    // Who may see only some of the contacts gets those.
    list: anywhere('read:contacts'),
    add: 'write:contacts',
    show: on('read:contacts', theContact),
    change: anyOf(
      allOf(on('write:contacts', theContact), ownsOrWasGiven),
      // Whoever may hand out every contact there is may mend it, too.
      allOf(on('write:contacts', theContact), 'share:contacts'),
    ),
    remove: on('delete:contacts', theContact),
    share: on('share:contacts', theContact),
    exportAll: 'read:contacts',
  } as const;
}

/** What Express's request and Koa's context have in common here. */
interface Given {
  readonly params: Readonly<Record<string, unknown>>;
}

/** Whether it was shared: the privilege names this one contact. */
function isGiven({ privileges }: Access, id: string): boolean {
  return privileges
    .list()
    .some(({ permission, on: resource }) => permission === 'write:contacts' && resource === `contacts:id:${id}`);
}
