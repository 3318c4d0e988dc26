// The files of the dashboard, as they were built, under a content security policy that lets nothing else in (CSP level 3).

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Administered } from '../administered.ts';
import type { Answer, OpenHandle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';

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

async function asset(name: string, admin: Administered, { headers }: Request): Promise<Answer> {
  checkServed(admin);
  const type = types.get(name);
  if (type === undefined) throw new RequestFault(404, 'There is no such file');
  const body = new Uint8Array(await readFile(new URL(name, built)));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const more = { ...policyOf(admin), 'Content-Type': type, ETag: etag, 'Cache-Control': 'no-cache' };
  // RFC 9110 section 13.1.2
  return headers.get('if-none-match') === etag ? { status: 304, headers: more } : { status: 200, body, headers: more };
}

function checkServed({ dashboard }: Administered): void {
  if (dashboard === undefined) throw new RequestFault(404, 'There is no dashboard here');
}

// The issuer is asked for tokens by the page itself; pictures of people come from wherever the directory says.
function policyOf({ issuer }: Administered): Record<string, string> {
  const { origin } = new URL(issuer);
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${origin}`,
    "img-src 'self' data: https:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
  };
}
