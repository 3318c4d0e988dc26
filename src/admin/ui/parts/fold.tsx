// A form that is not always wanted goes in; it comes out folded, and open where something was typed in it already.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

export function Fold({ title, isOpen, children }: { title: string; isOpen: boolean; children: ComponentChildren }) {
  // Once it was opened, sending its form does not close it.
  const [wasOpened, setOpened] = useState(isOpen);
  return (
    <details class="fold" open={wasOpened} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>{title}</summary>
      {wasOpened && <div class="card">{children}</div>}
    </details>
  );
}
