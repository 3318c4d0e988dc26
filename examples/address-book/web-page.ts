// The files that the build has left go in, the routes that serve the page of the demo come out. The page is one application: who comes
// back from the authorization server gets the same file.

import { readFile } from 'node:fs/promises';

import type { WebRoute } from './web-application.ts';

/** Where the build leaves them. */
const built = new URL('./web/built/', import.meta.url);

const files = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/callback', 'index.html', 'text/html; charset=utf-8'],
  ['/web/page.js', 'page.js', 'text/javascript; charset=utf-8'],
  ['/web/page.css', 'page.css', 'text/css; charset=utf-8'],
] as const;

// The page calls nothing but this origin, which also hands its requests for tokens on.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'Content-Security-Policy': policy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-cache',
};

export function webPage(): WebRoute[] {
  return files.map(([path, file, type]): WebRoute => {
    const answer = async (): Promise<Response> => {
      const content = new Uint8Array(await readFile(new URL(file, built)));
      return new Response(content, { headers: { ...headers, 'Content-Type': type } });
    };
    return ['GET', path, answer];
  });
}
