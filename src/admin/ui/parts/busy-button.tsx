// What is to be done goes in; a button that shows while it is being done, and keeps the focus, comes out.

import type { ComponentChildren } from 'preact';

export interface BusyButtonProps {
  isBusy: boolean;
  children: ComponentChildren;
  /** Absent: it sends the form it is in. */
  onClick?: () => void;
  class?: string;
  /** Why it cannot be pressed; absent: it can. */
  isBarred?: boolean;
  /** The id of the text that says why. */
  describedBy?: string | undefined;
}

// A button that is disabled loses the focus, and whoever uses a keyboard their place.
export function BusyButton({ isBusy, children, onClick, class: look, isBarred, describedBy }: BusyButtonProps) {
  const isOff = isBusy || isBarred === true;
  return (
    <button
      type={onClick === undefined ? 'submit' : 'button'}
      class={look}
      aria-busy={isBusy}
      aria-disabled={isOff}
      aria-describedby={describedBy}
      onClick={(event) => {
        if (isOff) event.preventDefault();
        else onClick?.();
      }}
    >
      {children}
    </button>
  );
}
