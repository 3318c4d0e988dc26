// A refusal goes in; what helps comes out, in a sentence and as a button (rightful/client: afterRefusal).

import { useEffect, useState } from 'preact/hooks';
import type { Facts } from './answers.ts';
import type { Doing } from './doing.ts';
import { barrierOf } from './reasons.ts';
import { personOf } from './rows.ts';
import type { Demo } from './use-demo.ts';

export function NextStep({
  demo,
  facts,
  answer: { doing, exchange },
}: {
  demo: Demo;
  facts: Facts;
  answer: NonNullable<Demo['answer']>;
}) {
  const { session, view, isBusy, signIn, dismiss } = demo;
  const { next, problem } = exchange;
  if (next === undefined || session === undefined) return null;
  const { wish } = session;
  if (next === 'sign-in') {
    return (
      <Step text="There is no valid token: whoever this is has to sign in.">
        <button type="button" aria-disabled={isBusy} onClick={() => signIn(wish, { doing })}>
          Sign in again
        </button>
      </Step>
    );
  }
  if (next === 'ask-administrator') {
    const id = view.me?.subject.id ?? wish.person;
    const place = `${facts.administration.dashboard}#/users/${encodeURIComponent(id)}`;
    return (
      <Step text={`No consent helps: ${adviceOf(demo, doing, personOf(facts, id)?.name ?? id)}`}>
        <a role="button" href={place} target="_blank" rel="noreferrer">
          Ask an administrator<span class="hidden"> (in another tab)</span> ↗
        </a>
        <span class="quiet">
          Sign in there as <code>ada</code>, then press here again.
        </span>
      </Step>
    );
  }
  if (next === 'mend-request') return <Step text="The application sent its token in no valid way: its own fault." />;
  if ('request' in next) {
    const more = next.request.filter((scope) => !wish.scopes.includes(scope) || session.grant.withheld.includes(scope));
    return (
      <Step text={`${wish.client} has not been delegated ${more.join(' and ')}. Only the user can do that.`}>
        <button
          type="button"
          aria-disabled={isBusy}
          onClick={() =>
            signIn({ ...wish, scopes: [...new Set([...wish.scopes, ...more])] }, { doing, isForMore: true })
          }
        >
          Ask for {more.join(' and ')}
        </button>
        <button type="button" class="secondary" onClick={dismiss}>
          Not now
        </button>
      </Step>
    );
  }
  if ('retryAfterSeconds' in next) return <Later seconds={next.retryAfterSeconds} demo={demo} doing={doing} />;
  const isRule = next.policies.length === 0;
  return (
    <Step
      text={
        isRule
          ? `${problem.title ?? 'Refused'}: a rule takes this away from every request like it. See the rules below.`
          : `It is about this very contact: ${next.policies.join(', ')}. Who may share it can let others in.`
      }
    />
  );
}

function adviceOf({ view: { actions, me, rules } }: Demo, { action, contact }: Doing, name: string): string {
  const said = actions.find((one) => one.action === action && one.contact === contact);
  return barrierOf(said, me, rules)?.lack === 'denied'
    ? `${name} is denied this. Ada, the administrator, can take the denial back.`
    : `${name} does not hold this. Ada, the administrator, can give it.`;
}

function Later({ seconds, demo: { act, isBusy }, doing }: { seconds: number; demo: Demo; doing: Doing }) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return (
    <Step text="Nobody's fault, and nothing was changed: the API cannot answer now.">
      <button type="button" aria-disabled={isBusy || left > 0} onClick={() => left <= 0 && void act(doing)}>
        {left > 0 ? `Try again in ${left} s` : 'Try again'}
      </button>
    </Step>
  );
}

function Step({ text, children }: { text: string; children?: preact.ComponentChildren }) {
  return (
    <div class="step-next">
      <p>{text}</p>
      {children !== undefined && <p class="actions">{children}</p>}
    </div>
  );
}
