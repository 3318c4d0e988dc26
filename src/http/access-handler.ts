// An access and what is to be shown of it go in, the answer to a front end's "what may I do" comes out.

import type { ServerResponse } from 'node:http';
import type { Access } from '../core/access.ts';
import type { AccessSummary, RequestableScope } from '../core/access-summary.ts';
import { checkedBoolean, checkedMembers } from '../core/options.ts';
import type { Answer } from './answer.ts';

/** What `accessHandler` shows. */
export interface AccessHandlerOptions {
  /** Also the subject's id. Default: false, as not every application may know whom it acts for. */
  subjectId?: boolean;
  /**
   * The scopes that the application could ask the user for. Default: true. They tell it what the user holds beyond what is delegated:
   * leave them out where strangers' applications are served.
   */
  requestable?: boolean;
}

/** What `accessHandler` answers, as JSON. */
export interface AccessDocument extends Omit<AccessSummary, 'requestable'> {
  readonly subject: { readonly kind: 'user' | 'client'; readonly id?: string; readonly organization?: string };
  readonly requestable?: readonly RequestableScope[];
}

/** @throws TypeError when an option is unknown or not of its type. */
export function checkedAccessOptions(options: unknown): Required<AccessHandlerOptions> {
  const { subjectId, requestable } = checkedMembers(options, 'options', ['subjectId', 'requestable']);
  return {
    subjectId: checkedBoolean(subjectId, 'subjectId', false),
    requestable: checkedBoolean(requestable, 'requestable', true),
  };
}

export function accessAnswer(
  { subject: { kind, id, organization } }: Access,
  { requestable, ...summary }: AccessSummary,
  shows: Required<AccessHandlerOptions>,
  response: ServerResponse,
): Answer {
  const body: AccessDocument = {
    subject: { kind, ...(shows.subjectId && { id }), ...(organization !== undefined && { organization }) },
    ...summary,
    ...(shows.requestable && { requestable }),
  };
  return { status: 200, headers: headersBeside(response.getHeader('Vary')), body };
}

// RFC 9110 section 12.5.5: what is there already counts on. RFC 9111 section 5.2.2.5: it is for nobody's cache, the browser's included.
function headersBeside(vary: ReturnType<ServerResponse['getHeader']>): Record<string, string> {
  const named = vary === undefined ? [] : String(vary).split(/\s*,\s*/);
  const isNamed = named.some((name) => name === '*' || name.toLowerCase() === 'authorization');
  return {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    Vary: (isNamed ? named : [...named, 'Authorization']).join(', '),
  };
}
