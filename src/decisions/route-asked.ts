// A request goes in, the resource that a policy asks about unless it is told otherwise comes out: the path of the request, as it was
// sent and as the framework's router saw it, or an error where these are not one and the same.

import { isRecord } from '../core/options.ts';
import type { AuthzenEntity } from './policy-question.ts';

/**
 * `request`: Express's, whose `url` is what is left of the address below a router, Koa's context, or whatever has a `url`.
 *
 * @throws Error when the path can be written in more than one way, or the application has made another one of it. Nothing of the
 * path is in its message.
 */
export function routeAsked(request: unknown): AuthzenEntity {
  const { originalUrl, url, baseUrl } = isRecord(request) ? request : {};
  const sent = pathOf(originalUrl ?? url);
  const seen = url === undefined ? sent : pathOf(url);
  if (sent === undefined || seen === undefined || !isNormal(sent)) {
    throw new Error(`The path of the request is not in its one normal form (RFC 3986 section 6.2.2): ${instead}`);
  }
  if (!isWhatIsLeft(seen, sent, baseUrl)) {
    throw new Error(`The path that the router saw is not the one of the request: ${instead}`);
  }
  return { type: 'route', id: sent };
}

const instead = 'where such are to be let in, `resource` says what is asked about';

// RFC 9112 section 3.2: origin-form, or absolute-form, of which a router sees the path alone.
function pathOf(address: unknown): string | undefined {
  if (typeof address !== 'string') return undefined;
  const [, origin, path = ''] = /^(https?:\/\/[\w.:[\]-]+)?([^?]*)/.exec(address) ?? [];
  return origin !== undefined && path === '' ? '/' : path;
}

// Segments of `pchar` (RFC 3986 section 3.3), none empty but the last, and nothing encoded that need not be, or in small letters.
const segments = /^\/(?:(?:[\w.~!$&'()*+,;=:@-]|%(?!2[DE]|3\d|[46][1-9A-F]|[57][\dA]|5F|7E)[\dA-F]{2})+(?:\/|$))*$/;

// What is equal to another path for whoever takes it to its normal form would be decided on as the one and served as the other.
function isNormal(path: string): boolean {
  return segments.test(path) && !/\/\.\.?(?:\/|$)/.test(path);
}

/** Whether `seen` is what routers leave of `sent`. Express says what they have taken away; Koa's do not. */
function isWhatIsLeft(seen: string, sent: string, taken: unknown): boolean {
  if (typeof taken !== 'string') return seen === '/' || sent.endsWith(seen);
  // Of nothing that is left, a router makes `/`.
  return `${taken}${seen}` === sent || `${taken}${seen}` === `${sent}/`;
}
