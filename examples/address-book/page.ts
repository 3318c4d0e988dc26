// A title and a body go in, a page comes out that loads nothing from elsewhere and runs no script, and the headers that hold
// it to that.

import { createHash } from 'node:crypto';

import { Html, html } from './html.ts';

export function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Authorization server</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <p class="above">Authorization server of the address book</p>
          ${body}
        </main>
      </body>
    </html>`.markup;
}

/** The headers of each page. `formTarget`: where a form may lead in the end, since browsers also look at redirects. */
export function pageHeaders(formTarget?: string): Record<string, string> {
  const formAction = formTarget === undefined ? "'self'" : `'self' ${new URL(formTarget).origin}`;
  return {
    'Content-Security-Policy':
      `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${formAction}; ` +
      "base-uri 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}

const style = `
  :root {
    color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif;
    --back: #f7f8fb; --card: #fff; --text: #303849; --quiet: #596070; --line: #dde2eb; --field: #868e9f;
    --primary: #0172ad; --on-primary: #fff; --soft: #eef1f6; --bad: #b3261e; --bad-soft: #fbeceb;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --back: #12161d; --card: #191e27; --text: #d3d9e5; --quiet: #9aa4b6; --line: #2a3140; --field: #5c677c;
      --primary: #01aaff; --on-primary: #0b1118; --soft: #232a37; --bad: #ffb4ab; --bad-soft: #3b1c1c;
    }
  }
  * { box-sizing: border-box; }
  body { margin: 0; padding: 8vh 1rem 2rem; color: var(--text); background: var(--back); overflow-wrap: anywhere; }
  main { max-width: 29rem; margin: 0 auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
  h1 { font-size: 1.45rem; margin: 0 0 .3rem; }
  h2 { font-size: 1rem; margin: 1.5rem 0 .2rem; padding-top: 1.2rem; border-top: 1px solid var(--line); }
  p { margin: .3rem 0; }
  label { display: block; margin: .8rem 0; }
  label.tick { display: flex; gap: .7rem; margin: 0; padding: .5rem .2rem; border-top: 1px solid var(--line); }
  label.tick:first-of-type { border-top: 0; }
  label.tick code { display: block; }
  input { accent-color: var(--primary); }
  input[type=checkbox] { flex: none; width: 1.1rem; height: 1.1rem; margin: .15rem 0; }
  input:not([type=checkbox]) { display: block; width: 100%; margin-top: .2rem; padding: .5rem .65rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--field); border-radius: .4rem; }
  fieldset { min-width: 0; margin: 1rem 0; padding: .2rem .8rem; border: 1px solid var(--line); border-radius: .4rem; }
  legend { padding: 0 .3rem; font-weight: 600; }
  button { padding: .45rem .9rem; font: inherit; color: var(--on-primary); background: var(--primary); border: 1px solid var(--primary); border-radius: .4rem; cursor: pointer; }
  button.quiet { color: inherit; background: none; border-color: var(--field); }
  button.person { display: block; width: 100%; padding: .4rem .6rem; text-align: left; color: inherit; background: none; border-color: transparent; }
  button.person:hover { background: var(--soft); }
  :is(button, input):focus-visible { outline: 2px solid var(--primary); outline-offset: 2px; }
  ul { margin: 0 -.6rem; padding: 0; list-style: none; }
  code { padding: .05rem .3rem; font-size: .9em; background: var(--soft); border-radius: .25rem; }
  label.tick code { padding: 0; background: none; }
  .above, .note, label.tick code { color: var(--quiet); }
  .above { margin-bottom: .8rem; font-size: .9em; }
  .note { font-size: .93em; }
  .error { padding: .5rem .75rem; color: var(--bad); background: var(--bad-soft); border-left: 4px solid; border-radius: .4rem; }
`;

// Whole, since its hash covers every space in it.
const styleHash = createHash('sha256').update(style).digest('base64');
const styleElement = new Html(`<style>${style}</style>`);
