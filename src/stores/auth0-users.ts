// A user's id goes in, the path at the management API comes out.

/** Undefined where no path can hold the id: such a user cannot exist. */
export function userPath(id: string): string | undefined {
  // Encoded or not, these stand for another folder (WHATWG URL), and the request would ask for something else.
  if (id === '' || id === '.' || id === '..') return undefined;
  try {
    return `/users/${encodeURIComponent(id)}`;
  } catch {
    // Half a character has no encoding.
    return undefined;
  }
}
