// The files of the dashboard, as they were built, under a content security policy that lets nothing else in (CSP level 3).

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Administered, Dashboard } from '../administered.ts';
import type { Answer, OpenHandle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { encoded, encodingFor } from './encodings.ts';

/** Where the build leaves them. */
const built = new URL('../ui/built/', import.meta.url);

const types = new Map([
  ['index.html', 'text/html; charset=utf-8'],
  ['dashboard.js', 'text/javascript; charset=utf-8'],
  ['dashboard.css', 'text/css; charset=utf-8'],
]);

/** The page itself. */
export const showDashboard: OpenHandle = ({ admin, request }) => asset('index.html', admin, request);

export const showAsset: OpenHandle = ({ params: { file = '' }, admin, request }) => asset(file, admin, request);

/** From where relative addresses are right. */
export const goToDashboard: OpenHandle = ({ admin }) => {
  checkServed(admin);
  return { status: 308, headers: { Location: 'admin/' } };
};

async function asset(name: string, admin: Administered, { headers: asked }: Request): Promise<Answer> {
  const dashboard = checkServed(admin);
  const type = types.get(name);
  if (type === undefined) throw new RequestFault(404, 'There is no such file');
  const content = new Uint8Array(await readFile(new URL(name, built)));
  const encoding = encodingFor(asked.get('accept-encoding'));
  // RFC 9110 section 8.8.3.3: what is encoded is another representation.
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 22);
  const etag = `"${hash}${encoding === undefined ? '' : `-${encoding}`}"`;
  const headers = {
    ...policyOf(dashboard),
    'Content-Type': type,
    ETag: etag,
    'Cache-Control': 'no-cache',
    Vary: 'Accept-Encoding',
  };
  if (isThere(etag, asked.get('if-none-match'))) return { status: 304, headers };
  if (encoding === undefined) return { status: 200, body: content, headers };
  const body = await encoded(content, { encoding, key: `${name} ${etag}` });
  return { status: 200, body, headers: { ...headers, 'Content-Encoding': encoding } };
}

// RFC 9110 section 13.1.2: one of several may be it, and whoever passed it on may have made it a weak one.
function isThere(etag: string, known: string | null): boolean {
  return known === '*' || [...(known ?? '').matchAll(/"[^"]*"/g)].some(([one]) => one === etag);
}

function checkServed({ dashboard }: Administered): Dashboard {
  if (dashboard === undefined) throw new RequestFault(404, 'There is no dashboard here');
  return dashboard;
}

// The issuer is asked for tokens by the page itself. What the style sheet draws with is `data:`.
function policyOf({ origins, pictures }: Dashboard): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src ${["'self'", ...origins].join(' ')}`,
    `img-src ${["'self'", 'data:', ...pictures].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // No text becomes a script, and nobody can say otherwise (Trusted Types).
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
  };
}
