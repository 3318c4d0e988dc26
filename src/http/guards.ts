// What one framework does in its own way goes in, its guards come out: what passes, what is refused, and who answers is decided
// here for all of them. Where nothing has to be waited for, a guard goes on before it returns.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestAccess } from '../core/access.ts';
import type { Access } from '../core/access.ts';
import type { AccessError } from '../core/errors.ts';
import { isPromise, next } from '../core/next.ts';
import { checkedBoolean, checkedFunction, checkedMembers, expectation } from '../core/options.ts';
import { wayOf } from '../core/public-authorizer.ts';
import { accessAnswer, checkedAccessOptions } from './access-handler.ts';
import type { Answer } from './answer.ts';
import { asking, askingMethod, notePassed } from './asks.ts';
import type { Asks } from './asks.ts';
import { decorated } from './decorated.ts';
import type { Method } from './decorated.ts';
import { demandedIn } from './demanded.ts';
import { Guarding, RequirementFailure } from './guarding.ts';
import type { Exchange, GuardDemand } from './guarding.ts';
import { identifiedIn } from './known.ts';
import type { Known } from './known.ts';
import { presentAuth } from './presented-auth.ts';
import { demandInWords } from './routes.ts';

/** One call of a guard, or of a method behind one. */
export interface Call extends Exchange {
  readonly response: ServerResponse;
}

/** What a framework does in its own way. */
export interface Framework<Its extends Call, OnRefusal> {
  /** Whether it waits for what a middleware returns. */
  readonly awaits: boolean;
  /** @throws TypeError when the arguments are not the framework's. */
  callOf(given: readonly unknown[]): Its;
  /** To what stands after a middleware. */
  goOn(call: Its): unknown;
  answer(call: Its, answer: Answer): unknown;
  /** Lets the application answer. */
  handOver(onRefusal: OnRefusal, error: AccessError, call: Its): unknown;
  /** To the application's error handler; where there is no way there, to whoever called. */
  fail(call: Its, cause: unknown): unknown;
}

/** The options of `createGuards`, checked as far as they are the same for every framework. */
export interface CheckedGuardOptions<OnRefusal> {
  readonly onRefusal: OnRefusal | undefined;
  readonly realm?: unknown;
  readonly disclose?: unknown;
}

/** @throws TypeError when an option is unknown, or `onRefusal` is no function. */
export function checkedGuardOptions<OnRefusal extends (...given: never[]) => unknown>(
  options: unknown,
): CheckedGuardOptions<OnRefusal> {
  const given = checkedMembers(options, 'options', ['realm', 'onRefusal', 'disclose']);
  return { ...given, onRefusal: checkedFunction<OnRefusal>(given.onRefusal, 'onRefusal') };
}

/** The guards of an authorizer, without the types of the framework. */
export interface UntypedGuards {
  readonly authenticate: (settings?: { required?: boolean }) => (...given: unknown[]) => unknown;
  readonly accessHandler: (settings?: object) => (...given: unknown[]) => unknown;
  readonly requirePermission: (...demands: unknown[]) => (...given: unknown[]) => unknown;
  readonly accessOf: (request: IncomingMessage) => Access;
  readonly optionalAccessOf: (request: IncomingMessage) => Access | undefined;
}

type Enter<Its> = (call: Its) => Known | undefined | Promise<Known | undefined>;

/** @throws TypeError when the authorizer is none, or an option is not as it must be. */
export function guardsOf<Its extends Call, OnRefusal>(
  authorizer: object,
  { onRefusal, ...options }: CheckedGuardOptions<OnRefusal>,
  framework: Framework<Its, OnRefusal>,
): UntypedGuards {
  const way = wayOf(authorizer);
  if (way === undefined) throw expectation('authorizer', 'made by createAuthorizer', authorizer);
  const guarding = new Guarding(way, options);
  const goOn = (call: Its): unknown => framework.goOn(call);
  const { scopePermissions, catalogue } = way.settings;

  return { authenticate, requirePermission, accessHandler, accessOf, optionalAccessOf };

  function authenticate(settings: { required?: boolean } = {}): (...given: unknown[]) => unknown {
    const { required } = checkedMembers(settings, 'options', ['required']);
    const mode = { required: checkedBoolean(required, 'required', true) };
    const enter: Enter<Its> = (call) => guarding.enter(call, mode);
    if (!mode.required) return asking((...given: unknown[]) => goThrough(given, enter, goOn), { kind: 'anyone' });
    return asking((...given: unknown[]) => goThrough(given, enter, goOnGuarded), { kind: 'signed-in' });
  }

  function requirePermission(...demands: unknown[]): (...given: unknown[]) => unknown {
    const { requirement, isEnforced } = demandedIn(demands);
    const demand = guarding.demand(requirement);
    if (!isEnforced) guarding.announceUnenforced(demandInWords(demand));
    const guard: GuardDemand = { demand, isEnforced };
    const enter: Enter<Its> = (call) => guarding.admit(call, guard);
    const asks: Asks = { kind: 'demand', demand, isEnforced, scopePermissions, catalogue };
    const wrap = (method: Method): Method => {
      function guarded(this: unknown, ...given: unknown[]): unknown {
        if (RequestAccess.is(given[0])) {
          return next(guarding.require(given[0], guard, given), () => method.apply(this, given) as unknown);
        }
        return pass(framework.callOf(given), enter, () => method.apply(this, given) as unknown);
      }
      return askingMethod(guarded, asks, method);
    };
    return asking((...given: unknown[]) => {
      const decoration = decorated(given, wrap);
      return decoration === undefined ? goThrough(given, enter, goOnGuarded) : decoration.result;
    }, asks);
  }

  /** Where a guard before it has let pass an access, that one is shown: it may be the one in another organization. */
  function accessHandler(settings: object = {}): (...given: unknown[]) => unknown {
    const shows = checkedAccessOptions(settings);
    const enter: Enter<Its> = (call) => guarding.passed(call.key) ?? guarding.enter(call, { required: true });
    const answer = (call: Its): unknown => {
      notePassed(call.key);
      const access = accessOf(call.key as IncomingMessage);
      return framework.answer(call, accessAnswer(access, guarding.summaryOf(access), shows, call.response));
    };
    const handler = (...given: unknown[]): unknown => goThrough(given, enter, answer);
    return askingMethod(handler, { kind: 'signed-in' }, handler);
  }

  function goOnGuarded(call: Its): unknown {
    notePassed(call.key);
    return framework.goOn(call);
  }

  function goThrough(given: readonly unknown[], enter: Enter<Its>, after: (call: Its) => unknown): unknown {
    const gone = pass(framework.callOf(given), enter, after);
    return framework.awaits ? gone : undefined;
  }

  /** Goes on where `enter` lets it, and answers where it does not; what goes on stands outside of the refusals' reach. */
  function pass(call: Its, enter: Enter<Its>, after: (call: Its) => unknown): unknown {
    let entered: ReturnType<Enter<Its>>;
    try {
      entered = enter(call);
    } catch (cause) {
      return refuse(call, cause);
    }
    if (!isPromise(entered)) return proceed(call, entered, after);
    return entered.then(
      (known) => proceedLater(call, known, after),
      (cause: unknown) => refuse(call, cause),
    );
  }

  function proceed(call: Its, known: Known | undefined, after: (call: Its) => unknown): unknown {
    if (known !== undefined) present(call, known);
    return after(call);
  }

  // Who called is gone by now: what a method throws at once goes where it would have gone then.
  function proceedLater(call: Its, known: Known | undefined, after: (call: Its) => unknown): unknown {
    try {
      return proceed(call, known, after);
    } catch (cause) {
      return framework.fail(call, cause);
    }
  }

  // For handlers that read `auth` off node's request, as express-oauth2-jwt-bearer sets it.
  function present({ response }: Its, known: Known): void {
    presentAuth(known);
    const { bearer } = identifiedIn(known);
    // RFC 6750 section 2.3: an answer to a token in the URL is for nobody else's cache
    if (bearer.from === 'query' && !response.headersSent && !isKeptPrivate(response)) {
      response.setHeader('Cache-Control', 'private');
    }
  }

  function refuse(call: Its, cause: unknown): unknown {
    try {
      return refused(call, cause);
    } catch (failure) {
      return framework.fail(call, failure);
    }
  }

  function refused(call: Its, cause: unknown): unknown {
    if (cause instanceof RequirementFailure) return framework.fail(call, cause);
    const error = guarding.refused(cause, call.given);
    if (onRefusal !== undefined) return handOver(onRefusal, error, call);
    if (call.response.headersSent) return framework.fail(call, error);
    return framework.answer(call, guarding.answer(error));
  }

  function handOver(handler: OnRefusal, error: AccessError, call: Its): unknown {
    const handled = framework.handOver(handler, error, call);
    return isPromise(handled) ? handled.then(undefined, (cause: unknown) => framework.fail(call, cause)) : undefined;
  }

  function accessOf(request: IncomingMessage): Access {
    const access = optionalAccessOf(request);
    if (access === undefined) throw new TypeError('No guard of this authorizer let a signed-in request pass here');
    return access;
  }

  function optionalAccessOf(request: IncomingMessage): Access | undefined {
    return guarding.accessOf(request);
  }
}

/** What a framework's arguments must hold. */
export function isRequest(value: unknown): value is IncomingMessage {
  return typeof value === 'object' && value !== null && 'headers' in value;
}

export function isResponse(value: unknown): value is ServerResponse {
  return typeof value === 'object' && value !== null && 'setHeader' in value;
}

function isKeptPrivate(response: ServerResponse): boolean {
  return /\b(?:private|no-store)\b/i.test(String(response.getHeader('Cache-Control')));
}
