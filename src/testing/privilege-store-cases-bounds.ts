// Where, for whom and until when a privilege holds: organization, audience, expiry, and the role it comes through.

import type { Privilege } from '../core/privilege.ts';
import type { Check, Rule } from './privilege-store-cases-scene.ts';
import { heldIn, holder } from './privilege-store-cases-seed.ts';
import { isMeantFor } from '../core/store-answer.ts';

const api = 'https://api.example';

export const boundRules: readonly Rule[] = [
  {
    name: 'what is held in one organization holds in no other',
    scene: () => ({
      subjects: [
        holder('alice', [
          'held:everywhere',
          { permission: 'held:somewhere', organization: 'org_1' },
          { permission: 'held:somewhere', organization: 'org_2', on: 'contacts:id:2' },
          { permission: 'held:everywhere', organization: 'org_2', effect: 'deny' },
          { permission: 'held:oddly', organization: '__proto__' },
        ]),
        holder('bob', [{ permission: 'held:by-bob', organization: 'org_2' }]),
      ],
      organizations: [undefined, 'org_1', 'org_2', 'org_3', 'ORG_1', 'org_1 ', 'org', '__proto__', 'constructor'],
    }),
  },
  {
    name: 'what is held for one API holds for no other',
    scene: () => ({
      subjects: [
        holder('alice', [
          'held:whoever-asks',
          { permission: 'held:here', audience: api },
          { permission: 'held:there', audience: 'https://other.example' },
          { permission: 'held:here', audience: 'https://other.example', on: 'contacts:id:2' },
          { permission: 'held:whoever-asks', audience: 'https://third.example', effect: 'deny' },
          { permission: 'held:oddly', audience: '__proto__' },
        ]),
      ],
      audiences: [
        [api],
        ['https://other.example'],
        [api, 'https://other.example'],
        ['https://unknown.example', 'https://third.example'],
        [`${api}/`],
        [api.toUpperCase()],
        ['__proto__'],
        [],
      ],
    }),
  },
  {
    name: 'a privilege ends at its `expiresAt`, to the millisecond, and not before',
    scene: () => ({
      subjects: [
        holder('alice', [
          'held:for-good',
          { permission: 'held:for-two-seconds', expiresAt: Date.now() + 2001 },
          { permission: 'held:for-an-hour', expiresAt: Date.now() + 3_600_001 },
          // Further away than 32 bits of seconds reach.
          { permission: 'held:for-a-century', expiresAt: Date.UTC(2126, 0, 1) + 1 },
          { permission: 'denied:for-an-hour', effect: 'deny', expiresAt: Date.now() + 3_600_002 },
          { permission: 'ended:now', expiresAt: Date.now() },
          { permission: 'ended:an-hour-ago', expiresAt: Date.now() - 3_600_000 },
          { permission: 'ended:in-1970', expiresAt: 0 },
          { permission: 'ended:before', expiresAt: -1 },
          { permission: 'denial:ended', effect: 'deny', expiresAt: 1 },
        ]),
      ],
    }),
  },
  {
    name: 'a role holds in the organization and until the end of its assignment',
    scene: () => ({
      subjects: [
        holder('alice', ['held:directly'], {
          roles: [
            { role: 'editor' },
            { role: 'auditor', organization: 'org_1' },
            { role: 'visitor', expiresAt: Date.now() + 3_600_001 },
            { role: 'former', expiresAt: Date.now() - 1 },
            { role: 'never', expiresAt: 0 },
            { role: 'empty' },
          ],
        }),
        holder('app', [], { kind: 'client', roles: [{ role: 'editor' }] }),
        holder('bob', [], {
          roles: [
            { role: 'auditor', organization: 'org_1' },
            { role: 'auditor', organization: 'org_2' },
          ],
        }),
        holder('carol', ['held:directly']),
      ],
      roles: [
        {
          name: 'editor',
          privileges: [{ permission: 'write:contacts' }, { permission: 'read:contacts', on: 'contacts:*' }],
        },
        {
          name: 'auditor',
          privileges: [{ permission: 'read:logs' }, { permission: 'read:plans', organization: 'org_2' }],
        },
        {
          name: 'visitor',
          privileges: [
            { permission: 'visit' },
            { permission: 'stay', expiresAt: Date.now() + 1_800_001 },
            { permission: 'gone', expiresAt: 1 },
          ],
        },
        { name: 'former', privileges: [{ permission: 'write:plans' }] },
        { name: 'never', privileges: [{ permission: 'read:plans' }] },
        { name: 'empty', privileges: [] },
        { name: 'nobodys', privileges: [{ permission: 'held:by-nobody' }] },
      ],
      organizations: [undefined, 'org_1', 'org_2', 'org_3'],
    }),
  },
  {
    name: 'each privilege names the role it comes through',
    scene: () => ({
      subjects: [
        holder('alice', ['read:contacts', 'held:both-ways'], {
          roles: [
            { role: 'editor' },
            { role: 'Editor' },
            { role: '__proto__' },
            { role: 'auditor', organization: 'org_1' },
          ],
        }),
      ],
      roles: [
        { name: 'editor', privileges: [{ permission: 'write:contacts' }, { permission: 'held:both-ways' }] },
        { name: 'Editor', privileges: [{ permission: 'write:plans' }] },
        { name: '__proto__', privileges: [{ permission: 'write:logs', effect: 'deny' }] },
        { name: 'constructor', privileges: [{ permission: 'write:bills' }] },
        { name: 'auditor', privileges: [{ permission: 'read:logs', on: 'logs:*' }] },
      ],
      organizations: [undefined, 'org_1'],
    }),
    check: namingSources,
  },
];

async function namingSources(...[tried, questions]: Parameters<Check>): Promise<void> {
  for (const question of questions) {
    const answer = tried.read(question, await tried.answer(question));
    tried.verify(question, answer);
    const known = new Set(heldIn(tried.seed, question.subject).map(withSource));
    const wrong = answer.find(
      (one) => isMeantFor(one, question.subject, question.audience) && !known.has(withSource(one)),
    );
    if (wrong !== undefined) {
      const expected = [...known].filter((line) => line.startsWith(JSON.stringify(wrong.permission))).join(' or ');
      throw tried.failure(question.subject, `as permission and source ${expected}`, withSource(wrong));
    }
  }
}

function withSource({ permission, source }: Privilege): string {
  return `${JSON.stringify(permission)}: ${source?.kind}${source?.role === undefined ? '' : ` ${JSON.stringify(source.role)}`}`;
}
