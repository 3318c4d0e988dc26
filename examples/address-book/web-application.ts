// Routes that anybody may call go in, a web-standard handler comes out that either framework mounts: pages, and what they use.

export interface WebApplication {
  (request: Request): Promise<Response>;
  /** Whether a path is one of its own; all others are left to the application. */
  handles(path: string): boolean;
}

export type WebRoute = readonly [
  method: string,
  path: string,
  handle: (request: Request) => Response | Promise<Response>,
];

export function createWebApplication(routes: readonly WebRoute[]): WebApplication {
  const paths = new Set(routes.map(([, path]) => path));
  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const here = routes.filter(([, path]) => path === pathname);
    const route = here.find(([known]) => known === method);
    if (route !== undefined) return route[2](request);
    const allow = here.map(([known]) => known).join(', ');
    return problemResponse(405, 'Method not allowed', `Expected ${allow}.`, { Allow: allow });
  }
  return Object.assign(answer, { handles: (path: string) => paths.has(path) });
}

/** As text; undefined: it is longer than that. */
export async function bodyOf(request: Request, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

export function jsonResponse(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const always = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };
  return new Response(JSON.stringify(body), { status, headers: { ...always, ...headers } });
}

export function problemResponse(status: number, title: string, detail: string, headers: Record<string, string> = {}) {
  const problem = { type: 'about:blank', title, status, detail };
  return jsonResponse(problem, status, { 'Content-Type': 'application/problem+json', ...headers });
}
