import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { IssuerSettings } from '../../src/core/token.ts';
import { startServer, status, type Answer, type LoopbackServer } from './loopback-server.ts';
import { createSigner } from './signer.ts';
import { claimsFor, expectUnavailable, reasonOf, remote, settingsOf, verifierOf } from './verifying.ts';

const openid = '/.well-known/openid-configuration';
const oauth = '/.well-known/oauth-authorization-server';
const signer = createSigner();
const keys = { keys: [signer.jwk] };
const servers: LoopbackServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(answers: (url: string) => Record<string, Answer>): Promise<LoopbackServer> {
  const server = await startServer();
  for (const [path, answer] of Object.entries(answers(server.url))) server.answers.set(path, answer);
  servers.push(server);
  return server;
}

async function verify(settings: IssuerSettings): Promise<void> {
  await verifierOf(settings).verify(signer.token(claimsFor(settings.issuer)));
}

const metadataOf = (issuer: string, origin = issuer): object => ({ issuer, jwks_uri: `${origin}/jwks` });

describe('K16 metadata is found', () => {
  test('where OpenID puts it, and then RFC 8414 is not asked', async () => {
    const server = await serve((url) => ({ [openid]: metadataOf(url), '/jwks': keys }));
    await verify(settingsOf(server.url, remote()));
    expect(server.requests).toEqual([openid, '/jwks']);
  });

  test('where only RFC 8414 puts it', async () => {
    const server = await serve((url) => ({ [oauth]: metadataOf(url), '/jwks': keys }));
    await verify(settingsOf(server.url, remote()));
    expect(server.requests).toEqual([openid, oauth, '/jwks']);
  });

  test.each(['', '/'])('for an issuer with a path that ends with %p', async (end) => {
    const tenant = (url: string): string => `${url}/tenants/a${end}`;
    const appended = await serve((url) => ({ [`/tenants/a${openid}`]: metadataOf(tenant(url), url), '/jwks': keys }));
    await verify(settingsOf(tenant(appended.url), remote()));
    const inserted = await serve((url) => ({ [`${oauth}/tenants/a`]: metadataOf(tenant(url), url), '/jwks': keys }));
    await verify(settingsOf(tenant(inserted.url), remote()));
    expect(inserted.requests).toEqual([`/tenants/a${openid}`, `${oauth}/tenants/a`, '/jwks']);
  });

  test('for an issuer that is a host with a slash', async () => {
    const server = await serve((url) => ({ [openid]: metadataOf(`${url}/`, url), '/jwks': keys }));
    await verify(settingsOf(`${server.url}/`, remote()));
  });

  test('not at all where the keys have an address of their own', async () => {
    const server = await serve(() => ({ '/elsewhere': keys }));
    await verify(settingsOf('https://issuer.example', remote({ jwksUri: `${server.url}/elsewhere` })));
    expect(server.requests).toEqual(['/elsewhere']);
  });
});

describe('K14 metadata is refused', () => {
  test.each([
    ['another issuer', (url: string) => metadataOf(`${url}/`, url)],
    ['no issuer', (url: string) => ({ jwks_uri: `${url}/jwks` })],
    ['an issuer that is no text', (url: string) => ({ issuer: { toString: 1 }, jwks_uri: `${url}/jwks` })],
    ['no `jwks_uri`', (url: string) => ({ issuer: url })],
    ['a `jwks_uri` in the clear', (url: string) => ({ issuer: url, jwks_uri: 'http://issuer.example/jwks' })],
    ['a `jwks_uri` on a private host', (url: string) => ({ issuer: url, jwks_uri: 'http://10.0.0.1/jwks' })],
    [
      'a `jwks_uri` that only begins as loopback',
      (url: string) => ({ issuer: url, jwks_uri: 'http://127.0.0.1.example/' }),
    ],
    ['a `jwks_uri` that is a file', (url: string) => ({ issuer: url, jwks_uri: 'file:///etc/passwd' })],
    ['a `jwks_uri` that is data', (url: string) => ({ issuer: url, jwks_uri: 'data:application/json,{"keys":[]}' })],
    ['a relative `jwks_uri`', (url: string) => ({ issuer: url, jwks_uri: '/jwks' })],
  ])('with %s', async (_, metadata) => {
    const server = await serve((url) => ({ [openid]: metadata(url), '/jwks': keys }));
    await expectUnavailable(verify(settingsOf(server.url, remote())));
    expect(server.requests).toEqual([openid, oauth]);
  });

  test('and the operator is told of both places', async () => {
    const server = await serve((url) => ({ [openid]: metadataOf('https://other.example', url), [oauth]: status(500) }));
    const reason = await reasonOf(verifierOf(settingsOf(server.url, remote())).ready());
    expect(reason).toContain('names another issuer: "https://other.example"');
    expect(reason).toContain(`${oauth}" failed: the status is 500`);
  });

  test.each(['http://issuer.example', 'ftp://issuer.example', 'issuer'])(
    'of the issuer %s, and nothing goes out',
    async (issuer) => {
      const verifier = verifierOf(settingsOf(issuer, remote()));
      await expectUnavailable(verifier.ready());
      expect(verifier.requests).toEqual([]);
    },
  );

  test('of an issuer on the network that points at this machine', async () => {
    const server = await serve((url) => ({ '/jwks': keys, [openid]: metadataOf('https://issuer.example', url) }));
    // The connection to the issuer ends here; the rest is as in the wild.
    const rerouted: typeof fetch = (input, init) =>
      fetch(String(input).replace('https://issuer.example', server.url), init);
    const settings = settingsOf('https://issuer.example', remote());
    await expectUnavailable(verifierOf(settings, { fetch: rerouted }).ready());
    const lax = settingsOf('https://issuer.example', remote({ allowHttp: true }));
    await verifierOf(lax, { fetch: rerouted }).ready();
  });

  test('keys at an address in the clear are not fetched, unless that is allowed', async () => {
    const jwksUri = 'http://issuer.example/jwks';
    const closed = verifierOf(settingsOf('https://issuer.example', remote({ jwksUri })));
    await expectUnavailable(closed.ready());
    expect(closed.requests).toEqual([]);
    const server = await serve(() => ({ '/jwks': keys }));
    const rerouted: typeof fetch = (_input, init) => fetch(`${server.url}/jwks`, init);
    await verifierOf(settingsOf('https://issuer.example', remote({ jwksUri, allowHttp: true })), {
      fetch: rerouted,
    }).ready();
  });
});

describe('what an issuer on the network cannot do', () => {
  test.each([301, 302, 303, 307, 308])('K3 a redirect with %i is not followed', async (code) => {
    const other = await serve(() => ({ '/jwks': keys }));
    const server = await serve((url) => ({
      [openid]: metadataOf(url),
      '/jwks': status(code, { location: `${other.url}/jwks` }),
    }));
    await expectUnavailable(verify(settingsOf(server.url, remote())));
    expect(other.requests).toEqual([]);
  });

  test('K3 a fetch that follows redirects all the same is not believed', async () => {
    const server = await serve(() => ({ '/jwks': keys, '/from': status(302, { location: '/jwks' }) }));
    const settings = settingsOf('https://issuer.example', remote({ jwksUri: `${server.url}/from` }));
    const following: typeof fetch = (input, init) => fetch(input, { ...init, redirect: 'follow' });
    await expectUnavailable(verifierOf(settings, { fetch: following }).ready());
  });

  test.each([201, 204, 401, 404, 429, 500])('K1 status %i is no answer', async (code) => {
    const server = await serve((url) => ({
      [openid]: metadataOf(url),
      '/jwks': (response) => void response.writeHead(code).end(code === 204 ? undefined : JSON.stringify(keys)),
    }));
    await expectUnavailable(verify(settingsOf(server.url, remote())));
  });

  const hanging: [string, Answer][] = [
    ['before its headers', () => undefined],
    ['in its body', (response) => void response.writeHead(200).write('{"keys":')],
    [
      'drop by drop',
      (response) => {
        const drops = setInterval(() => response.write(' '), 5);
        response.on('close', () => clearInterval(drops));
      },
    ],
  ];
  test.each(hanging)(
    'K9 K14 an answer that hangs %s ends at the deadline, for keys and metadata',
    async (_, answer) => {
      const slow = remote({ timeoutMs: 60 });
      const slowKeys = await serve((url) => ({ [openid]: metadataOf(url), '/jwks': answer }));
      const slowMetadata = await serve(() => ({ [openid]: answer }));
      for (const server of [slowKeys, slowMetadata]) {
        const startedAtMs = performance.now();
        const ready = verifierOf(settingsOf(server.url, slow)).ready();
        await expectUnavailable(ready);
        expect(await reasonOf(ready)).toMatch(/no answer within (?:60|30) ms/);
        expect(performance.now() - startedAtMs).toBeLessThan(1000);
      }
    },
  );

  test('K16 one place that hangs leaves half of the time to the other', async () => {
    const server = await serve((url) => ({
      [openid]: () => undefined,
      '/.well-known/oauth-authorization-server': metadataOf(url),
      '/jwks': keys,
    }));
    await verifierOf(settingsOf(server.url, remote({ timeoutMs: 400 }))).ready();
  });

  test('K9 the deadline also ends a fetch that does not heed its signal', async () => {
    const settings = settingsOf('https://issuer.example', remote({ timeoutMs: 30 }));
    const deaf: typeof fetch = () => new Promise(() => undefined);
    await expectUnavailable(verifierOf(settings, { fetch: deaf }).ready());
  });

  test('K9 what is small on the wire and large when unpacked is not read to its end', async () => {
    const bomb = gzipSync(JSON.stringify({ ...keys, filler: 'a'.repeat(20_000_000) }));
    const server = await serve((url) => ({
      [openid]: metadataOf(url),
      '/jwks': (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    }));
    expect(await reasonOf(verify(settingsOf(server.url, remote())))).toContain('larger than 524288 bytes');
  });

  test('K9 a content type that is wrong does not matter', async () => {
    const typed =
      (document: object): Answer =>
      (response) =>
        void response.writeHead(200, { 'content-type': 'text/html' }).end(JSON.stringify(document));
    const server = await serve((url) => ({ [openid]: typed(metadataOf(url)), '/jwks': typed(keys) }));
    await verify(settingsOf(server.url, remote()));
  });
});
