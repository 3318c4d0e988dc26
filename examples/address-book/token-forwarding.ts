// A request for a token that came to the API's port goes in, the authorization server's answer comes out: SDKs of tenants expect the
// token endpoint and the management API on one host.

import { bodyOf, problemResponse } from './web-application.ts';
import type { WebRoute } from './web-application.ts';

const maxBytes = 65_536;

export function tokenForwarding(issuer: string): WebRoute {
  return [
    'POST',
    '/oauth/token',
    async (request) => {
      const body = await bodyOf(request, maxBytes);
      if (body === undefined) return problemResponse(413, 'Too large', 'This request could not be read.');
      const answer = await fetch(`${issuer}/oauth/token`, {
        method: 'POST',
        redirect: 'manual',
        headers: only(request.headers, ['authorization', 'content-type']),
        body,
      });
      const headers = only(answer.headers, ['content-type', 'cache-control', 'www-authenticate']);
      return new Response(await answer.arrayBuffer(), { status: answer.status, headers });
    },
  ];
}

function only(headers: Headers, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
