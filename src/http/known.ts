// A request goes in, what authorizers know of it comes out: who signed in and what may be done, by request and authorizer.

import type { Access } from '../core/access.ts';
import type { Identified } from '../core/identified.ts';
import { requestField } from './request-field.ts';
import type { Noted } from './request-field.ts';

/** What one authorizer knows of a request. */
export class Known implements Noted {
  readonly request: object;
  /** Whose it is, so that two authorizers on one request never share an Access. */
  readonly way: object;
  identified: Identified | Promise<Identified>;
  /** The access that a guard has let pass. */
  access: Access | undefined;
  /** When its token was last said to be the one that the request is signed in by, in order; 0: never. */
  presented: number;
  /** What another authorizer knows of the same request. */
  next: Known | undefined;

  constructor(request: object, way: object, identified: Identified | Promise<Identified>) {
    this.request = request;
    this.way = way;
    this.identified = identified;
    this.access = undefined;
    this.presented = 0;
    this.next = undefined;
  }
}

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
  const { request } = known;
  const others = [...allOf(request)].filter((one) => one !== known);
  field.delete(request);
  for (const one of others.toReversed()) remember(one);
}

/** By then it is there, and not waited for any more. */
export function identifiedIn({ identified }: Known): Identified {
  return identified as Identified;
}

let presentations = 0;

/** Says that its token is the one that the request is signed in by. */
export function present(known: Known): void {
  presentations += 1;
  known.presented = presentations;
}

/** What was presented last of all that is known of a request. */
export function lastPresented(request: object): Known | undefined {
  let last: Known | undefined;
  for (const known of allOf(request)) if (known.presented > (last?.presented ?? 0)) last = known;
  return last;
}

function* allOf(request: object): Generator<Known, void> {
  for (let known = field.get(request); known !== undefined; known = known.next) yield known;
}
