// The name of a policy and where its decision point is go in, a requirement comes out that asks it (OpenID AuthZEN Authorization
// API 1.0): yes, no, or a 503 where there is no answer.

import type { Access } from '../core/access.ts';
import { isLoopback } from '../core/issuer-settings.ts';
import {
  checkedBoolean,
  checkedDelayMs,
  checkedFunction,
  checkedMembers,
  checkedString,
  expectation,
} from '../core/options.ts';
import { policy } from '../core/requirement.ts';
import type { PolicyRequirement } from '../core/requirement.ts';
import type { AccessRequest } from '../core/token.ts';
import { askTogether } from './batches.ts';
import { DecisionPoint } from './decision-point.ts';
import { checkedHeaders } from './point-headers.ts';
import type { HeadersToSend } from './point-headers.ts';
import { asked, checkedQuestion } from './policy-question.ts';
import type { PolicyQuestion } from './policy-question.ts';

/** What {@link authzenPolicy} is told. Everything is checked and copied. */
export interface AuthzenPolicyOptions<Request = AccessRequest> extends PolicyQuestion<Request> {
  /**
   * The decision point: what stands before `/access/v1/evaluation`, or an address that ends in `/evaluation`. https only, but
   * for loopback; without query and fragment. Nothing of a request ever gets into it, and no redirect is followed.
   */
  url: string;
  /** What is sent along, such as an API key: headers, or a function that is asked for them before each call. */
  headers?: HeadersToSend;
  /** For the whole of a call, in milliseconds. Default: 2000. */
  timeoutMs?: number;
  /** Also accept an `http:` address that is not loopback. Default: false. */
  allowHttp?: boolean;
  /** Default: the platform's. */
  fetch?: typeof globalThis.fetch;
}

/**
 * A policy that a decision point decides. It permits where the answer is `decision: true` and nothing else; policies that ask the
 * same decision point about the same request in the same turn ask together, in one call. Where there is no answer in time, or
 * none that can be read, the request is answered 503.
 *
 * @throws TypeError when an option is unknown or not as it must be; it names the option.
 */
export function authzenPolicy<Request = AccessRequest>(
  name: string,
  options: AuthzenPolicyOptions<Request>,
): PolicyRequirement {
  const given = checkedMembers(options, 'options', known);
  const { subject, action, resource, context } = given;
  const question = checkedQuestion<Request>({ subject, action, resource, context });
  const point = new DecisionPoint({
    url: checkedUrl(given.url, checkedBoolean(given.allowHttp, 'allowHttp', false)),
    headers: checkedHeaders(given.headers),
    timeoutMs: checkedDelayMs(given.timeoutMs, 'timeoutMs', 2000),
    fetch: checkedFunction<typeof globalThis.fetch>(given.fetch, 'fetch'),
  });
  return policy<Request>(name, async (access: Access, request: Request) => {
    const evaluations = await asked(question, name, access, request);
    const decisions = await Promise.all(evaluations.map((one) => askTogether(point, request, one)));
    return decisions.every((decision) => decision);
  });
}

const known = [
  'url',
  'headers',
  'timeoutMs',
  'allowHttp',
  'fetch',
  'subject',
  'action',
  'resource',
  'context',
] as const satisfies readonly (keyof AuthzenPolicyOptions)[];

/** The address of the evaluation endpoint. */
function checkedUrl(value: unknown, allowHttp: boolean): string {
  const text = checkedString(value, 'url');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure = url?.protocol === 'https:' || (url?.protocol === 'http:' && (allowHttp || isLoopback(url.hostname)));
  // Its text is not repeated: what is wrong with it may be a password in it.
  if (url === undefined || /[?#]/.test(text) || url.username !== '' || url.password !== '') {
    throw new TypeError('Expected `url` to be an address without user, query and fragment');
  }
  if (!isSecure) throw expectation('url', 'an https address (http only for loopback, or with `allowHttp`)', value);
  const base = url.href.replace(/\/+$/, '');
  return base.endsWith('/evaluation') ? base : `${base}/access/v1/evaluation`;
}
