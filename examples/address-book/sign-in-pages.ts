// The pages of the authorization server as HTML: sign in, consent with a tick for each scope, and what went wrong.
// Plain forms, no script.

import { html } from './html.ts';
import type { Html } from './html.ts';
import { page } from './page.ts';

export interface ConsentItem {
  scope: string;
  description: string;
  /** Ticked, and not to be unticked. */
  fixed: boolean;
}

export function signInPage(options: { action: string; clientId: string; login: string; failed: boolean }): string {
  const { action, clientId, login, failed } = options;
  return page(
    'Sign in',
    html`<h1>Sign in</h1>
      <p>to go on to <strong>${clientId}</strong></p>
      ${failed ? html`<p class="error" role="alert">Name and password do not belong together.</p>` : ''}
      <form method="post" action="${action}">
        <label>Name <input name="login" value="${login}" autocomplete="username" required autofocus /></label>
        <label>Password <input name="password" type="password" autocomplete="current-password" required /></label>
        <button>Sign in</button>
      </form>`,
  );
}

export function consentPage(options: {
  action: string;
  clientId: string;
  person: string;
  items: readonly ConsentItem[];
}): string {
  const { action, clientId, person, items } = options;
  return page(
    'Allow access',
    html`<h1>Allow access?</h1>
      <p><strong>${clientId}</strong> would like to act for you, ${person}. Untick what it shall not do.</p>
      <form method="post" action="${action}">
        <fieldset>
          <legend>It asks to</legend>
          ${items.map(checkbox)}
        </fieldset>
        <button name="decision" value="allow">Allow what is ticked</button>
        <button name="decision" value="deny" class="quiet">Deny</button>
      </form>
      <p class="note">It can never do more than you may do yourself.</p>`,
  );
}

function checkbox({ scope, description, fixed }: ConsentItem): Html {
  const state = fixed ? html`checked disabled` : html`checked`;
  return html`<label class="tick">
    <input type="checkbox" name="scope" value="${scope}" ${state} />
    <span>${description} <code>${scope}</code></span>
  </label>`;
}

export function errorPage(error: string, description: string): string {
  return page(
    'That did not work',
    html`<h1>That did not work</h1>
      <p>${description}</p>
      <p class="note"><code>${error}</code></p>`,
  );
}
