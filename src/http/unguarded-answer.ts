// A request that nothing guards goes in, a 500 that says nothing comes out, and the operator is told what was forgotten.

import type { ServerResponse } from 'node:http';
import { checkedFunction, checkedMembers } from '../core/options.ts';
import { tell } from '../core/tell.ts';
import { auditOf } from './routes.ts';
import type { FoundRoute } from './routes.ts';

/** A request that `denyUnguarded` has refused. */
export interface UnguardedRequest {
  readonly method: string;
  /** The path of the route. */
  readonly path: string;
  /** In words, for a log. */
  readonly message: string;
}

/** What `denyUnguarded` can be told. */
export interface DenyOptions {
  /** Hears of each refusal; what it throws is ignored. Default: a warning of the process, once for each route. */
  readonly onUnguarded?: (refused: UnguardedRequest) => unknown;
}

/** Tells the operator; `route` is what is told of once. */
export type Report = (route: object, method: string, path: string) => void;

/** @throws TypeError when an option is unknown, or `onUnguarded` is no function. */
export function reportOf(options: unknown): Report {
  const { onUnguarded } = checkedMembers(options, 'options', ['onUnguarded']);
  const hook = checkedFunction<(refused: UnguardedRequest) => unknown>(onUnguarded, 'onUnguarded');
  const told = new WeakSet<object>();
  return (route, method, path) => {
    const message = `Refused ${method} ${path}: no guard and no publicRoute() stands before its handler`;
    if (hook !== undefined) {
      tell(() => hook({ method, path, message }));
    } else if (!told.has(route)) {
      told.add(route);
      process.emitWarning(message, { code: 'RIGHTFUL_UNGUARDED' });
    }
  };
}

/** The programmer's fault, and no refusal of a client's (RFC 9110 section 15.6.1). */
export const unguardedAnswer = Object.freeze({
  status: 500,
  type: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', title: 'Internal Server Error', status: 500 }),
});

export function answerUnguarded(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, type, body } = unguardedAnswer;
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

/** @throws TypeError when something in there has routes that nobody can see, and no guard and no mark stands before it. */
export function checkSeen(routes: readonly FoundRoute[]): void {
  const unseen = routes.filter((route) => {
    const audit = auditOf(route);
    const isRefused = audit.guarded || audit.public || route.refusesByItself === true;
    return route.unseen !== undefined && !isRefused;
  });
  if (unseen.length === 0) return;
  const what = unseen.map((route) => route.unseen).join(', ');
  throw new TypeError(
    `Expected \`denyUnguarded\` to see every route, but it cannot see into ${what}: put a guard before it`,
  );
}
