// A browser that is installed, and a page in it that remembers all that went wrong.

import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { stopServers } from '../flow/frameworks.ts';

// The first draws pages and nothing around them, and takes half of the time.
const executablePaths = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'] as const;
const executablePath = executablePaths.find((path) => existsSync(path)) ?? executablePaths[0];

// Where there is none, tests in a browser are left out and say so; where everything has to be tested, they fail.
const hasBrowser = existsSync(executablePath) || process.env['CI'] !== undefined;

let browser: Browser | undefined;

// A name is all that can be said of what is left out.
const describeOrNot = hasBrowser ? describe : describe.skip;

/** What is described is tried in a browser, which is there while its tests run. */
export function describeInBrowser(name: string, cases: () => void): void {
  jest.setTimeout(60_000);
  describeOrNot(hasBrowser ? name : `${name} (left out: there is no ${executablePath})`, () => {
    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      });
    });
    afterAll(async () => {
      await browser?.close();
      await stopServers();
    });
    cases();
  });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings on the console, thrown errors, and what the content security policy kept out. */
  readonly faults: string[];
  close(): Promise<void>;
}

export async function openPage(options: BrowserContextOptions = {}): Promise<WatchedPage> {
  if (browser === undefined) throw new Error('Expected the browser to be started');
  const context = await browser.newContext({ viewport: { width: 1200, height: 850 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  return { page, faults, close: () => context.close() };
}
