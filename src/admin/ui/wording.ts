// What the API answers goes in, words for people come out.

import type { Person, Privilege } from './answers.ts';

/** `now` for what has ended. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

export function hasEnded(expiresAt: number | undefined): boolean {
  return expiresAt !== undefined && expiresAt <= Date.now();
}

/** Who it is, as short as can be. */
export function nameOf({ name, email, id }: Pick<Person, 'name' | 'email' | 'id'>): string {
  return name ?? email ?? id;
}

/** `delete:contacts on contacts:id:1, denied`: all of a privilege in one line. */
export function inWords({ permission, on, effect, organization, expiresAt }: Privilege): string {
  return [
    effect === 'deny' ? `denial of ${permission}` : permission,
    on === undefined || on === '' ? '' : ` on ${on}`,
    organization === undefined ? '' : ` in ${organization}`,
    expiresAt === undefined ? '' : ` until ${instant(expiresAt)}`,
  ].join('');
}

export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : several}`;
}

/** Where two privileges cannot be told apart but by their ends, one replaces the other. */
export function placeOf({ permission, on, effect, audience, organization }: Privilege): string {
  return JSON.stringify([permission, on ?? null, effect ?? null, audience ?? null, organization ?? null]);
}

/** Without what only tells where it is from. */
export function withoutSource({ source: _, ...privilege }: Privilege): Privilege {
  return privilege;
}
