// What is held comes back as it was given: each member, no other, all of them, in whatever order.

import type { Privilege } from '../core/privilege.ts';
import type { Rule, Scene } from './privilege-store-cases-scene.ts';
import { holder } from './privilege-store-cases-seed.ts';
import type { SeedSubject } from './privilege-store-cases-seed.ts';
import { namesOfObjects } from './privilege-store-cases-subjects.ts';

export const privilegeRules: readonly Rule[] = [
  {
    name: 'a privilege comes back with the members it has and no others',
    scene: () => ({
      subjects: [holder('alice', all), holder('app', all, { kind: 'client' })],
      organizations: [undefined, 'org_1'],
    }),
  },
  {
    name: 'a denial comes back as a denial, on its resource',
    scene: () => ({
      subjects: [
        holder('alice', [
          'read:contacts',
          { permission: 'read:contacts', on: 'contacts:id:7', effect: 'deny' },
          { permission: 'write:contacts', on: 'contacts:*' },
          { permission: 'write:contacts', on: 'contacts:*', effect: 'deny' },
          { permission: 'delete:contacts', effect: 'deny' },
          { permission: 'read:plans', on: '', effect: 'deny' },
          { permission: 'read:*', on: 'plans:*', effect: 'deny' },
          { permission: '*', on: 'vault:*', effect: 'deny' },
        ]),
        holder('bob', [{ permission: 'read:contacts', effect: 'deny' }]),
      ],
    }),
  },
  {
    name: "no `on`, `on: ''` and `on: '*'` stay three things",
    scene: () => ({
      subjects: [
        ...resourcesOf('alone', [undefined], [''], ['*']),
        ...resourcesOf('together', [undefined, '', '*'], ['', '*'], [undefined, '']),
      ],
    }),
  },
  {
    name: 'every character of a resource is part of the resource',
    scene: () => ({
      subjects: [
        holder(
          'alice',
          resources.map((on) => ({ permission: 'read:contacts', on })),
        ),
      ],
    }),
  },
  {
    name: 'permissions are told apart by every character, and names that every object has are ordinary ones',
    scene: () => ({
      subjects: [
        holder('alice', [...permissions, ...namesOfObjects]),
        holder(
          'bob',
          namesOfObjects.map((permission) => ({ permission, effect: 'deny' })),
        ),
        holder('carol', ['READ:CONTACTS']),
      ],
    }),
  },
  {
    name: '10,000 privileges of one subject all come back',
    scene: () => ({ subjects: [holder('alice', numbered(10_000)), holder('bob', numbered(3))] }),
  },
  { name: 'the order in which things were given means nothing', scene: () => contradictory },
  { name: 'the opposite order means the same', scene: () => reversed(contradictory) },
];

const all: readonly Privilege[] = [
  { permission: 'bare' },
  { permission: 'with:on', on: 'contacts:id:42' },
  { permission: 'with:effect', effect: 'deny' },
  { permission: 'with:audience', audience: 'https://api.example' },
  { permission: 'with:organization', organization: 'org_1' },
  { permission: 'with:end', expiresAt: Date.UTC(2100, 0, 1, 0, 0, 0, 7) },
  {
    permission: 'with:all',
    on: 'contacts:*',
    effect: 'deny',
    audience: 'https://api.example',
    organization: 'org_1',
    expiresAt: Date.UTC(2100, 0, 1, 0, 0, 0, 77),
  },
  { permission: 'read:*' },
  { permission: '*' },
];

const resources = [
  ...['contacts:*', 'contacts:id:7', 'contacts:id:07', 'contacts:id:7 ', 'Contacts:id:7', 'contacts/id/7'],
  ...['contacts:id:*', '* ', '**', 'a*b'],
  ...['contacts:id:Zo\u{e9}', 'contacts:id:Zoe\u{301}', 'contacts:id:👩‍💻', 'contacts:id:a b'],
  ...['contacts:id:a%20b', `contacts:id:'"\\`],
  ...['null', 'undefined', '0', 'true', ' ', '__proto__', 'constructor', `contacts:id:${'a'.repeat(300)}`],
];

const permissions = [
  'read:contacts',
  'Read:contacts',
  'read:Contacts',
  'read.contacts',
  'read/contacts',
  'read',
  'read:contacts:',
  '%',
  '_',
  "'",
  '0',
  'null',
];

function resourcesOf(id: string, ...each: (string | undefined)[][]): SeedSubject[] {
  return each.map((held, at) =>
    holder(
      `${id}-${at}`,
      held.map((on) => ({ permission: 'read:contacts', ...(on !== undefined && { on }) })),
    ),
  );
}

function numbered(count: number): Privilege[] {
  return Array.from({ length: count }, (_, at) => ({ permission: `read:kind-${at % 100}`, on: `things:id:${at}` }));
}

const contradictory: Scene = {
  subjects: [
    holder(
      'alice',
      [
        'read:contacts',
        { permission: 'read:contacts', effect: 'deny' },
        { permission: 'read:contacts', on: 'contacts:id:7' },
      ],
      {
        roles: [{ role: 'editor' }, { role: 'suspended' }],
      },
    ),
    holder(
      'bob',
      [
        { permission: 'write:contacts', effect: 'deny', on: '' },
        { permission: 'write:contacts', on: '' },
      ],
      {
        roles: [{ role: 'suspended' }, { role: 'editor' }],
      },
    ),
  ],
  roles: [
    {
      name: 'editor',
      privileges: [{ permission: 'write:contacts' }, { permission: 'read:contacts', on: 'contacts:*' }],
    },
    {
      name: 'suspended',
      privileges: [
        { permission: 'write:contacts', effect: 'deny' },
        { permission: 'write:contacts', on: 'drafts:*' },
      ],
    },
  ],
};

function reversed({ subjects, roles = [] }: Scene): Scene {
  return {
    subjects: subjects
      .map((one) => ({ ...one, privileges: one.privileges.toReversed(), roles: one.roles.toReversed() }))
      .toReversed(),
    roles: roles.map(({ name, privileges }) => ({ name, privileges: privileges.toReversed() })).toReversed(),
  };
}
