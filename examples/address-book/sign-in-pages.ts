// The pages of the authorization server as HTML: sign in, consent with a tick for each scope, and what went wrong.
// Plain forms, no script.

import { html } from './html.ts';
import type { Html } from './html.ts';
import { page } from './page.ts';
import type { Person } from './people.ts';

export interface ConsentItem {
  scope: string;
  description: string;
  /** Ticked, and not to be unticked. */
  fixed: boolean;
}

export interface SignInPage {
  action: string;
  clientId: string;
  login: string;
  failed: boolean;
  people: readonly Person[];
}

export function signInPage({ action, clientId, login, failed, people }: SignInPage): string {
  // In a demo, whom the application expects has the password filled in.
  const expected = failed ? undefined : people.find(({ id }) => id === login);
  return page(
    'Sign in',
    html`<h1>Sign in</h1>
      <p>to go on to <strong>${clientId}</strong></p>
      ${failed ? html`<p class="error" role="alert">Name and password do not belong together.</p>` : ''}
      <form method="post" action="${action}">
        <label
          >Name <input name="login" value="${login}" autocomplete="username" required ${focusOn(!expected)}
        /></label>
        <label
          >Password
          <input
            name="password"
            type="password"
            value="${expected?.password ?? ''}"
            autocomplete="current-password"
            required
        /></label>
        ${expected === undefined ? '' : passwordNote(expected)}
        <p><button ${focusOn(expected)}>Sign in</button></p>
      </form>
      ${expected === undefined ? peopleOf(action, people) : ''}`,
  );
}

function focusOn(isHere: unknown): Html {
  return isHere ? html`autofocus` : html``;
}

function passwordNote({ name, password }: Person): Html {
  return html`<p class="note">
    ${name}'s password is <code>${password}</code>, and this being a demo it is filled in.
  </p>`;
}

/** One press for who does not want to type. */
function peopleOf(action: string, people: readonly Person[]): Html {
  return html`<h2>Or be one of them</h2>
    <ul>
      ${people.map(
        ({ id, password, name, about }) =>
          html`<li>
            <form method="post" action="${action}">
              <input type="hidden" name="login" value="${id}" /><input
                type="hidden"
                name="password"
                value="${password}"
              />
              <button class="person"><strong>${name}</strong> <span class="note">${about}</span></button>
            </form>
          </li>`,
      )}
    </ul>`;
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
