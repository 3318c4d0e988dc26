// POST /access/v1/evaluation and /access/v1/evaluations: questions go in, decisions come out in the same order (AuthZEN 1.0
// sections 6 and 7).

import { isRecord } from '../../core/options.ts';
import type { Administered } from '../administered.ts';
import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { askedIn, fault, membersOf } from './asked.ts';
import { Held } from './held.ts';
import { verdictOn } from './verdict.ts';
import type { Verdict } from './verdict.ts';

export const evaluate: Handle = async ({ body, admin }) => {
  return ok(await verdictOn(askedIn(membersOf(body)), new Held(admin), admin));
};

// A screen of rows, each with its buttons, and no work without end.
const maxEvaluations = 500;

// As many questions as wait for the store together, where all of them are answered anyway.
const maxTogether = 20;

export const evaluateAll: Handle = async (call) => {
  const request = membersOf(call.body);
  const { evaluations = [] } = ownMembers(request, ['evaluations']);
  if (!Array.isArray(evaluations)) throw fault('evaluations', 'a list');
  const semantic = semanticIn(request);
  // Without a list it is the single question (section 7.1).
  if (evaluations.length === 0) return evaluate(call);
  if (evaluations.length > maxEvaluations) throw fault('evaluations', `a list of at most ${maxEvaluations}`);
  return ok({ evaluations: await verdictsOn(evaluations, { request, semantic, admin: call.admin }) });
};

interface Batch {
  readonly request: Readonly<Record<string, unknown>>;
  readonly semantic: Semantic;
  readonly admin: Administered;
}

async function verdictsOn(evaluations: readonly unknown[], { request, semantic, admin }: Batch): Promise<Verdict[]> {
  const held = new Held(admin);
  const verdicts: Verdict[] = [];
  // After the one that ends the list nothing is asked.
  const together = semantic.endsOn === undefined ? maxTogether : 1;
  for (let at = 0; at < evaluations.length; at += together) {
    const part = evaluations.slice(at, at + together).map((one) => verdictOf(one, request, held, admin));
    verdicts.push(...(await Promise.all(part)));
    if (verdicts.at(-1)?.decision === semantic.endsOn) break;
  }
  return verdicts;
}

/** What is wrong with one question is said in its place, and the others are answered (section 7.2.1). */
async function verdictOf(
  evaluation: unknown,
  defaults: Batch['request'],
  held: Held,
  admin: Administered,
): Promise<Verdict> {
  try {
    if (!isRecord(evaluation)) throw fault('each of the evaluations', 'an object');
    return await verdictOn(askedIn(withDefaults(evaluation, defaults)), held, admin);
  } catch (cause) {
    if (!(cause instanceof RequestFault)) throw cause;
    const { status, message } = cause;
    return { decision: false, context: { error: { status, message } } };
  }
}

const defaulted = ['subject', 'action', 'resource', 'context'] as const;

// Each of them as a whole: nothing is put together from two (section 7.1.1).
function withDefaults(evaluation: Batch['request'], defaults: Batch['request']): Batch['request'] {
  return { ...ownMembers(defaults, defaulted), ...ownMembers(evaluation, defaulted) };
}

/** What stands there is taken as it is, null as well. */
function ownMembers<Name extends string>(of: Batch['request'], names: readonly Name[]): { [Key in Name]?: unknown } {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(of, name) ? [[name, of[name]]] : []))) as {
    [Key in Name]?: unknown;
  };
}

interface Semantic {
  /** The decision that ends the list before its end; undefined: none does. */
  readonly endsOn: boolean | undefined;
}

/** Section 7.1.2.1. */
const semantics: ReadonlyMap<unknown, Semantic> = new Map([
  ['execute_all', { endsOn: undefined }],
  ['deny_on_first_deny', { endsOn: false }],
  ['permit_on_first_permit', { endsOn: true }],
]);

function semanticIn(request: Batch['request']): Semantic {
  const { options = {} } = ownMembers(request, ['options']);
  if (!isRecord(options)) throw fault('options', 'an object');
  const { evaluations_semantic: name = 'execute_all' } = ownMembers(options, ['evaluations_semantic']);
  const semantic = semantics.get(name);
  if (semantic === undefined) throw fault('options.evaluations_semantic', [...semantics.keys()].join(' or '));
  return semantic;
}
