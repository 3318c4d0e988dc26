// What every API of the benchmark answers, and what its guards ask: the same for all that are compared.

import { allOf, on, policy } from '../../../dist/index.js';

/** The small JSON answer. */
export const answer = Object.freeze({
  contacts: [
    { id: 7, name: 'Ada Lovelace', mail: 'ada@book.example' },
    { id: 8, name: 'Charles Babbage', mail: 'charles@book.example' },
  ],
  next: null,
});

export const scope = 'read:contacts';

const team = 'https://book.example/team';

/** The path that is asked, the pattern of the route, and what a guard of ours asks there. */
export const routes = {
  'one permission': { path: '/contacts', pattern: '/contacts', requirement: scope },
  'a resource from a parameter': {
    path: '/users/7',
    pattern: '/users/:id',
    requirement: on('users:read', 'users:id:{id}'),
  },
  'allOf of three, with a policy': {
    path: '/reports',
    pattern: '/reports',
    requirement: allOf(
      ...[scope, 'write:contacts', 'read:groups'],
      policy('works in sales', ({ claims }) => String(claims[team]).startsWith('sales')),
    ),
  },
};

/** What the store says of each subject, as new objects: so many privileges, most of them on one resource each. */
export function privilegesHeld(count) {
  const names = [scope, 'write:contacts', 'read:groups'].map((permission) => ({ permission }));
  return Array.from({ length: count }, (_, at) => names[at] ?? { permission: 'users:read', on: `users:id:${at + 4}` });
}

/** Where one of so many routes is: in groups of a hundred, since frameworks look at one route after the other. */
export function numberedPath(number) {
  return { group: `/group-${Math.floor(number / 100)}`, route: `/route-${number % 100}` };
}
