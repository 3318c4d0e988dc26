// How to get a token and how to ask for more go in, a `fetch` comes out that asks for more at most once for each call.

import { afterRefusal } from './after-refusal.ts';

/** Which API is called, and what the application does in its own way. */
export interface StepUpOptions {
  /** The address of the API: what is called is resolved against it, and no other origin is ever sent the token. */
  readonly api: string | URL;
  /** The access token to send; undefined: none is. Asked for each attempt, so that a new one is sent after a step-up. */
  readonly token: () => string | undefined | Promise<string | undefined>;
  /** Asks the user to delegate these scopes too, with `prompt=consent` where it must be seen. True: the token has them now. */
  readonly stepUp: (scopes: readonly string[], refusal: Response) => boolean | Promise<boolean>;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

/**
 * `fetch` with the token. Where an answer says that scopes are missing, `stepUp` is asked, once for calls that wait for the same
 * scopes, and where it says true the call is made once more; whatever that answers is the answer. Every other refusal is returned
 * as it came: `afterRefusal` reads it. What `token` and `stepUp` throw, the call rejects with; with a TypeError, where it goes to
 * another origin than the API's.
 */
export function withStepUp({ api, token, stepUp, fetch: send = fetch }: StepUpOptions): typeof fetch {
  const { origin } = new URL(api);
  const asking = new Map<string, Promise<boolean>>();

  async function attempt(request: Request): Promise<Response> {
    const bearer = await token();
    if (bearer !== undefined) request.headers.set('authorization', `Bearer ${bearer}`);
    return send(request);
  }

  function asked(scopes: readonly string[], refusal: Response): Promise<boolean> {
    const key = [...scopes].sort().join(' ');
    let answer = asking.get(key);
    if (answer === undefined) {
      answer = Promise.resolve(stepUp(scopes, refusal)).finally(() => asking.delete(key));
      asking.set(key, answer);
    }
    return answer;
  }

  return async (input, init) => {
    const request = input instanceof Request ? new Request(input, init) : new Request(new URL(input, api), init);
    if (new URL(request.url).origin !== origin) throw new TypeError(`Expected a call of ${origin}, got ${request.url}`);
    // A body can be sent once: the second attempt has one of its own.
    const again = request.clone();
    const response = await attempt(request);
    const step = await afterRefusal(response);
    const isStepUp = typeof step === 'object' && 'request' in step && step.request.length > 0;
    return isStepUp && (await asked(step.request, response)) ? attempt(again) : response;
  };
}
