// A page goes in, and comes out; where it cannot be drawn, that it cannot comes out in its place, and all around it stays.

import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';
import { Heading } from './heading.tsx';

/** Another page is another try: give it a `key`. */
export function PageBoundary({ children }: { children: ComponentChildren }) {
  const [error] = useErrorBoundary((cause: unknown) => console.error(cause)) as [unknown, () => void];
  if (error === undefined) return <>{children}</>;
  return (
    <>
      <Heading title="Something is wrong" />
      <div class="notice refused" role="alert">
        <p>
          <strong>This page cannot be shown.</strong> An answer of the server was not as it should be. Other pages may
          work, and what you typed is kept.
        </p>
      </div>
    </>
  );
}
