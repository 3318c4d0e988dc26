// What can be done goes in, its button comes out: grey where the API would refuse, with the reason under it. It can be pressed all the
// same, since the answer of the API is what there is to learn here.

import { hasForm, verbs } from './doing.ts';
import type { Doing } from './doing.ts';
import { barrierOf, words } from './reasons.ts';
import type { Demo } from './use-demo.ts';

export function ActionButton({
  demo,
  doing,
  name,
}: {
  demo: Demo;
  doing: Doing;
  /** Whom it is about, for who listens. */
  name: string | undefined;
}) {
  const { view, open, isBusy, setOpen, act } = demo;
  const { action, contact } = doing;
  const said = view.actions.find((one) => one.action === action && one.contact === contact);
  const barrier = barrierOf(said, view.me, view.rules);
  const reason = `why-${action}-${contact ?? 'all'}`;
  const isOpen = open?.action === action && open.contact === contact;
  const press = (): void => {
    if (isBusy) return;
    if (!hasForm(doing)) void act(doing);
    else setOpen(isOpen ? undefined : doing);
  };
  return (
    <>
      <button
        type="button"
        class={`small secondary${barrier === undefined ? '' : ' barred'}`}
        aria-describedby={barrier === undefined ? undefined : reason}
        aria-expanded={hasForm(doing) ? isOpen : undefined}
        title={barrier?.sentence}
        onClick={press}
      >
        {verbs[action]}
        {name !== undefined && <span class="hidden"> {name}</span>}
      </button>
      {barrier !== undefined && (
        <span id={reason} class={`why ${barrier.lack}`}>
          {words[barrier.lack]}
          <span class="hidden">. {barrier.sentence}</span>
        </span>
      )}
    </>
  );
}
