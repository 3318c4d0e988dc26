// The last call and its answer go in; the answer as it came comes out, and after a refusal the next step, as a button.

import { useEffect, useRef } from 'preact/hooks';
import type { Facts } from './answers.ts';
import type { Exchange } from './calls.ts';
import { textOf } from './doing.ts';
import { NextStep } from './next-step.tsx';
import type { Demo } from './use-demo.ts';

const soonMs = 3000;

export function Answer({ demo, facts }: { demo: Demo; facts: Facts }) {
  const { answer, session, view } = demo;
  const panel = useRef<HTMLElement>(null);
  const answeredAt = useRef(-Infinity);
  useEffect(() => {
    if (answer === undefined) return;
    answeredAt.current = performance.now();
    panel.current?.scrollIntoView({ block: 'nearest' });
  }, [answer]);
  useEffect(() => {
    // What was pressed may have gone with what it did: the keyboard goes on here.
    const isLost = document.activeElement === document.body && performance.now() - answeredAt.current < soonMs;
    if (isLost) panel.current?.querySelector('h2')?.focus({ preventScroll: true });
  }, [answer, view]);
  return (
    <section class="answer-panel" aria-labelledby="answer" ref={panel}>
      <h2 id="answer" tabIndex={-1}>
        What the API answered
      </h2>
      <div role="status">
        {answer !== undefined && (
          <p class={`verdict ${isFine(answer.exchange) ? 'yes' : 'no'}`}>
            <b>
              {answer.exchange.status} {answer.exchange.statusText}
            </b>{' '}
            {summaryOf(answer.exchange, textOf(answer.doing))}
          </p>
        )}
      </div>
      {answer === undefined ? (
        <p class="quiet">{session === undefined ? 'Nothing was asked yet.' : 'Press a button, grey or not.'}</p>
      ) : (
        <>
          <NextStep demo={demo} facts={facts} answer={answer} />
          <Raw exchange={answer.exchange} />
        </>
      )}
    </section>
  );
}

function Raw({ exchange: { call, status, statusText, headers, body } }: { exchange: Exchange }) {
  return (
    <pre class="raw" tabIndex={0} aria-label="The answer as it came">
      <span class="quiet">{call}</span>
      {'\n\n'}
      <b>
        HTTP/1.1 {status} {statusText}
      </b>
      {headers.map(([name, value]) => (
        <span key={name}>
          {'\n'}
          <span class="name">{name}:</span> {value}
        </span>
      ))}
      {body !== null && `\n\n${body}`}
    </pre>
  );
}

function isFine({ status }: Exchange): boolean {
  return status < 400;
}

function summaryOf({ status, problem: { title, detail } }: Exchange, what: string): string {
  if (status < 400) return `${what}: done.`;
  return `${what}: ${title ?? 'refused'}. ${detail ?? ''}`;
}
