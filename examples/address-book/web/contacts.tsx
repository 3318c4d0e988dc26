// What the caller sees and may do goes in; the address book comes out, whose buttons work, or are grey and say why.

import type { Action, ActionName, Contact, Facts } from './answers.ts';
import { ActionButton } from './action-button.tsx';
import { ContactForm } from './contact-form.tsx';
import { ShareForm } from './share-form.tsx';
import type { Doing } from './doing.ts';
import { personOf } from './rows.ts';
import type { Demo } from './use-demo.ts';

const perContact = ['show', 'change', 'remove', 'share'] as const;

export function Contacts({ demo, facts }: { demo: Demo; facts: Facts }) {
  const { session, view, open } = demo;
  const rows = rowsIn(demo);
  return (
    <section aria-labelledby="contacts">
      <div class="title">
        <h2 id="contacts">The address book</h2>
        {view.me !== undefined && <Buttons demo={demo} actions={['list', 'add']} />}
      </div>
      {session === undefined ? (
        <p class="quiet">Sign in, and try what works.</p>
      ) : (
        <p class="quiet">
          Grey buttons would be refused. Press one all the same, and see what the API says and what helps. Whatever is
          changed in the dashboard acts on the next press.
        </p>
      )}
      {open?.action === 'add' && <ContactForm demo={demo} doing={open} />}
      {view.me !== undefined && (
        <ul class="contacts">
          {rows.map(({ id, contact }) => (
            <li key={id} class={contact === undefined ? 'unseen' : undefined}>
              <div class="contact">
                <ContactText id={id} contact={contact} facts={facts} />
                <Buttons demo={demo} actions={perContact} contact={id} name={contact?.name ?? `contact ${id}`} />
              </div>
              <OpenForm demo={demo} facts={facts} id={id} />
            </li>
          ))}
        </ul>
      )}
      <p class="hidden" role="status">
        {view.contacts === undefined ? '' : `${view.contacts.length} contacts`}
      </p>
    </section>
  );
}

function ContactText({ id, contact, facts }: { id: string; contact: Contact | undefined; facts: Facts }) {
  if (contact === undefined) {
    return (
      <p>
        <b class="quiet">Contact {id}</b> <span class="quiet">is not shown to you</span>
      </p>
    );
  }
  const { name, email, owner } = contact;
  return (
    <p>
      <b>{name}</b> <span class="email">{email}</span>{' '}
      <span class="quiet">
        contact {id}, {personOf(facts, owner)?.name ?? owner}’s
      </span>
    </p>
  );
}

function OpenForm({ demo, facts, id }: { demo: Demo; facts: Facts; id: string }) {
  const { open } = demo;
  if (open?.contact !== id) return null;
  if (open.action === 'change') return <ContactForm demo={demo} doing={open} />;
  return open.action === 'share' ? <ShareForm demo={demo} facts={facts} doing={open} /> : null;
}

function Buttons({
  demo,
  actions,
  contact,
  name,
}: {
  demo: Demo;
  actions: readonly ActionName[];
  contact?: string;
  name?: string;
}) {
  return (
    <ul class="buttons">
      {actions.map((action) => (
        <li key={action}>
          <ActionButton demo={demo} doing={doingOf(demo, action, contact)} name={name} />
        </li>
      ))}
    </ul>
  );
}

function doingOf({ view }: Demo, action: ActionName, id: string | undefined): Doing {
  const contact = view.contacts?.find((one) => one.id === id);
  const fields = { name: contact?.name ?? '', email: contact?.email ?? '' };
  switch (action) {
    case 'add':
      return { action, fields };
    case 'change':
      return { action, contact: id ?? '', fields };
    case 'share':
      return { action, contact: id ?? '', with: 'noor', permissions: ['read:contacts'] };
    case 'list':
    case 'show':
    case 'remove':
      return { action, ...(id !== undefined && { contact: id }) };
  }
}

/** Those that are listed, and those that there may be and the caller may not see. */
function rowsIn({ view: { actions, contacts = [] } }: Demo): { id: string; contact: Contact | undefined }[] {
  const asked = actions.filter(isAboutShowing).map(({ contact = '', permit }) => ({ id: contact, permit }));
  return asked.flatMap(({ id, permit }) => {
    const contact = contacts.find((one) => one.id === id);
    // One that may be seen and is not listed is not there any more.
    return contact === undefined && permit ? [] : [{ id, contact }];
  });
}

function isAboutShowing({ action }: Action): boolean {
  return action === 'show';
}
