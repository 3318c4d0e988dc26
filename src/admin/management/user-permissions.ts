// The permissions of a user: which there are and what each comes from, given, and taken back.

import type { Person } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { created, nothing } from '../exchange.ts';
import type { Answer, Call, Handle } from '../exchange.ts';
import { heldPairs } from './held-pairs.ts';
import type { HeldPair } from './held-pairs.ts';
import { userIn } from './named-in-path.ts';
import { numberedAnswer, numberedNames, numberedPage, partOf } from './paging.ts';
import { permissionItems } from './permission-items.ts';
import { checkApisTaken, keyOf, pairOf, pairsIn, privilegesGiven, privilegesMeant } from './permission-pairs.ts';
import type { Pair } from './permission-pairs.ts';
import { queryOf } from './query.ts';
import { checkRoom } from './room.ts';
import { triedAgain } from './tried-again.ts';

export const list: Handle = async (call): Promise<Answer> => {
  const { admin, query } = call;
  const page = numberedPage(queryOf(query, numberedNames));
  const held = await heldPairs(await admin.store.subject(await userIn(call)), admin);
  const { items, total } = partOf(held, page);
  const told = await permissionItems(items, admin);
  const withSources = told.map((item, at) => ({ ...item, sources: sourcesOf(items[at] as HeldPair) }));
  return numberedAnswer('permissions', { items: withSources, total }, page);
};

function sourcesOf({ isDirect, roles }: HeldPair): object[] {
  const direct = isDirect ? [{ source_id: '', source_name: '', source_type: 'DIRECT' }] : [];
  return [...direct, ...roles.map(({ uid, name }) => ({ source_id: uid, source_name: name, source_type: 'ROLE' }))];
}

export const assign: Handle = async (call): Promise<Answer> => {
  const { admin, access } = call;
  const pairs = pairsIn(call.body, admin);
  const person = await userIn(call);
  await triedAgain(async () => {
    const { privileges, apis } = await privilegesGiven(pairs, admin);
    await checkRoomFor(pairs, person, admin);
    const change = { kind: 'grant', subject: person, privilege: privileges } as const;
    await admin.store.changeAll([change], { access }, { unlessChanged: { apis } });
  });
  return created({});
};

async function checkRoomFor(pairs: readonly Pair[], person: Person, admin: Administered): Promise<void> {
  const { privileges } = await admin.store.subject(person);
  const stored = privileges.filter(({ effect }) => effect === undefined);
  const now = Date.now();
  const there = new Set(stored.flatMap((one) => pairOf(one, admin, now) ?? []).map(keyOf));
  const added = pairs.filter((pair) => !there.has(keyOf(pair))).length;
  const room = { stored: stored.length, added, atMost: admin.limits.permissionsPerUser };
  checkRoom(room, { what: 'permissions', to: 'user' });
}

export const remove: Handle = async (call: Call): Promise<Answer> => {
  const { admin, access } = call;
  const pairs = pairsIn(call.body, admin);
  const person = await userIn(call);
  const { privileges } = await admin.store.subject(person);
  await checkApisTaken(pairs, privileges, admin);
  const meant = pairs.flatMap((pair) => privilegesMeant(pair, admin));
  await admin.store.revoke(person, meant, { access });
  return nothing;
};
