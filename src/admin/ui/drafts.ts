// A form's first state goes in; the state comes out, kept until the form is sent or given up: a redirect or a reload loses none of it.

import { useState } from 'preact/hooks';
import { forgetAll, keep, kept } from './kept.ts';

export interface Draft<Form extends object> {
  readonly form: Form;
  /** Whether anything was typed that is not sent. */
  readonly isTouched: boolean;
  readonly change: (patch: Partial<Form>) => void;
  /** Back to the first state, or to another one. */
  readonly reset: (form?: Form) => void;
}

const start = 'draft:';
const owner = 'drafts-of';

/** `name`: of the form and what it is about. A component shows one form for all its life: give it a `key`. */
export function useDraft<Form extends object>(name: string, first: Form): Draft<Form> {
  const [form, setForm] = useState<Form | undefined>(() => restored(start + name, first));
  const set = (next: Form | undefined): void => {
    keep(start + name, next);
    setForm(next);
  };
  return {
    form: form ?? first,
    isTouched: form !== undefined,
    // What was kept last is what counts: two changes may come before the page is drawn anew.
    change: (patch) => set({ ...(restored(start + name, first) ?? form ?? first), ...patch }),
    reset: (next) => set(next),
  };
}

function restored<Form extends object>(name: string, first: Form): Form | undefined {
  const value = kept(name);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const isSame = Object.keys(first).every(
    (member) => typeof first[member as keyof Form] === typeof (value as Form)[member as keyof Form],
  );
  return isSame ? { ...first, ...(value as Partial<Form>) } : undefined;
}

/** What one person typed is not for the next. */
export function keepDraftsOf(person: string): void {
  if (!areDraftsOf(person)) forgetAll(start);
  keep(owner, person);
}

/** Whether it was this person who signed in last, and has not signed out. */
export function areDraftsOf(person: string): boolean {
  return kept(owner) === person;
}
