// The document of a file and what shall be in it go in; only what has changed is written anew in it, the rest stays as somebody
// wrote it down.

import { isMap, isScalar, isSeq, YAMLMap } from 'yaml';
import type { Document } from 'yaml';
import type { Person } from '../core/role-store.ts';
import type { FileContents } from './file-contents.ts';
import { editApi, editRole } from './file-edited-records.ts';
import { assignmentItems, grantItems } from './file-lists.ts';
import { deleteMember, memberOf, pairOf } from './file-nodes.ts';
import type { MemoryRecords } from './memory-records.ts';
import { personKey } from './records.ts';
import type { Mutation } from './records.ts';

/** `draft`: the same records after the mutations. */
export function editDocument(
  { document, records, issuer, holdsForAnyIssuer }: FileContents,
  draft: MemoryRecords,
  mutations: readonly Mutation[],
  revision: number,
): void {
  const top = topOf(document);
  for (const person of touchedBy(mutations, records)) {
    editSubject(top, person, draft, holdsForAnyIssuer ? person.issuer : issuer);
  }
  for (const mutation of mutations) {
    if (mutation.kind === 'role') editRole(collection(top, 'roles'), mutation.uid, mutation.value);
    if (mutation.kind === 'api') editApi(collection(top, 'apis'), mutation.identifier, mutation.value);
  }
  const pair = memberOf(top, 'revision');
  if (isScalar(pair?.value)) pair.value.value = revision;
  else top.add(pairOf('revision', revision));
}

function topOf(document: Document.Parsed): YAMLMap {
  const edited = document as Document;
  if (!isMap(edited.contents)) edited.contents = new YAMLMap(edited.schema);
  const top = edited.contents as YAMLMap;
  if (top.items.length === 0) top.flow = false;
  return top;
}

function touchedBy(mutations: readonly Mutation[], before: MemoryRecords): Iterable<Person> {
  const persons = mutations.flatMap((mutation): Person[] => {
    if (mutation.kind === 'grant' || mutation.kind === 'assignment') return [mutation.person];
    if (mutation.kind !== 'assignments-of-role') return [];
    return before.holdersOfRole(mutation.uid).items.map(({ subject }) => subject);
  });
  return new Map(persons.map((person) => [personKey(person), person])).values();
}

// Somebody may stand at two places: under the file's own issuer, and under the same one in `issuers`. Afterwards it is one.
function editSubject(top: YAMLMap, person: Person, draft: MemoryRecords, ownIssuer: string | undefined): void {
  const member = person.kind === 'user' ? 'users' : 'clients';
  const holders = [...(person.issuer === ownIssuer ? [top] : []), ...mapsIn(mapsIn([top], 'issuers'), person.issuer)];
  const places = mapsIn(holders, member).filter((place) => memberOf(place, person.id) !== undefined);
  const subjects = mapsIn(places, person.id);
  const permissions = grantItems(itemsIn(subjects, 'permissions'), draft.grants(person));
  const roles = assignmentItems(itemsIn(subjects, 'roles'), draft.assignments(person));
  for (const place of permissions.length + roles.length > 0 ? places.slice(1) : places) deleteMember(place, person.id);
  if (permissions.length + roles.length === 0) return;
  const holder = holders[0] ?? collection(collection(top, 'issuers'), person.issuer);
  const subject = subjects[0] ?? collection(collection(holder, member), person.id);
  writeItems(subject, 'permissions', permissions);
  writeItems(subject, 'roles', roles);
}

function mapsIn(holders: readonly YAMLMap[], name: string): YAMLMap[] {
  return holders.map((holder) => memberOf(holder, name)?.value).filter((value) => isMap(value));
}

function itemsIn(holders: readonly YAMLMap[], name: string): unknown[] {
  return holders.flatMap((holder) => {
    const list = memberOf(holder, name)?.value;
    return isSeq(list) ? list.items : [];
  });
}

function writeItems(subject: YAMLMap, name: string, items: readonly unknown[]): void {
  const list = memberOf(subject, name)?.value;
  if (items.length === 0) deleteMember(subject, name);
  else if (isSeq(list)) list.items = [...items];
  else {
    const pair = pairOf(name, []);
    if (isSeq(pair.value)) pair.value.items = [...items];
    subject.add(pair);
  }
}

/** The map under a name, made where there is none. */
function collection(holder: YAMLMap, name: string): YAMLMap {
  const known = memberOf(holder, name)?.value;
  if (isMap(known)) {
    if (known.items.length === 0) known.flow = holder.flow === true;
    return known;
  }
  const made = new YAMLMap();
  const last = holder.items.at(-1)?.key;
  // The revision stays at the end.
  const isBeforeLast = isScalar(last) && last.value === 'revision';
  holder.items.splice(holder.items.length - (isBeforeLast ? 1 : 0), 0, pairOf(name, made));
  return made;
}
