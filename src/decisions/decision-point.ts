// Questions go out to a decision point, its decisions come in, in the same order: one by itself, several in one call (AuthZEN 1.0
// sections 6, 7 and 10.1). Whatever is no answer is an UnavailableError, and tells the operator why without a word of what was sent.

import { AccessError, UnavailableError } from '../core/errors.ts';
import { inTime } from '../core/in-time.ts';
import type { Clock } from '../core/in-time.ts';
import { isRecord } from '../core/options.ts';
import { headersToSend, sendsTheSame } from './point-headers.ts';
import type { CheckedHeaders } from './point-headers.ts';

/** One question, as it is sent. */
export type Evaluation = Readonly<Record<'subject' | 'action' | 'resource' | 'context', object>>;

export interface DecisionPointSettings {
  /** Of a single evaluation; that of several has one letter more. */
  readonly url: string;
  readonly headers: CheckedHeaders;
  readonly timeoutMs: number;
  /** Undefined: the platform's. */
  readonly fetch: typeof globalThis.fetch | undefined;
}

export class DecisionPoint {
  readonly #settings: DecisionPointSettings;

  constructor(settings: DecisionPointSettings) {
    this.#settings = settings;
  }

  /** Whether a question may go to either. */
  isTheSameAs(other: DecisionPoint): boolean {
    const [one, two] = [this.#settings, other.#settings];
    const isSame = one.url === two.url && one.timeoutMs === two.timeoutMs && one.fetch === two.fetch;
    return isSame && sendsTheSame(one.headers, two.headers);
  }

  /** Rejects with an UnavailableError when there is no answer in time, or none that can be read. */
  async decisionsOn(evaluations: readonly Evaluation[]): Promise<readonly boolean[]> {
    const { timeoutMs } = this.#settings;
    const controller = new AbortController();
    const what = 'The decision point';
    const abort = (): void => controller.abort();
    try {
      return await inTime(this.#exchange(evaluations, controller.signal), { what, timeoutMs, clock, abort });
    } catch (cause) {
      abort();
      throw cause instanceof AccessError ? cause : unavailable(reasonOf(cause));
    }
  }

  async #exchange(evaluations: readonly Evaluation[], signal: AbortSignal): Promise<readonly boolean[]> {
    const { url, fetch = globalThis.fetch } = this.#settings;
    const [first, ...others] = evaluations;
    const isOne = others.length === 0;
    const headers = await headersFor(this.#settings.headers);
    signal.throwIfAborted();
    const response = await fetch(isOne ? url : `${url}s`, {
      method: 'POST',
      headers,
      body: JSON.stringify(isOne ? first : { evaluations }),
      redirect: 'manual',
      signal,
    });
    // A fetch that was handed in may have followed a redirect all the same.
    if (response.status !== 200 || response.redirected) {
      response.body?.cancel().catch(() => undefined);
      throw unavailable(`the status is ${response.status}, and only an immediate 200 is accepted`);
    }
    const answer = await jsonOf(response);
    return isOne ? [decisionIn(answer)] : decisionsIn(answer, evaluations.length);
  }
}

async function headersFor(headers: CheckedHeaders): Promise<Headers> {
  try {
    return await headersToSend(headers);
  } catch (cause) {
    const isOurs = cause instanceof TypeError && cause.message.startsWith('Expected `the answer of headers`');
    throw unavailable(isOurs ? cause.message : '`headers` failed');
  }
}

const maxBodyBytes = 1024 * 1024;

/** Counts what comes out of the decompression, so that a small answer cannot become a large one. */
async function jsonOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBodyBytes) throw unavailable(`the answer is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    // The parser's own message quotes the answer.
    throw unavailable('the answer is not JSON in UTF-8');
  }
}

function decisionsIn(answer: unknown, count: number): readonly boolean[] {
  const evaluations = isRecord(answer) && Object.hasOwn(answer, 'evaluations') ? answer['evaluations'] : undefined;
  if (!Array.isArray(evaluations) || evaluations.length !== count) {
    throw unavailable(`the answer has no list of ${count} evaluations`);
  }
  return evaluations.map(decisionIn);
}

function decisionIn(answer: unknown): boolean {
  const decision = isRecord(answer) && Object.hasOwn(answer, 'decision') ? answer['decision'] : undefined;
  if (typeof decision !== 'boolean') throw unavailable('the answer has no `decision` that is true or false');
  return decision;
}

function unavailable(reason: string): UnavailableError {
  return new UnavailableError(undefined, { cause: `The decision point cannot be used: ${reason}` });
}

/** The error of a fetch may hold what was sent, headers included: no more of it is kept than its code. */
function reasonOf(cause: unknown): string {
  const codes = [cause, isRecord(cause) ? cause['cause'] : undefined].map((one) => (isRecord(one) ? one['code'] : ''));
  const code = codes.find((one) => typeof one === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(one));
  return code === undefined ? 'no connection' : `no connection (${String(code)})`;
}

const clock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
