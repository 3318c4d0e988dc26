// What is to be done and cannot simply be undone goes in; a dialog that asks first comes out.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Doing } from '../changing.ts';
import { useDraft } from '../drafts.ts';
import { BusyButton } from './busy-button.tsx';
import { Notice } from './notice.tsx';
import { WhyField } from './why-field.tsx';

export interface Question {
  /** Of what is asked, and about whom: the reason is kept under it until it is answered. */
  readonly name: string;
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
  const isOpen = question !== null;
  useEffect(() => {
    if (isOpen) {
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
      {question && <QuestionForm key={question.name} {...{ question, doing }} onAnswered={close} />}
    </dialog>
  );
}

function QuestionForm({
  question,
  doing,
  onAnswered,
}: {
  question: Question;
  doing: Doing;
  onAnswered: (isDone: boolean) => void;
}) {
  const { name, title, text, verb } = question;
  const { form, change, reset } = useDraft(name, { why: '' });
  const answer = (isDone: boolean): void => {
    reset();
    onAnswered(isDone);
  };
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void doing.run(() => question.act(form.why)).then((isDone) => isDone && answer(true));
      }}
    >
      <h2 id="question">{title}</h2>
      <div>{text}</div>
      <WhyField value={form.why} onChange={(why) => change({ why })} />
      {doing.problem && <Notice problem={doing.problem} isModal />}
      <div class="actions">
        <button
          type="button"
          class="secondary"
          // What is on its way cannot be called back.
          aria-disabled={doing.isBusy}
          onClick={() => !doing.isBusy && answer(false)}
        >
          Keep as it is
        </button>
        <BusyButton isBusy={doing.isBusy} class="danger">
          {verb}
        </BusyButton>
      </div>
    </form>
  );
}
