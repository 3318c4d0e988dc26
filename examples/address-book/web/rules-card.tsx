// The rules of the API go in; switches for them come out, and for where the requests of this page come from.

import { useState } from 'preact/hooks';
import type { Demo } from './use-demo.ts';

export function RulesCard({ demo }: { demo: Demo }) {
  const { view, isInOffice, setInOffice, refresh } = demo;
  // What was just switched, until the API says so itself.
  const [turning, setTurning] = useState<{ name: string; on: boolean }>();
  const { rules } = view;
  if (rules === undefined) return null;

  async function turn(name: string, on: boolean): Promise<void> {
    setTurning({ name, on });
    const headers = { 'Content-Type': 'application/json' };
    await fetch('/demo/rules', { method: 'PUT', headers, body: JSON.stringify({ [name]: on }) }).catch(() => undefined);
    await refresh();
    setTurning(undefined);
  }

  return (
    <section class="card" aria-labelledby="rules">
      <h2 id="rules">Rules</h2>
      <p class="quiet">Of this API, for everybody, on top of it all: a rule can only take away.</p>
      {rules.rules.map(({ name, title, takesAway, on }) => (
        <label key={name} class="option">
          <input
            type="checkbox"
            role="switch"
            checked={turning?.name === name ? turning.on : on}
            onChange={(event) => void turn(name, event.currentTarget.checked)}
          />
          <span>
            {title} <span class="quiet">takes {takesAway.join(', ')}</span>
          </span>
        </label>
      ))}
      <label class="option">
        <input
          type="checkbox"
          role="switch"
          checked={isInOffice}
          onChange={(event) => setInOffice(event.currentTarget.checked)}
        />
        <span>
          I am in the office <span class="quiet">every request says so</span>
        </span>
      </label>
      <p class="quiet">It is {dayOf(rules.now)}.</p>
    </section>
  );
}

function dayOf(now: number): string {
  return new Date(now).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' });
}
