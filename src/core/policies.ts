// A question goes in whose permissions suffice, what its policies say comes out: of each only what is asked, and nothing is waited
// for where they answer at once.

import type { Access } from './access.ts';
import { isPromise } from './next.ts';
import { holds, isSatisfied } from './question.ts';
import type { Circumstances, PermissionQuestion, Question } from './question.ts';

/** What a policy threw. */
export interface PolicyFailure {
  readonly policy: string;
  readonly thrown: unknown;
}

/** True: permits. False: a permission is not there. Otherwise the policy that refuses. */
type Verdict = boolean | { readonly policy: string; readonly failure?: PolicyFailure };

const none: readonly PolicyFailure[] = Object.freeze([]);

/** The policies of a question, asked once. */
export class Hearing {
  readonly access: Access;
  readonly circumstances: Circumstances;
  readonly verdict: Verdict | Promise<Verdict>;
  readonly #request: unknown;
  #failures: PolicyFailure[] | undefined;

  /** `request` is handed to each. */
  constructor(question: Question, access: Access, request: unknown, circumstances: Circumstances) {
    this.access = access;
    this.#request = request;
    this.circumstances = circumstances;
    this.verdict = this.#verdictOf(question);
  }

  /** What policies threw, also those that did not settle it. */
  get failures(): readonly PolicyFailure[] {
    return this.#failures ?? none;
  }

  /** Whether all is said already, and it is a permit that nothing has to be told of. */
  get isPermit(): boolean {
    return this.verdict === true && this.#failures === undefined;
  }

  #verdictOf(question: Question): Verdict | Promise<Verdict> {
    switch (question.kind) {
      case 'permission':
        return isHeldBy(question, this);
      case 'policy':
        return this.#verdictOfPolicy(question);
      case 'all':
        return this.#verdictOfAll(question.parts);
      case 'any': {
        // An alternative whose permissions are lacking has no say, and its policies are not asked.
        const reachable = question.parts.filter((part) => isSatisfied(part, isHeldBy, this));
        return this.#verdictOfAny(reachable, false);
      }
    }
  }

  /**
   * The first part in order that does not permit. What has to be waited for is waited for together, so that those who ask somebody
   * else can ask at once; what stands behind a refusal that is known already is not asked.
   */
  #verdictOfAll(parts: readonly Question[]): Verdict | Promise<Verdict> {
    let awaited: (Verdict | Promise<Verdict>)[] | undefined;
    for (const part of parts) {
      const verdict = this.#verdictOf(part);
      if (verdict === true) continue;
      if (isPromise(verdict)) (awaited ??= []).push(verdict);
      else if (awaited === undefined) return verdict;
      else {
        awaited.push(verdict);
        break;
      }
    }
    if (awaited === undefined) return true;
    return Promise.all(awaited.map(async (one) => one)).then(
      (given) => given.find((verdict) => verdict !== true) ?? true,
    );
  }

  /** The first part that permits, otherwise the first policy that refused, otherwise what is known so far. */
  #verdictOfAny(parts: readonly Question[], otherwise: Verdict): Verdict | Promise<Verdict> {
    let refusal = otherwise;
    for (const [index, part] of parts.entries()) {
      const verdict = this.#verdictOf(part);
      if (verdict === true) return true;
      if (isPromise(verdict)) {
        const before = refusal;
        const rest = parts.slice(index + 1);
        return verdict.then((given) => (given === true ? true : this.#verdictOfAny(rest, firstPolicy(before, given))));
      }
      refusal = firstPolicy(refusal, verdict);
    }
    return refusal;
  }

  #verdictOfPolicy({ policy, test }: Question & { kind: 'policy' }): Verdict | Promise<Verdict> {
    try {
      const answer: unknown = test(this.access, this.#request);
      if (answer === true) return true;
      if (!isPromise(answer)) return { policy };
      return Promise.resolve(answer).then(
        (permits): Verdict => permits === true || { policy },
        (thrown: unknown) => this.#failed(policy, thrown),
      );
    } catch (thrown) {
      return this.#failed(policy, thrown);
    }
  }

  #failed(policy: string, thrown: unknown): Verdict {
    const failure: PolicyFailure = { policy, thrown };
    (this.#failures ??= []).push(failure);
    return { policy, failure };
  }
}

function isHeldBy(question: PermissionQuestion, { access, circumstances }: Hearing): boolean {
  return holds(access.permissions, question, circumstances);
}

function firstPolicy(one: Verdict, other: Verdict): Verdict {
  return typeof one === 'boolean' ? other : one;
}
