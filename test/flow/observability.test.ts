// The examples of what an operator sees: spans, counts and lines of each decision, with no token and nobody's id; and a page of
// another origin, which may read what a refusal says.

import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { metrics, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import Koa from 'koa';
import { pino } from 'pino';
import type { AuthorizerOptions } from 'rightful';
import { createGuards as koaGuards } from 'rightful/koa';
import { contactsApi, rolledOut } from '../../examples/observability/contacts-api.ts';
import { koaCors } from '../../examples/observability/cors.ts';
import { ask } from './answers.ts';
import { listen } from './frameworks.ts';
import { answering, options, people, tokenOf } from './scene.ts';

const spans = new InMemorySpanExporter();
const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const counts = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: counts })] });
const lines: string[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });

async function served(differing: Partial<AuthorizerOptions> = {}): Promise<string> {
  const instruments = { log, tracer: tracers.getTracer('test'), meter: meters.getMeter('test') };
  return listen(createServer(contactsApi(options(differing), instruments)));
}

/** By what was decided, how often. */
async function counted(): Promise<Record<string, unknown>[]> {
  await meters.forceFlush();
  const points = counts.getMetrics().flatMap(({ scopeMetrics }) => {
    return scopeMetrics.flatMap(({ metrics: all }) =>
      all.flatMap(({ descriptor, dataPoints }) => {
        return dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, ...attributes, value }));
      }),
    );
  });
  return points;
}

function logged(): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

afterEach(() => {
  spans.reset();
  counts.reset();
  lines.length = 0;
});

describe('an operator sees', () => {
  test('a span, a count and a line of each decision, and which are let through', async () => {
    const address = await served();
    const scope = 'read:contacts';
    await ask(`${address}/contacts`);
    await ask(`${address}/contacts`, { token: await tokenOf({ scope }) });
    await ask(`${address}/contacts`, { token: await tokenOf({ scope, sub: 'bob' }) });
    const { status } = await ask(`${address}/reports`, { token: await tokenOf({ scope }) });
    expect(status).toBe(200);

    const seen = [
      { 'rightful.outcome': 'permit', 'rightful.permissions': scope, 'rightful.enforced': true },
      { 'rightful.outcome': 'privilege', 'rightful.permissions': scope, 'rightful.enforced': true },
      { 'rightful.outcome': 'scope', 'rightful.permissions': 'read:reports', 'rightful.enforced': false },
    ];
    const finished = spans.getFinishedSpans();
    const digests = finished.map(({ attributes }) => attributes['enduser.pseudo.id']);
    expect(digests[0]).toBe(digests[2]);
    expect(finished.map(({ attributes }) => attributes)).toEqual(
      seen.map((labels, at) => ({ ...labels, 'http.request.method': 'GET', 'enduser.pseudo.id': digests[at] })),
    );
    for (const {
      name,
      duration,
      status: { code },
    } of finished) {
      expect([name, code]).toEqual(['rightful.decide', SpanStatusCode.UNSET]);
      expect(duration[0] * 1e9 + duration[1]).toBeGreaterThan(0);
    }
    expect(await counted()).toEqual(seen.map((labels) => ({ name: 'rightful.decisions', ...labels, value: 1 })));

    const warned = { level: 40, code: 'not_enforced', requirement: 'read:reports', msg: 'to be put right' };
    expect(logged()).toMatchObject([
      warned,
      { level: 30, msg: 'permitted', permissions: [scope], enforced: true, method: 'GET', subject: digests[0] },
      { level: 30, msg: 'refused', lacking: 'privilege', subject: digests[1] },
      { level: 40, msg: 'let through, and would be refused', lacking: 'scope', enforced: false, subject: digests[2] },
    ]);
  });

  test('no token and no id, in no span, no count and no line', async () => {
    const address = await served();
    const sub = 'auth0|somebody-special';
    const tokens = [await tokenOf({ sub, scope: 'read:contacts' }), await tokenOf({ sub, exp: 1 }), 'a.bad.token'];
    for (const token of tokens) {
      for (const path of ['contacts', 'reports', 'me/access']) await ask(`${address}/${path}`, { token });
    }
    const all = JSON.stringify([spans.getFinishedSpans().map(({ name, attributes }) => [name, attributes]), lines]);
    const shown = all + JSON.stringify(await counted());
    expect(lines.length).toBeGreaterThan(2);
    expect(spans.getFinishedSpans()).toHaveLength(2);
    for (const secret of [...tokens, ...tokens.flatMap((token) => token.split('.')), sub, 'somebody']) {
      if (secret.length > 1) expect(shown).not.toContain(secret);
    }
  });

  test('why it cannot be decided, where it cannot', async () => {
    const address = await served({ store: answering(() => Promise.reject(new Error('the database is down'))) });
    const { status } = await ask(`${address}/contacts`, { token: await tokenOf({ scope: 'read:contacts' }) });
    expect(status).toBe(503);
    const [, line] = logged();
    expect(line).toMatchObject({ level: 50, code: 'unavailable', msg: 'cannot be decided' });
    expect(JSON.stringify(line)).toContain('the database is down');
    expect([spans.getFinishedSpans(), await counted()]).toEqual([[], []]);
  });

  test('nothing at all where no telemetry is set up, and the API works', async () => {
    const instruments = { log, tracer: trace.getTracer('none'), meter: metrics.getMeter('none') };
    const address = await listen(createServer(contactsApi(options({ store: people }), instruments)));
    const { status } = await ask(`${address}/contacts`, { token: await tokenOf({ scope: 'read:contacts' }) });
    expect([status, spans.getFinishedSpans()]).toEqual([200, []]);
  });
});

test('who rolls out is told by a test of their own that a route is not enforced yet', () => {
  const instruments = { log, tracer: trace.getTracer('none'), meter: metrics.getMeter('none') };
  const app = contactsApi(options(), instruments);
  expect(() => rolledOut(app, expect)).toThrow(/\/reports/);
});

describe.each([
  ['Express', async () => served()],
  [
    'Koa',
    async () => {
      const { requirePermission } = koaGuards(options());
      const app = new Koa();
      app.use(koaCors).use(requirePermission('read:contacts'));
      app.use((ctx) => void (ctx.body = ['Bob']));
      return listen(createServer(app.callback()));
    },
  ],
])('a page of another origin, on %s', (_, serve) => {
  const origin = 'https://app.example';

  test('has its preflight answered before any guard', async () => {
    const headers = {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    };
    const answer = await ask(`${await serve()}/contacts`, { method: 'OPTIONS', headers });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/\bAuthorization\b/);
    expect(answer.headers.get('access-control-allow-methods')).toMatch(/\bGET\b/);
    expect(answer.headers.get('vary')).toBe('Origin');
  });

  test('may read the challenge and when to try again, also of a refusal', async () => {
    const address = await serve();
    for (const [token, status] of [
      [undefined, 401],
      [await tokenOf(), 403],
      [await tokenOf({ scope: 'read:contacts' }), 200],
    ] as const) {
      const answer = await ask(`${address}/contacts`, { token, headers: { origin } });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate, Retry-After');
      expect(answer.headers.has('www-authenticate')).toBe(status !== 200);
      expect(answer.headers.get('vary')).toBe('Origin');
    }
  });

  test.each([{ origin: 'https://evil.example' }, { origin: 'null' }, {}])(
    'that is %j may read nothing',
    async (sent) => {
      const address = await serve();
      const headers = { ...sent, 'access-control-request-method': 'GET' } as Record<string, string>;
      for (const method of ['OPTIONS', 'GET']) {
        const answer = await ask(`${address}/contacts`, { method, headers });
        const cors = [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
        expect(cors).toEqual([]);
        expect(answer.headers.get('vary')).toBe('Origin');
      }
    },
  );
});
