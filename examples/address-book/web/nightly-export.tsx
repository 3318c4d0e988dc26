// Nothing goes in; the export that machines run at night can be run, and how it went comes out.

import { useState } from 'preact/hooks';
import type { ExportRun } from './answers.ts';

const meanings: Readonly<Record<string, string>> = {
  store: 'the API’s store assigns it permissions',
  issuer: 'the authorization server assigns it scopes',
};

export function NightlyExport() {
  const [runs, setRuns] = useState<readonly ExportRun[]>();
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');

  async function run(): Promise<void> {
    if (state === 'busy') return;
    setState('busy');
    try {
      const response = await fetch('/demo/export', { method: 'POST' });
      if (!response.ok) throw new Error(String(response.status));
      setRuns(((await response.json()) as { runs: ExportRun[] }).runs);
      setState('idle');
    } catch {
      setState('failed');
    }
  }

  return (
    <section class="card" aria-labelledby="export">
      <h2 id="export">The nightly export</h2>
      <p class="quiet">Machines that act for themselves: no user is in the picture, and nobody consents.</p>
      <ul class="runs" role="status">
        {runs?.map(({ client, clientPrivileges, call, status, contacts, code }) => (
          <li key={client + call}>
            <code>{client}</code> <span class="quiet">{call}</span>
            <span class={`state ${status < 400 ? 'yes' : 'no'}`}>
              {status} {contacts === null ? code : `${contacts} contacts`}
            </span>
            <span class="quiet">
              <code>{clientPrivileges}</code>: {meanings[clientPrivileges]}
            </span>
          </li>
        ))}
      </ul>
      {state === 'failed' && <p role="alert">The export did not run.</p>}
      <button type="button" class="small secondary" aria-busy={state === 'busy'} onClick={() => void run()}>
        Run it now
      </button>
    </section>
  );
}
