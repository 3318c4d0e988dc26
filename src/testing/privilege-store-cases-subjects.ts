// Who is who: subjects that differ in any member, by however little, hold nothing of each other's.

import type { Subject } from '../core/privilege.ts';
import type { Rule, Scene } from './privilege-store-cases-scene.ts';
import { holder, issuer, subjectOf } from './privilege-store-cases-seed.ts';
import type { SeedSubject } from './privilege-store-cases-seed.ts';

const alice = 'auth0|alice';

export const subjectRules: readonly Rule[] = [
  {
    name: 'a store that holds nothing answers with an empty list',
    scene: () => ({ subjects: [], strangers: [user(alice)] }),
  },
  {
    name: 'an unknown subject holds nothing',
    scene: () => ({
      subjects: [holder(alice, ['read:contacts'])],
      // The wildcards of patterns, of SQL and of regular expressions match nobody.
      strangers: ['auth0|bob', 'alice', 'auth0', '*', '%', '_', '.*', 'auth0|%', 'auth0|alic_', alice.repeat(100)].map(
        user,
      ),
    }),
  },
  {
    name: 'a user and a client of the same id are two subjects',
    scene: () => ({
      subjects: [
        holder('app', ['read:contacts']),
        holder('app', ['write:contacts'], { kind: 'client' }),
        holder('only-user', ['read:contacts']),
        holder('only-client', ['write:contacts'], { kind: 'client' }),
      ],
      strangers: [{ ...user('only-user'), kind: 'client' }, user('only-client')],
    }),
  },
  {
    name: 'the same id at another issuer is another subject',
    scene: () => ({
      subjects: [
        holder(alice, ['read:contacts']),
        holder(alice, ['write:contacts'], { issuer: 'https://other.example/' }),
      ],
      strangers: ['https://issuer.example', 'https://ISSUER.example/', 'http://issuer.example/', '__proto__'].map(
        (other) => ({ ...user(alice), issuer: other }),
      ),
    }),
    check: async (tried, questions, issuers) => {
      const any = tried.store.holdsForAnyIssuer === true;
      if (any !== (issuers === 'any')) {
        throw tried.failure(undefined, `\`holdsForAnyIssuer\` to be ${!any} for issuers: '${issuers}'`, String(any));
      }
      for (const question of questions) await tried.check(question);
    },
  },
  { name: 'ids that look alike are different subjects', scene: () => eachItsOwn(lookAlikes) },
  {
    name: 'names that every object has are ordinary ids',
    scene: () => ({
      ...eachItsOwn(namesOfObjects.slice(0, 4)),
      strangers: namesOfObjects.flatMap((id): Subject[] => [{ ...user(id), kind: 'client' }, user(`${id}_`)]),
    }),
  },
  {
    name: 'names that every object has are unknown subjects where nobody has them',
    scene: () => ({
      subjects: [holder(alice, ['read:contacts'])],
      strangers: namesOfObjects.flatMap((id): Subject[] => [user(id), { ...user(id), kind: 'client' }]),
    }),
  },
  { name: 'every character of an id is part of the id', scene: () => eachItsOwn(peculiar) },
  {
    name: 'subjects stay apart however their members could be joined',
    scene: () =>
      joinable([
        '|',
        '||',
        '/',
        '%',
        ':',
        '::',
        '#',
        ',',
        ';',
        '.',
        '@',
        '&',
        '=',
        ' ',
        '\n',
        '\t',
        '\u{1f}',
        '"',
        "'",
        '\\',
      ]),
  },
  {
    name: 'subjects with a NUL in a member stay apart or are refused',
    scene: () => ({ ...joinable(['\0']), mayRefuse: true }),
  },
  {
    name: 'nothing is dropped from an id that cannot be written down',
    scene: () => ({
      subjects: ['alice', '\u{fffd}', '?', 'alice\u{fffd}'].map((id, at) => holder(id, [`held:${at}`])),
      strangers: ['alice\0', 'alice\0bob', '\0alice', '\ud800', '\udfff', 'alice\ud800'].map(user),
      mayRefuse: true,
    }),
  },
];

/** Names that an object literal answers to without having been told. */
export const namesOfObjects = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
  'prototype',
  'length',
];

const lookAlikes = [
  ...['alice', 'Alice', 'ALICE', ' alice', 'alice ', 'alice\t', 'alice\n', '\u{feff}alice', 'alice\u{200b}'],
  ...['ａlice', '\u{430}lice'],
  ...['Zoe\u{301}', 'Zo\u{e9}', 'Zoe', 'I', 'i', '\u{130}', '\u{131}', 'stra\u{df}e', 'strasse'],
  ...['👩‍💻', '👩💻', '👍', '👍🏽', '❤', '❤️'],
  ...['1', '01', '1.0', '+1', '1e0', '０'],
  // The longest `sub` there is, OpenID Connect Core section 2: cut short, these are one.
  ...['a'.repeat(254), `${'a'.repeat(254)}b`, `${'a'.repeat(254)}c`],
];

const peculiar = [
  ...['auth0|alice', 'auth0/alice', 'auth0%7Calice', 'auth0%7calice', 'auth0%257Calice', 'auth0:alice'],
  ...['auth0\\|alice'],
  ...['%', '%%', '_', '*', '?', '.', '..', '/', '//', '../alice', './alice', 'a/../alice', '/alice'],
  ...['alice/', 'alice?a', 'alice#a'],
  ...['a+b', 'a b', 'a%20b', 'a&b', 'a=b', 'a,b', 'a;b', '$1', '${id}', '{id}', '[id]', '<id>', '~', '-', '--'],
  ...[`'`, `''`, '"', '`', '\\', '\\\\', `'; drop table privileges; --`, `' or ''='`, 'a\nb', 'a\r\nb', 'a\\nb'],
  ...['null', 'undefined', 'true', 'NaN', '0', '-0', '{}', '[]', 'yes', '~null', '!!str a', '&a'],
  ...['key: value', '- item'],
];

/** Each of these users holds one permission that is its own. */
function eachItsOwn(ids: readonly string[]): Scene {
  return { subjects: ids.map((id, at) => holder(id, [`held:${at}`])) };
}

/** Subjects of which many become the same text when their members are put together with a separator in between. */
function joinable(separators: readonly string[]): Scene {
  const joined = separators.flatMap((separator): SeedSubject[] => {
    const join = (...parts: string[]): string => parts.join(separator);
    const issuers = [issuer, join(issuer, 'b'), join('b', issuer), join(issuer, 'user'), join('user', issuer)];
    const ids = [join('b', 'c'), join('c', 'b'), join('user', 'c'), join('c', 'user'), join('c', 'org_1')];
    return [
      ...issuers.slice(1).map((from) => holder('c', [], { issuer: from })),
      ...issuers.flatMap((from) => ids.map((id) => holder(id, [], { issuer: from }))),
    ];
  });
  const subjects = [holder('c', []), ...joined].map((one, at) => ({
    ...one,
    privileges: [{ permission: `held:${at}` }, { permission: `inside:${at}`, organization: 'org_1' }],
  }));
  return { subjects, organizations: [undefined, 'org_1'] };
}

function user(id: string): Subject {
  return subjectOf(holder(id, []));
}
