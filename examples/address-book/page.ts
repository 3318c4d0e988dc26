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
        <title>${title} - Address book</title>
        ${styleElement}
      </head>
      <body>
        <main>${body}</main>
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
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 26rem; margin: 12vh auto 2rem; padding: 0 1.25rem; }
  h1 { font-size: 1.5rem; margin-bottom: .5rem; }
  label { display: block; margin: 1rem 0; }
  label.tick { display: flex; gap: .6rem; margin: .5rem 0; }
  input:not([type=checkbox]) { display: block; width: 100%; box-sizing: border-box; margin-top: .25rem; padding: .5rem; font: inherit; }
  fieldset { margin: 1rem 0; padding: .5rem 1rem; border: 1px solid #8886; border-radius: .4rem; }
  button { padding: .5rem 1rem; font: inherit; color: #fff; background: #1d5bbf; border: 1px solid #1d5bbf; border-radius: .4rem; cursor: pointer; }
  button.quiet { color: inherit; background: none; border-color: #8886; }
  code, .note { font-size: .85em; opacity: .75; }
  .error { padding: .5rem .75rem; border-left: 4px solid #c62828; background: #c6282818; }
`;

// Whole, since its hash covers every space in it.
const styleHash = createHash('sha256').update(style).digest('base64');
const styleElement = new Html(`<style>${style}</style>`);
