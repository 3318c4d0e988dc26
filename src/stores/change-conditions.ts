// What was read before a change is made goes in; a check comes out that it is still so when the change has its turn.

import { ChangedMeanwhileError } from '../core/change-errors.ts';
import type { RestedOn } from '../core/change.ts';
import { checkedMembers, expectation, isRecord } from '../core/options.ts';
import type { Privilege } from '../core/privilege.ts';
import type { Person } from '../core/role-store.ts';
import { readPrivilege } from '../core/privilege-reading.ts';
import { checkedSubject, checkedWhole } from './change-input.ts';
import { grantKey } from './records.ts';
import type { Records } from './records.ts';

/** @throws (rejects) ChangedMeanwhileError */
export type Condition = (records: Records, revision: number) => Promise<void>;

/** Nothing is rested on. */
export const unconditional: Condition = async () => undefined;

/** @throws TypeError when it is not as it must be. */
export function checkedCondition(value: unknown): Condition {
  if (value === undefined) return unconditional;
  const given = checkedMembers(value, 'unlessChanged', ['revision', 'apis', 'subjects'] satisfies (keyof RestedOn)[]);
  const since = given.revision === undefined ? undefined : checkedWhole(given.revision, 'unlessChanged.revision');
  const apis = checkedApis(given.apis);
  const subjects = checkedSubjects(given.subjects);
  return async (records, revision) => {
    if (since !== undefined && since !== revision) throw new ChangedMeanwhileError('What the store keeps');
    for (const [identifier, version] of apis) {
      const { version: there = 0 } = (await records.api(identifier)) ?? {};
      if (there !== version) throw new ChangedMeanwhileError(`The API ${JSON.stringify(identifier)}`);
    }
    for (const { person, held } of subjects) {
      const isSame = comparable(await records.grants(person)) === held;
      if (!isSame)
        throw new ChangedMeanwhileError(`What is assigned to the ${person.kind} ${JSON.stringify(person.id)}`);
    }
  };
}

function checkedApis(value: unknown): [identifier: string, version: number][] {
  if (value === undefined) return [];
  if (!isRecord(value)) throw expectation('unlessChanged.apis', 'an object', value);
  return Object.entries(value).map(([identifier, version]) => {
    return [identifier, checkedWhole(version, `unlessChanged.apis['${identifier}']`)];
  });
}

interface RecordRead {
  readonly person: Person;
  /** {@link comparable} */
  readonly held: string;
}

function checkedSubjects(value: unknown): RecordRead[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw expectation('unlessChanged.subjects', 'a list', value);
  return value.map((one: unknown, at) => {
    const what = `unlessChanged.subjects[${at}]`;
    // A whole record of a subject may be handed back.
    const { subject, privileges } = checkedMembers(one, what, ['subject', 'privileges', 'roles']);
    if (!Array.isArray(privileges)) throw expectation(`${what}.privileges`, 'a list of privileges', privileges);
    return { person: checkedSubject(subject).person, held: comparable(privileges.map(readPrivilege)) };
  });
}

function comparable(privileges: readonly Privilege[]): string {
  return JSON.stringify(privileges.map((one) => `${grantKey(one)} ${one.expiresAt ?? ''}`).sort());
}
