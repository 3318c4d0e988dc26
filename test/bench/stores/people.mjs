// Who holds what in the stores that are compared: the same in each of them.

import { by } from './changing.mjs';

export const issuer = 'https://book.eu.auth0.example/';
export const audience = Object.freeze(['https://api.book.example/']);

const privilege = (role, at) => ({
  permission: `read:thing-${role}-${at}`,
  ...(at % 4 === 3 && { on: `things:${at}:*` }),
});

/** 20 roles of 25 privileges, and two of 8. */
export const roles = {
  ...Object.fromEntries(Array.from({ length: 20 }, (_, role) => [`role-${role}`, privilegesOf(role, 25)])),
  'small-0': privilegesOf(100, 8),
  'small-1': privilegesOf(101, 8),
};

function privilegesOf(role, count) {
  return Array.from({ length: count }, (_, at) => privilege(role, at));
}

/** Holds 20 privileges: 4 of its own, and two roles of 8. @param {number} number */
export function person(number) {
  return {
    id: `auth0|65f1c2d3e4${String(number).padStart(14, '0')}`,
    own: privilegesOf(200 + number, 4),
    roles: ['small-0', 'small-1'],
  };
}

/** Holds all 20 roles, 500 privileges. */
export const collector = {
  id: 'auth0|collector',
  own: [],
  roles: Object.keys(roles).filter((name) => name.startsWith('role-')),
};

/** @param {{ id: string }} one @returns {import('../../../dist/stores.js').Subject} as an authorizer gives it: frozen */
export function subjectOf({ id }) {
  return Object.freeze({ issuer, id, kind: 'user' });
}

/** As `memoryStore` takes it, and a file says it. @param {ReturnType<typeof person>[]} people */
export function documentOf(people) {
  const users = people.map(({ id, own, roles: held }) => [id, { permissions: own, roles: held }]);
  return { issuer, users: Object.fromEntries(users), roles };
}

/** Writes the same through a store, many changes at a time. @param {import('../../../dist/stores.js').RoleStore} store */
export async function writeInto(store, people) {
  const put = ([uid, privileges]) => ({ kind: 'put-role', role: { uid, name: uid, privileges } });
  await store.changeAll(Object.entries(roles).map(put), by);
  const steps = people.flatMap((one) => [
    { kind: 'assign', subject: subjectOf(one), role: one.roles },
    ...(one.own.length === 0 ? [] : [{ kind: 'grant', subject: subjectOf(one), privilege: one.own }]),
  ]);
  for (let at = 0; at < steps.length; at += 500) await store.changeAll(steps.slice(at, at + 500), by);
}

/** An answer in one order and form, whichever store it comes from. */
export function comparable(privileges) {
  const texts = Array.from(privileges, ({ permission, on, effect, source }) => {
    return JSON.stringify([permission, on ?? null, effect ?? null, source?.kind, source?.role ?? null]);
  });
  return texts.sort();
}
