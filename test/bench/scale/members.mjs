// Numbers go in, the subjects and roles of a real store that stand for them come out.

import { by } from '../stores/changing.mjs';

const { holdsRole } = await import('./workload.ts');

export const audience = Object.freeze(['https://api.book.example/']);
const issuer = 'https://book.eu.auth0.example/';

/** @param {number} number @returns {import('../../../dist/stores.js').Subject} */
export function subjectAt(number) {
  return Object.freeze({ issuer, id: `auth0|65f1c2d3e4${String(number).padStart(14, '0')}`, kind: 'user' });
}

/** @param {number} role @param {boolean} isWider */
export function roleAt(role, isWider) {
  const names = Array.from({ length: isWider ? 11 : 10 }, (_, at) => `read:thing-${role}-${at}`);
  return { uid: `role-${role}`, name: `role-${role}`, privileges: names };
}

/** Everybody holds one role besides, so that nobody is a subject who holds nothing. */
export async function fill(store, { subjects, roles, roleShare }) {
  const made = Array.from({ length: roles }, (_, role) => ({ kind: 'put-role', role: roleAt(role, false) }));
  const member = { uid: 'member', name: 'member', privileges: ['read:own'] };
  await store.changeAll([...made, { kind: 'put-role', role: member }], by);
  const rolesOf = (number) => {
    const held = Array.from({ length: roles }, (_, role) => role).filter((role) => holdsRole(number, role, roleShare));
    return ['member', ...held.map((role) => `role-${role}`)];
  };
  const assigned = (number) => ({ kind: 'assign', subject: subjectAt(number), role: rolesOf(number) });
  const steps = Array.from({ length: subjects }, (_, number) => assigned(number));
  for (let at = 0; at < steps.length; at += 500) await store.changeAll(steps.slice(at, at + 500), by);
}
