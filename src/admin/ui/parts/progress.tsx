// What is waited for goes in; that it is waited for comes out, to see and to hear.

export function Progress({ what }: { what: string }) {
  return (
    <p class="progress" aria-busy="true" role="status">
      {what} …
    </p>
  );
}
