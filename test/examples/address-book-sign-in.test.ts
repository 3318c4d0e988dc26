// The pages on which people sign in to the address book, and allow what an application asks.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { slowStartMs, startScene } from './address-book-scene.ts';
import type { Scene } from './address-book-scene.ts';
import { Cookies } from './browser-cookies.ts';

let scene: Scene & { close(): Promise<void> };
beforeAll(async () => void (scene = await startScene()), slowStartMs);
afterAll(() => scene?.close());

describe('the sign-in page', () => {
  test('answers a wrong password with the form, and escapes what was typed', async () => {
    const cookies = new Cookies();
    const page = await cookies.follow(scene.authorizationUrl('mail-merge', ['openid']).url);
    const body = new URLSearchParams({ login: '"><script>alert(1)</script>', password: 'wrong' });
    const answer = await cookies.fetch(page.url, body);
    const html = await answer.text();
    expect(answer.status).toBe(403);
    expect(html).toContain('role="alert"');
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;');
    expect(html).not.toContain('<script>');
  });

  test('runs no script and loads nothing', async () => {
    const page = await new Cookies().follow(scene.authorizationUrl('mail-merge', ['openid']).url);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self' http:\/\/127\.0\.0\.1:\d+; /,
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
    const html = await page.text();
    const [, style = ''] = /<style>([^]*)<\/style>/.exec(html) ?? [];
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(/);
  });

  test('says what is wrong with a request that leads nowhere', async () => {
    const answer = await fetch(
      `${scene.facts.issuer}/authorize?client_id=${encodeURIComponent('<script>')}&response_type=code`,
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await answer.text();
    expect(html).toContain('invalid_client');
    expect(html).not.toContain('<script>');
  });

  test('is a page that says so when it has expired', async () => {
    const answer = await fetch(`${scene.facts.issuer}/interaction/none`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('This page has expired');
  });
});
