// Addresses go in, answers come out, as a browser gets them: with the cookies of one host, and redirects followed.

/** A browser's cookies, for one host. */
export class Cookies {
  readonly #cookies = new Map<string, { path: string; pair: string }>();

  async fetch(url: string, body?: URLSearchParams): Promise<Response> {
    const { pathname } = new URL(url);
    const cookie = [...this.#cookies.values()].filter(({ path }) => pathname.startsWith(path)).map(({ pair }) => pair);
    const init = body === undefined ? {} : { method: 'POST', body };
    const response = await fetch(url, { ...init, headers: { cookie: cookie.join('; ') }, redirect: 'manual' });
    for (const header of response.headers.getSetCookie()) {
      const [pair = '', name = ''] = /^([^=]+)=[^;]*/.exec(header) ?? [];
      const path = /;\s*path=([^;]*)/i.exec(header)?.[1] ?? '/';
      if (/;\s*expires=Thu, 01 Jan 1970/i.test(header)) this.#cookies.delete(name + path);
      else this.#cookies.set(name + path, { path, pair });
    }
    return response;
  }

  /** Follows redirects, but not to `until`. */
  async follow(url: string, body?: URLSearchParams, until?: string): Promise<Response> {
    const response = await this.fetch(url, body);
    const location = response.headers.get('location');
    if (location === null) return response;
    const next = new URL(location, url).href;
    return until !== undefined && next.startsWith(until) ? response : this.follow(next, undefined, until);
  }
}
