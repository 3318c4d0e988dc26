// The page of recipes for providers as a page; what it says of each provider is in the files beside this one.

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { page, recipe } from './providers-scene.ts';

describe('the page', () => {
  const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, text = '']) => text);

  test('has an outcome for each token, and no token that nothing is said of', () => {
    for (const heading of headings.filter((one) => !one.endsWith('many tenants'))) {
      expect(recipe(heading)).toMatchObject({ sees: expect.stringMatching(/^subject {6}(user|client) /) });
    }
  });

  test('links to headings that there are', async () => {
    const anchorsOf = (text: string): string[] =>
      [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^a-z0-9 -]/g, '')
          .replaceAll(' ', '-'),
      );
    for (const [, file = '', anchor] of page.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)) {
      const text = await readFile(new URL(file, new URL('../../docs/', import.meta.url)), 'utf8');
      if (anchor !== undefined) expect(anchorsOf(text)).toContain(anchor);
    }
  });
});
