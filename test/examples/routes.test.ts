// What the README says of routes is so.

import { expect, jest, test } from '@jest/globals';
import { audit, createApp, described } from '../../examples/readme/routes.ts';

const issuer = 'https://issuer.example/';

test('the example is guarded, and says what it asks', () => {
  const table = jest.spyOn(console, 'table').mockImplementation(() => undefined);
  try {
    expect(audit(createApp(issuer), expect)).toMatchObject([
      { method: 'GET', path: '/contacts/:id', requirement: 'read:contacts or read:contacts on contacts:id:{id}' },
      { method: 'GET', path: '/health', requirement: 'nothing', public: true },
    ]);
    expect(table).toHaveBeenCalledTimes(1);
  } finally {
    table.mockRestore();
  }
});

test('the example can deny what is not guarded', () => {
  expect(() => createApp(issuer, { denies: true })).not.toThrow();
});

test('the example makes a document, and finds where another one differs', () => {
  const app = createApp(issuer);
  expect(Object.keys(described(app).document.paths ?? {})).toEqual(['/{id}']);
  const given = { openapi: '3.1.0', info: { title: 'Contacts', version: '1' }, paths: {} };
  expect(described(app, given).differences).toContainEqual({ kind: 'undocumented', method: 'GET', path: '/{id}' });
});
