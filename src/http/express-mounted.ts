// What `app.use(path, otherApp)` put into a router goes in, the other application comes out.

import { isExpressApplication } from './express-layers.ts';
import type { ExpressApplication } from './express-layers.ts';

/** Whether Express has put it there for a mounted application, in version 4 or 5. */
export function isMounted(handle: unknown): boolean {
  if (typeof handle !== 'function' || handle.name !== 'mounted_app' || handle.length !== 3) return false;
  return /\borig\.request\b/.test(Function.prototype.toString.call(handle));
}

/**
 * The application, `empty` where it has no router yet, undefined where it does not show itself.
 *
 * Express keeps it where nothing can read it. So it is handed a request that loses its URL as soon as the application has made
 * itself known on it, which is before any middleware: no router goes on with such a request.
 */
export function mountedApplication(handle: unknown): ExpressApplication | 'empty' | undefined {
  let [found, wasRead]: [unknown, boolean] = [undefined, false];
  const request: object = Object.defineProperties(
    {},
    {
      method: { value: 'GET' },
      query: { value: {} },
      app: { value: { request: Object.prototype, response: Object.prototype } },
      url: {
        get() {
          wasRead = true;
          return found === undefined ? '/' : undefined;
        },
      },
    },
  );
  const locals = {
    get(): object {
      found = (Object.getPrototypeOf(request) as { app?: unknown }).app ?? null;
      return {};
    },
  };
  const response = Object.defineProperty({ setHeader: () => undefined }, 'locals', locals);
  try {
    (handle as (...given: unknown[]) => unknown)(request, response, () => undefined);
  } catch {
    return undefined;
  }
  if (isExpressApplication(found)) return found;
  return wasRead ? undefined : 'empty';
}
