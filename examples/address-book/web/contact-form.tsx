// A contact, perhaps a new one, goes in as it was typed so far; a form for it comes out.

import { useEffect, useRef } from 'preact/hooks';
import type { Doing } from './doing.ts';
import type { Demo } from './use-demo.ts';

export function ContactForm({ demo: { act, setOpen, isBusy }, doing }: { demo: Demo; doing: Doing }) {
  const { fields = { name: '', email: '' } } = doing;
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), [doing.action, doing.contact]);
  const change = (more: Partial<typeof fields>): void => setOpen({ ...doing, fields: { ...fields, ...more } });
  return (
    <form
      class="card open"
      aria-label={doing.action === 'add' ? 'Add a contact' : 'Edit the contact'}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void act(doing);
      }}
    >
      <label>
        Name
        <input
          ref={first}
          value={fields.name}
          required
          maxLength={200}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
      </label>
      <label>
        E-mail
        <input
          type="email"
          value={fields.email}
          required
          maxLength={200}
          onInput={(event) => change({ email: event.currentTarget.value })}
        />
      </label>
      <p class="actions">
        <button type="submit" class="small">
          Save
        </button>
        <button type="button" class="small secondary" onClick={() => setOpen(undefined)}>
          Cancel
        </button>
      </p>
    </form>
  );
}
