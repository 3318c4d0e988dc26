// A question about a request goes in, its decision comes out. Those that are put about one request in the same turn, to the same
// decision point, leave together.

import { UnavailableError } from '../core/errors.ts';
import type { DecisionPoint, Evaluation } from './decision-point.ts';

/** What waits for the end of the turn. */
interface Batch {
  readonly point: DecisionPoint;
  readonly evaluations: Evaluation[];
  readonly decisions: Promise<readonly boolean[]>;
}

// As many as every decision point takes at once.
const maxTogether = 50;

const waiting = new WeakMap<object, Batch[]>();

/** Rejects with an UnavailableError when the decision point has no answer. `request`: of which one it is asked. */
export async function askTogether(point: DecisionPoint, request: unknown, evaluation: Evaluation): Promise<boolean> {
  // Without a request there is nothing to tell whose question it is.
  if (typeof request !== 'object' || request === null) return (await point.decisionsOn([evaluation]))[0] === true;
  const batch = batchFor(point, request);
  const at = batch.evaluations.push(evaluation) - 1;
  return (await ownErrors(batch.decisions))[at] === true;
}

function batchFor(point: DecisionPoint, request: object): Batch {
  const open = waiting.get(request) ?? [];
  waiting.set(request, open);
  const there = open.find((one) => one.evaluations.length < maxTogether && one.point.isTheSameAs(point));
  if (there !== undefined) return there;
  const evaluations: Evaluation[] = [];
  const decisions = endOfTurn().then(() => {
    open.splice(
      open.findIndex((one) => one.evaluations === evaluations),
      1,
    );
    return point.decisionsOn(evaluations);
  });
  const batch = { point, evaluations, decisions };
  open.push(batch);
  return batch;
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What one policy does to its error, no other sees. */
function ownErrors<Value>(shared: Promise<Value>): Promise<Value> {
  return shared.catch((error: unknown) => {
    if (!(error instanceof UnavailableError)) throw error;
    throw new UnavailableError(error.message, { cause: error.cause });
  });
}
