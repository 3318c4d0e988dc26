// What is to be done and cannot simply be undone goes in; a dialog that asks first comes out.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Doing } from '../changing.ts';
import { BusyButton } from './busy-button.tsx';
import { Notice } from './notice.tsx';
import { WhyField } from './why-field.tsx';

export interface Question {
  readonly title: string;
  readonly text: ComponentChildren;
  /** What the button says. */
  readonly verb: string;
  act(why: string): Promise<unknown>;
}

/** Null: nothing is asked. */
export function Confirm({
  question,
  doing,
  onClose,
}: {
  question: Question | null;
  doing: Doing;
  /** `isDone`: whether it was done. */
  onClose: (isDone: boolean) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [why, setWhy] = useState('');
  const isOpen = question !== null;
  useEffect(() => {
    if (isOpen) {
      setWhy('');
      doing.forgive();
      dialog.current?.showModal();
    }
  }, [isOpen]);
  // First the dialog gives the focus back, then whoever asked may move it on.
  const close = (isDone: boolean): void => {
    dialog.current?.close();
    onClose(isDone);
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby={isOpen ? 'question' : undefined}
      onCancel={(event) => {
        event.preventDefault();
        if (!doing.isBusy) close(false);
      }}
    >
      {question && (
        <form
          class="card"
          onSubmit={(event) => {
            event.preventDefault();
            void doing.run(() => question.act(why)).then((isDone) => isDone && close(true));
          }}
        >
          <h2 id="question">{question.title}</h2>
          <div>{question.text}</div>
          <WhyField value={why} onChange={setWhy} />
          {doing.problem && <Notice problem={doing.problem} />}
          <div class="actions">
            <button type="button" class="secondary" onClick={() => close(false)}>
              Keep as it is
            </button>
            <BusyButton isBusy={doing.isBusy} class="danger">
              {question.verb}
            </BusyButton>
          </div>
        </form>
      )}
    </dialog>
  );
}
