// A request that a guard has let pass goes in; `auth` of node's request says from then on what its token is, as
// express-oauth2-jwt-bearer sets it.

import type { Identified } from '../core/identified.ts';
import { identifiedIn, lastPresented, markPresented } from './known.ts';
import type { Auth, Known } from './known.ts';

/** An application of Express; `request` is what all its requests inherit from. */
interface Application {
  readonly request?: unknown;
  readonly parent?: unknown;
}

// By application, whether its requests inherit `auth` from what they are made of.
const inherits = new WeakMap<object, boolean>();

/** Where another middleware has set it before, it is set anew. */
export function presentAuth(known: Known): void {
  const { request } = known;
  const { app } = request as { app?: unknown };
  if (isApplication(app) && (inherits.get(app) ?? inherited(app)) && !Object.hasOwn(request, 'auth')) {
    markPresented(known);
  } else {
    (request as { auth?: Auth }).auth = authOf(identifiedIn(known));
  }
}

/**
 * Express gives each request another prototype, after which every property that is added costs microseconds. So it is the prototype
 * that gets one, of the outermost application: a request goes on there when an application that is mounted has not answered it.
 */
function inherited(app: Application): boolean {
  let outermost = app;
  while (isApplication(outermost.parent)) outermost = outermost.parent;
  const { request: prototype } = outermost;
  if (typeof prototype !== 'object' || prototype === null) return false;
  if (!('auth' in prototype) && Object.isExtensible(prototype)) Object.defineProperty(prototype, 'auth', lazily);
  const isOurs = Object.getOwnPropertyDescriptor(prototype, 'auth')?.get === lazily.get;
  inherits.set(app, isOurs);
  return isOurs;
}

const lazily: PropertyDescriptor & ThisType<object> = {
  configurable: true,
  enumerable: true,
  get() {
    return authIn(this);
  },
  set(value: unknown) {
    Object.defineProperty(this, 'auth', { value, writable: true, enumerable: true, configurable: true });
  },
};

// Whatever is made of a request has its `auth`, too.
function authIn(request: object): Auth | undefined {
  const known = lastPresented(request);
  if (known !== undefined) return (known.auth ??= authOf(identifiedIn(known)));
  const prototype = Object.getPrototypeOf(request) as object | null;
  return prototype === null ? undefined : authIn(prototype);
}

function authOf({ header, credentials, bearer }: Identified): Auth {
  return { header, payload: credentials.claims, token: bearer.token };
}

function isApplication(value: unknown): value is Application {
  return typeof value === 'function' && 'request' in value;
}
