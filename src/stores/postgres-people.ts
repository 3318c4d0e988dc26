// Lists of subjects: where they stand in them, and what the page after one is asked for by.

import { invalidInput } from '../core/input-error.ts';
import type { InvalidInputError } from '../core/input-error.ts';
import type { Person } from '../core/role-store.ts';
import type { Listing } from './postgres-pages.ts';
import { personColumns } from './postgres-rows.ts';
import { digest, isStorable, personSort } from './postgres-texts.ts';
import { personKey } from './records.ts';
import type { CheckedSubjectQuery } from './subject-query.ts';

/** Of a table of subjects that is named `s`. */
export const personOrder = 'sort, key';

/** The subjects that are asked for. `schema`: as it is written in a statement. */
export function subjectListing(schema: string, { kind, issuer, id, page }: CheckedSubjectQuery): Listing {
  const values: unknown[] = [];
  const asked: [string, string | undefined][] = [
    ['kind = ?', kind],
    ['issuer = ?', issuer],
    // What a process of the first version of the tables has written is searched as the database does it.
    ['strpos(coalesce(search_id, lower(id)), ?) > 0', id],
  ];
  const given = asked.filter(([, value]) => value !== undefined);
  const conditions = given.map(([condition, value]) => condition.replace('?', `$${values.push(value)}`));
  // What cannot be stored is part of none.
  const isAny = [issuer ?? '', id ?? ''].every(isStorable);
  const where = isAny ? conditions : ['false'];
  return {
    rows: `select issuer, kind, id, sort, key from ${schema}.subjects
      ${where.length === 0 ? '' : `where ${where.join(' and ')}`}`,
    values: isAny ? values : [],
    columns: personColumns,
    order: personOrder,
    beyond: (next) => beyondPerson(page.after ?? '', next),
  };
}

/** What comes after the subject that `after` names. @throws TypeError when it names none. */
export function beyondPerson(after: string, next: (value: unknown) => string): string {
  const person = personOf(after);
  return `(sort, key) > (${next(personSort(person))} collate "C", ${next(digest(personKey(person)))}::bytea)`;
}

/** @throws TypeError when `after` is not what a page gave as `next`. */
function personOf(after: string): Person {
  const read = jsonIn(after);
  const [issuer, kind, id] = Array.isArray(read) ? (read as unknown[]) : [];
  const isPerson = typeof issuer === 'string' && typeof id === 'string' && (kind === 'user' || kind === 'client');
  if (!isPerson || !isStorable(issuer + id)) throw unusable(after);
  return { issuer, kind, id };
}

/** @throws TypeError when `after` is not what a page of {@link holderKey}s gave. */
export function beyondHolder(after: string, next: (value: unknown) => string): string {
  const read = jsonIn(after);
  const [person, organization] = Array.isArray(read) ? (read as unknown[]) : [];
  if (typeof person !== 'string' || typeof organization !== 'string') throw unusable(after);
  const one = personOf(person);
  const place = [`${next(personSort(one))} collate "C"`, `${next(personDigestOf(one))}::bytea`, next(organization)];
  return `(sort, key, coalesce(organization, '')) > (${place.join()} collate "C")`;
}

export function holderKey(person: Person, organization: string | undefined): string {
  return JSON.stringify([personKey(person), organization ?? '']);
}

function personDigestOf(person: Person): string {
  return digest(personKey(person));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unusable(after: string): InvalidInputError {
  return invalidInput('after', 'what a page before gave as `next`', after);
}
