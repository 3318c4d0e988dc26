// What stands behind the `#` of the address goes in, the place in the dashboard that it names comes out, and back.

import { useEffect, useState } from 'preact/hooks';

/** `#/users/auth0%7Calice?page=2` is `['users', 'auth0|alice']` with `page` 2. */
export interface Place {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  return { path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

// What cannot be decoded names nothing that there is.
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The address of a place. What is undefined or empty is left out of the query. Half a character is shown as none. */
export function hrefTo(
  path: readonly string[],
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const values = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(values.map(([name, value]): [string, string] => [name, String(value)])).toString();
  return `#/${path.map((one) => encodeURIComponent(one.toWellFormed())).join('/')}${search === '' ? '' : `?${search}`}`;
}

/** `replace`: the place before is forgotten. */
export function goTo(href: string, { replace = false } = {}): void {
  if (!replace) {
    location.hash = href;
    return;
  }
  history.replaceState(null, '', href);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function usePlace(): Place {
  const [hash, setHash] = useState(() => location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return placeOf(hash);
}
