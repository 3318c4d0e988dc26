// What a page is about goes in; its only h1, and the title of the document, come out.

import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

export function Heading({
  title,
  children,
  above,
}: {
  title: string;
  /** What stands beside it. */
  children?: ComponentChildren;
  /** Where the page belongs. */
  above?: { readonly href: string; readonly label: string };
}) {
  useEffect(() => {
    document.title = `${title} · Access administration`;
  }, [title]);
  return (
    <div class="heading">
      {above && (
        <p class="above">
          <a href={above.href}>{above.label}</a>
        </p>
      )}
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </div>
  );
}
