// The files of the dashboard over HTTP: what is served, under which policy, and how it is encoded.

import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { createAuthorizer } from 'rightful';
import { adminPermissions, createAdmin } from 'rightful/admin';
import { memoryStore } from 'rightful/stores';
import { adminApi, adminScene, contactsApi, permissions } from '../admin/admin-scene.ts';
import type { Scene, SceneOptions } from '../admin/admin-scene.ts';
import { stopServers } from '../flow/frameworks.ts';

let scene: Scene;
const dashboard = { clientId: 'dashboard' };
const open = async (options: SceneOptions = { dashboard }): Promise<Scene> => (scene = await adminScene(options));
afterEach(() => scene.close());
afterAll(stopServers);

interface Served {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** As it is sent: nothing is decoded. */
function read(path: string, headers: Record<string, string> = {}): Promise<Served> {
  return new Promise((resolve, reject) => {
    get(`${scene.address}${path}`, { headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
      });
    }).on('error', reject);
  });
}

describe('the files of the dashboard', () => {
  it.each([
    ['/admin/', 'text/html; charset=utf-8'],
    ['/admin/dashboard.js', 'text/javascript; charset=utf-8'],
    ['/admin/dashboard.css', 'text/css; charset=utf-8'],
  ])('%s is served to everybody, under a policy that lets nothing else in', async (path, type) => {
    await open();
    const { status, headers, body } = await read(path);
    expect([status, headers['content-type']]).toEqual([200, type]);
    expect(body.length).toBeGreaterThan(100);
    const policy = headers['content-security-policy'] as string;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self' ${scene.issuer}`,
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  it('the page has no script and no style of its own', async () => {
    await open();
    const page = (await read('/admin/')).body.toString();
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\son\w+=/);
  });

  it('the origins of the token endpoint are let in beside the issuer', async () => {
    await open({ dashboard: { ...dashboard, origins: ['https://login.example', 'http://127.0.0.1:1'] } });
    const { headers } = await read('/admin/');
    expect(headers['content-security-policy']).toContain(
      `connect-src 'self' ${scene.issuer} https://login.example http://127.0.0.1:1;`,
    );
  });

  it('pictures of people are let in from where the application says, and from nowhere else', async () => {
    await open({ dashboard: { ...dashboard, pictures: ['https://pictures.example'] } });
    const { headers } = await read('/admin/');
    expect(headers['content-security-policy']).toContain("; img-src 'self' data: https://pictures.example;");
  });

  describe.each(['origins', 'pictures'] as const)('%s of the dashboard', (option) => {
    it.each([
      ['a text', 'https://login.example'],
      ['a path', ['https://login.example/token']],
      ['another directive', ["https://login.example; script-src 'unsafe-inline'"]],
      ['a wildcard', ['*']],
      ['a host that is a wildcard', ['https://*']],
      ['a host with a wildcard', ['https://*.example']],
      ['a host with a semicolon', ['https://login;example']],
      ['a host with a comma', ['https://login,example']],
      ['a host with a quotation mark', ['https://login"example']],
      ['a host with an apostrophe', ["https://'self'"]],
      ['a host that a policy cannot name', ['https://[::1]']],
      ['a space', ['https://login.example https://evil.example']],
      ['another scheme', ['data:']],
      ['no text', [7]],
    ])('are a mistake at start-up where one is no origin: %s', async (_, origins) => {
      await open();
      const options = { dashboard: { ...dashboard, [option]: origins } };
      await expect(adminScene(options as SceneOptions)).rejects.toThrow(
        new RegExp(`Expected \\\`dashboard.${option}\\\` to be a list of http\\(s\\) origins`),
      );
    });
  });

  it.each(['https://login;example/', 'https://*.example/', 'https://"login"/', 'https://[::1]/', 'urn:issuer', '*'])(
    'an issuer that a page cannot be let turn to is a mistake at start-up, where there is a dashboard: %s',
    async (issuer) => {
      const store = memoryStore({ issuer, users: {} });
      const authorizer = createAuthorizer({
        issuer: { issuer, secret: 'a secret of thirty-two bytes or more' },
        audience: adminApi,
        permissions: adminPermissions,
        store,
      });
      const options = { authorizer, store, permissions, audience: contactsApi };
      expect(() => createAdmin({ ...options, dashboard })).toThrow(
        /^Expected `issuer` to be an http\(s\) address whose host is a name or an IPv4 address, for the dashboard, got /,
      );
      expect(() => createAdmin(options)).not.toThrow();
      await open();
    },
  );

  it('nothing else is served, whatever it is called', async () => {
    await open();
    for (const file of ['main.tsx', '..%2Findex.html', '%2e%2e%2fbuild.mjs', 'constructor', 'dashboard.js%00']) {
      expect([file, (await read(`/admin/${file}`)).status]).toEqual([file, 404]);
    }
  });

  it('there are none where no dashboard was asked for', async () => {
    await open({});
    for (const path of ['/admin', '/admin/', '/admin/dashboard.js', '/admin/api/settings']) {
      expect([path, (await read(path)).status]).toEqual([path, 404]);
    }
  });

  it('are asked for below a slash, so that relative addresses are right', async () => {
    await open();
    expect(await read('/admin')).toMatchObject({ status: 308, headers: { location: 'admin/' } });
  });

  it.each([
    ['br, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip;q=1, br;q=0', 'gzip'],
    ['BR', 'br'],
    ['identity', undefined],
    ['br;q=0.0', undefined],
    ['brotli', undefined],
  ])('are encoded as the browser likes it: %s', async (accepted, encoding) => {
    await open();
    const plain = await read('/admin/dashboard.js');
    const { headers, body } = await read('/admin/dashboard.js', { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['vary']).toBe('Accept-Encoding');
    const decoded = encoding === 'br' ? brotliDecompressSync(body) : encoding === 'gzip' ? gunzipSync(body) : body;
    expect(decoded.equals(plain.body)).toBe(true);
    expect(headers.etag === plain.headers.etag).toBe(encoding === undefined);
  });

  it('are not sent again where the browser has them', async () => {
    await open();
    const headers = { 'accept-encoding': 'br' };
    const { etag = '' } = (await read('/admin/dashboard.js', headers)).headers;
    const again = await read('/admin/dashboard.js', { ...headers, 'if-none-match': etag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    const other = await read('/admin/dashboard.js', { 'if-none-match': etag });
    expect(other.status).toBe(200);
  });

  // RFC 9110 section 13.1.2; a proxy that encodes anew makes a tag weak.
  it.each<[how: string, sent: (etag: string) => string, status: number]>([
    ['one of several', (etag) => `"other", ${etag}`, 304],
    ['weak', (etag) => `W/${etag}`, 304],
    ['weak, among several', (etag) => `W/"a,b",W/${etag} , "c"`, 304],
    ['any at all', () => '*', 304],
    ['another one', () => '"other"', 200],
    ['only part of another one', (etag) => `"x${etag.slice(1)}, "${etag}"`, 200],
  ])('are not sent again where the tag is %s', async (_, sent, status) => {
    await open();
    const { etag = '' } = (await read('/admin/dashboard.css')).headers;
    expect((await read('/admin/dashboard.css', { 'if-none-match': sent(etag) })).status).toBe(status);
  });

  it('stay small', async () => {
    await open();
    const encoded = async (file: string): Promise<number> =>
      (await read(`/admin/${file}`, { 'accept-encoding': 'br' })).body.length;
    expect(await encoded('dashboard.js')).toBeLessThan(26_000);
    expect(await encoded('dashboard.css')).toBeLessThan(14_000);
  });
});
