// A request goes in, what authorizers know of it comes out: who signed in and what may be done, by request and authorizer.

import type { Access } from '../core/access.ts';
import type { Identified } from '../core/identified.ts';
import { requestField } from './request-field.ts';
import type { Noted } from './request-field.ts';

/** What req.auth of express-oauth2-jwt-bearer is. */
export interface Auth {
  readonly header: object;
  readonly payload: object;
  readonly token: string;
}

/** What one authorizer knows of a request. */
export class Known implements Noted {
  readonly request: object;
  /** Whose it is, so that two authorizers on one request never share an Access. */
  readonly way: object;
  identified: Identified | Promise<Identified>;
  /** The access that a guard has let pass. */
  access: Access | undefined;
  /** Whether its token has been said to be the one that the request is signed in by. */
  isPresented: boolean;
  /** What `auth` of the request is then; made when it is read for the first time. */
  auth: Auth | undefined;
  /** What another authorizer knows of the same request. */
  next: Known | undefined;

  constructor(request: object, way: object, identified: Identified | Promise<Identified>) {
    this.request = request;
    this.way = way;
    this.identified = identified;
    this.access = undefined;
    this.isPresented = false;
    this.auth = undefined;
    this.next = undefined;
  }
}

// The first of what is known of a request.
const field = requestField<Known>();

export function knownOf(request: object, way: object): Known | undefined {
  let known = field.get(request);
  while (known !== undefined && known.way !== way) known = known.next;
  return known;
}

/** Once for each request and authorizer. */
export function remember(known: Known): void {
  known.next = field.get(known.request);
  field.set(known);
}

export function forget(known: Known): void {
  const first = field.get(known.request);
  if (first === undefined) return;
  if (first === known) {
    field.delete(known.request);
    if (known.next !== undefined) field.set(known.next);
    return;
  }
  let before = first;
  while (before.next !== undefined && before.next !== known) before = before.next;
  if (before.next === known) before.next = known.next;
}

/** Says that its token is the one that the request is signed in by. */
export function markPresented(known: Known): void {
  known.isPresented = true;
  known.auth = undefined;
  if (field.get(known.request) === known) return;
  forget(known);
  remember(known);
}

/** What was presented last of all that is known of a request. */
export function lastPresented(request: object): Known | undefined {
  let known = field.get(request);
  while (known !== undefined && !known.isPresented) known = known.next;
  return known;
}

/** By then it is there, and not waited for any more. */
export function identifiedIn({ identified }: Known): Identified {
  return identified as Identified;
}
