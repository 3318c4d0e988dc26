// What shall be done goes in; a dialog asks first, and then it is done.

import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { useDoing } from '../changing.ts';
import { Confirm } from './confirm.tsx';
import type { Question } from './confirm.tsx';

export interface Asking {
  readonly ask: (question: Question) => void;
  /** To be drawn wherever it is: it stands above everything. */
  readonly dialog: ComponentChild;
}

/** `onDone`: the button that asked may be gone, and the focus needs a place. */
export function useAsking(onDone: () => void): Asking {
  const [question, setQuestion] = useState<Question | null>(null);
  const doing = useDoing();
  const close = (isDone: boolean): void => {
    setQuestion(null);
    if (isDone) onDone();
  };
  return { ask: setQuestion, dialog: <Confirm question={question} doing={doing} onClose={close} /> };
}
