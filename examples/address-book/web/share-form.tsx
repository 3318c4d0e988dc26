// A contact goes in; with whom it is shared, and what they may do with it, is chosen, and a form for it comes out.

import { useEffect, useRef } from 'preact/hooks';
import type { Facts } from './answers.ts';
import type { Doing } from './doing.ts';
import type { Demo } from './use-demo.ts';

export function ShareForm({ demo, facts, doing }: { demo: Demo; facts: Facts; doing: Doing }) {
  const { act, setOpen, isBusy, view } = demo;
  const { permissions = [] } = doing;
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => first.current?.focus(), [doing.contact]);
  const others = facts.people.filter(({ id }) => id !== view.me?.subject.id);
  const chosen = others.some(({ id }) => id === doing.with) ? doing.with : others[0]?.id;
  const share = { ...doing, ...(chosen !== undefined && { with: chosen }) };
  const may = (isWriting: boolean): readonly string[] =>
    isWriting ? ['read:contacts', 'write:contacts'] : ['read:contacts'];
  return (
    <form
      class="card open"
      aria-label="Share the contact"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void act(share);
      }}
    >
      <label>
        With
        <select ref={first} value={chosen} onChange={(event) => setOpen({ ...doing, with: event.currentTarget.value })}>
          {others.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="option">
        <input
          type="checkbox"
          checked={permissions.includes('write:contacts')}
          onChange={(event) => setOpen({ ...doing, permissions: may(event.currentTarget.checked) })}
        />
        <span>may change it, too</span>
      </label>
      <p class="quiet">
        It becomes a privilege on <code>contacts:id:{doing.contact}</code> alone, in the store.
      </p>
      <p class="actions">
        <button type="submit" class="small">
          Share
        </button>
        <button type="button" class="small secondary" onClick={() => setOpen(undefined)}>
          Cancel
        </button>
      </p>
    </form>
  );
}
