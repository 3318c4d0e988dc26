// What was decided goes in, an operator is told: what was asked, of whom, what came of it and how long it took. Where nobody listens
// nothing is looked at. The subject is told by a digest, since a log is read by more people than may know who did what.

import type { Decision } from './decision.ts';
import { checkedMembers, expectation, secretExpectation } from './options.ts';
import type { Subject } from './privilege.ts';
import { isDenial, refusalFor } from './refused.ts';
import type { Failure } from './refused.ts';
import { permissionsIn } from './requirement.ts';
import type { Requirement } from './requirement.ts';
import { tell } from './tell.ts';

/** Who a decision is about, as far as a log should know. */
export interface RedactedSubject {
  readonly issuer: string;
  readonly kind: 'user' | 'client';
  readonly organization?: string;
  /**
   * 16 characters of HMAC-SHA-256 over issuer, kind and id: the same for the same subject in every organization, as long as the
   * key is the same.
   */
  readonly digest: string;
  /** Only with `eventSubjects: 'clear'`. */
  readonly id?: string;
}

/** What `onDecision` is told. */
export interface DecisionEvent {
  /** What the requirement came to. What is missing is named with the resource that was asked, which may be the request's text. */
  readonly decision: Decision;
  /** The requirement as it was given: plain data, and functions where there are policies. */
  readonly requirement: Requirement;
  /** The names of the permissions in it, without repetition: few and known beforehand, as the labels of a counter must be. */
  readonly permissions: readonly string[];
  readonly subject: RedactedSubject;
  /**
   * False where it has no effect: with `enforce: false` on a guard, for a permit and for the 403 or 404 that it lets through. What
   * `authorizer.decide` answers is its caller's to enforce, and counts as enforced.
   */
  readonly enforced: boolean;
  /**
   * Milliseconds from when the guard was entered, or `decide` called, until it was decided: with the verification of the token and
   * the loading of privileges, where this guard is the first to need them. By a clock that is never set.
   */
  readonly durationMs: number;
  /** The method of the request, where there is one: `GET`. */
  readonly method?: string;
  /** What the framework has, with the token in its headers: not for a log as it is. */
  readonly request: unknown;
}

/** How subjects are told. */
export interface EventSubjects {
  readonly clear: boolean;
  /** Undefined: the process's own. */
  readonly key: Uint8Array | undefined;
}

/** What this needs from outside. */
export interface EventPorts {
  /** Milliseconds since any instant, by a clock that never goes back. */
  readonly elapsedMs: () => number;
  /** A short digest under the key, or under one of the process where there is none. */
  readonly digest: (text: string, key: Uint8Array | undefined) => string;
}

/** What a decision is about. */
interface Matter {
  readonly requirement: Requirement;
  readonly asked: { readonly credentials: { readonly subject: Readonly<Subject> } };
  readonly context: { readonly request?: unknown; readonly isEnforced?: boolean };
  /** What `begin` said. */
  readonly begunMs: number;
}

export class DecisionEvents {
  readonly #hook: ((event: DecisionEvent) => void) | undefined;
  readonly #subjects: EventSubjects;
  readonly #ports: EventPorts;
  readonly #redacted = new WeakMap<Readonly<Subject>, RedactedSubject>();

  constructor(hook: ((event: DecisionEvent) => void) | undefined, subjects: EventSubjects, ports: EventPorts) {
    this.#hook = hook;
    this.#subjects = subjects;
    this.#ports = ports;
  }

  /** When a decision begins, for `tell`. */
  begin(): number {
    return this.#hook === undefined ? 0 : this.#ports.elapsedMs();
  }

  tell({ requirement, asked, context, begunMs }: Matter, decision: Decision, failure: Failure): void {
    const hook = this.#hook;
    if (hook === undefined) return;
    const durationMs = Math.max(0, this.#ports.elapsedMs() - begunMs);
    tell(() => {
      const { request, isEnforced } = context;
      const method = methodOf(request);
      const event: DecisionEvent = {
        decision,
        requirement,
        permissions: Object.freeze(permissionsIn(requirement)),
        subject: this.#redact(asked.credentials.subject),
        enforced: isEnforced !== false || (failure !== undefined && !isDenial(refusalFor(decision, failure))),
        durationMs,
        ...(method !== undefined && { method }),
        request,
      };
      return hook(Object.freeze(event));
    });
  }

  #redact(subject: Readonly<Subject>): RedactedSubject {
    const known = this.#redacted.get(subject);
    if (known !== undefined) return known;
    const { issuer, kind, id, organization } = subject;
    const { clear, key } = this.#subjects;
    const redacted = Object.freeze({
      issuer,
      kind,
      ...(organization !== undefined && { organization }),
      digest: this.#ports.digest(JSON.stringify([issuer, kind, id]), key),
      ...(clear && { id }),
    });
    this.#redacted.set(subject, redacted);
    return redacted;
  }
}

// A method is a token (RFC 9110 section 9.1); `decide` may be given anything as a request.
function methodOf(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { method } = request as { method?: unknown };
  return typeof method === 'string' && /^[A-Za-z-]{1,32}$/.test(method) ? method : undefined;
}

// RFC 2104 section 3: less than the length of the hash is discouraged.
const leastKeyBytes = 32;

/** @throws TypeError when it is none of the choices, or the key is too short. */
export function checkedEventSubjects(value: unknown): EventSubjects {
  if (value === undefined || value === 'digest') return { clear: false, key: undefined };
  if (value === 'clear') return { clear: true, key: undefined };
  if (typeof value !== 'object') throw expectation('eventSubjects', "'digest', 'clear' or { key }", value);
  const { key } = checkedMembers(value, 'eventSubjects', ['key']);
  if (typeof key !== 'string' && !(key instanceof Uint8Array)) {
    throw secretExpectation('eventSubjects.key', 'a string or bytes');
  }
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : new Uint8Array(key);
  if (bytes.length < leastKeyBytes) {
    throw secretExpectation('eventSubjects.key', `at least ${leastKeyBytes} bytes long`);
  }
  return { clear: false, key: bytes };
}
