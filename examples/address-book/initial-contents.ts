// An empty store goes in; the roles and privileges with which the address book begins are in it afterwards, written once.

import { ChangeRefusedError } from 'rightful/stores';
import type { Change, RoleStore } from 'rightful/stores';

import { administrationClient, nightlyExport } from './people.ts';

const writer = { system: 'address book', why: 'what the address book begins with' };

/**
 * Whatever was changed since then stays as it is, also after the next start. `issuer`: whose people are meant: those of another
 * authorization server are others, even where their names are the same.
 */
export async function writeInitialContents(
  store: RoleStore,
  issuer: string,
  startedAt: number,
  triesLeft = 1,
): Promise<void> {
  if (await isWritten(store, issuer)) return;
  const missing = [];
  for (const role of roles) if ((await store.role(role.uid)) === undefined) missing.push(role);
  const changes: Change[] = [
    ...missing.map((role): Change => ({ kind: 'put-role', role })),
    ...contentsFor(issuer, startedAt),
  ];
  try {
    await store.changeAll(changes, writer);
  } catch (error) {
    // Another process has begun on the same database at the same time, perhaps with other people: the roles are there by now.
    if (!(error instanceof ChangeRefusedError) || triesLeft === 0) throw error;
    await writeInitialContents(store, issuer, startedAt, triesLeft - 1);
  }
}

// The audit forgets nothing, whoever took away what was written.
async function isWritten(store: RoleStore, issuer: string): Promise<boolean> {
  const subject = { issuer, id: 'ada', kind: 'user' } as const;
  const { total } = await store.audit({ actor: { system: writer.system }, subject, take: 1 });
  return total > 0;
}

const roles = [
  { uid: 'reader', name: 'Reader', privileges: ['read:contacts'] },
  { uid: 'editor', name: 'Editor', privileges: ['read:contacts', 'write:contacts', 'delete:contacts'] },
  { uid: 'administrator', name: 'Administrator', privileges: ['*'] },
];

const minuteMs = 60_000;

function contentsFor(issuer: string, startedAt: number): Change[] {
  const user = (id: string) => ({ issuer, id, kind: 'user' }) as const;
  const client = (id: string) => ({ issuer, id, kind: 'client' }) as const;
  return [
    { kind: 'assign', subject: user('rita'), role: 'reader' },
    { kind: 'assign', subject: user('edgar'), role: 'editor' },
    { kind: 'grant', subject: user('edgar'), privilege: { permission: 'share:contacts', on: 'contacts:id:1' } },
    { kind: 'assign', subject: user('ada'), role: 'administrator' },
    { kind: 'assign', subject: user('dora'), role: 'editor' },
    {
      kind: 'grant',
      subject: user('dora'),
      privilege: [
        { permission: 'delete:contacts', effect: 'deny' },
        { permission: 'read:contacts', on: 'contacts:id:4', effect: 'deny' },
      ],
    },
    { kind: 'assign', subject: user('erin'), role: 'reader' },
    {
      kind: 'grant',
      subject: user('erin'),
      privilege: [
        { permission: 'write:contacts', expiresAt: startedAt + 10 * minuteMs },
        { permission: 'delete:contacts', expiresAt: startedAt - minuteMs },
      ],
    },
    // No user is in the picture: these are assigned to applications.
    { kind: 'grant', subject: client(nightlyExport), privilege: 'read:contacts' },
    { kind: 'assign', subject: client(administrationClient), role: 'administrator' },
  ];
}
