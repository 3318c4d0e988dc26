// A page of another origin goes in, and may read what a refusal says: preflights are answered before any guard (Fetch section 3.2).

import type { NextFunction, Request, Response } from 'express';
import type { Context, Next } from 'koa';

// --- express
const origins = new Set(['https://app.example']);
const readable = 'WWW-Authenticate, Retry-After';
const preflight = {
  'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'Access-Control-Max-Age': '600',
};

export function cors(req: Request, res: Response, next: NextFunction): void {
  res.vary('Origin');
  const { origin = '' } = req.headers;
  if (!origins.has(origin)) return next();
  res.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': readable });
  if (req.method !== 'OPTIONS' || !req.headers['access-control-request-method']) return next();
  res.status(204).set(preflight).end();
}
// ---

export function koaCors(ctx: Context, next: Next): unknown {
  ctx.vary('Origin');
  const origin = ctx.get('Origin');
  if (!origins.has(origin)) return next();
  ctx.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': readable });
  if (ctx.method !== 'OPTIONS' || ctx.get('Access-Control-Request-Method') === '') return next();
  ctx.status = 204;
  ctx.set(preflight);
  return undefined;
}
