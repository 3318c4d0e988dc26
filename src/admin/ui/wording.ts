// What the API answers goes in, words for people come out.

import type { Person, Privilege } from './answers.ts';

// ECMA-262 section 21.4.1.1: there are no dates beyond, and what ends may end later.
const furthest = 8.64e15;

export function dateAt(milliseconds: number): Date {
  return new Date(Math.max(-furthest, Math.min(milliseconds, furthest)));
}

export function instant(milliseconds: number): string {
  return dateAt(milliseconds).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

export function hasEnded(expiresAt: number | undefined): boolean {
  return expiresAt !== undefined && expiresAt <= Date.now();
}

// Controls, and what turns the direction of writing around for all that follows (Unicode TR 36 section 2.4).
const misleading = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Who it is, as short as can be. */
export function nameOf({ name, email, id }: Pick<Person, 'name' | 'email' | 'id'>): string {
  return (name ?? email ?? id).replaceAll(misleading, '\ufffd');
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
