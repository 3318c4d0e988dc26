// Roles: which there are, one of them, made, changed, and deleted.

import { randomInt } from 'node:crypto';
import { untouchedBuiltIns } from '../../core/built-in-roles.ts';
import type { Role } from '../../core/role-store.ts';
import type { Administered } from '../administered.ts';
import { ok } from '../exchange.ts';
import type { Answer, Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { idIn, roleIn } from './named-in-path.ts';
import { numberedAnswer, numberedNames, numberedPage } from './paging.ts';
import { membersOf, textIn } from './payload.ts';
import { longest } from './properties.ts';
import { queryOf, textAsked } from './query.ts';
import { editRole } from './role-edits.ts';
import { roleItem } from './role-items.ts';

export const list: Handle = async ({ admin, query: sent }): Promise<Answer> => {
  const query = queryOf(sent, [...numberedNames, 'name_filter']);
  const page = numberedPage(query);
  const name = textAsked(query, 'name_filter', { atMost: longest.name });
  const { take, offset } = page;
  const { items, total } = await admin.store.roles({ take, offset, ...(name !== undefined && { name }) });
  return numberedAnswer('roles', { items: items.map(roleItem), total }, page);
};

export const show: Handle = async (call): Promise<Answer> => ok(roleItem(await roleIn(call)));

export const create: Handle = async ({ admin, access, body }): Promise<Answer> => {
  const sent = membersOf(body, { required: ['name'], optional: ['description'] });
  const name = nameIn(sent.name);
  const description = descriptionIn(sent.description);
  await checkRoomForRole(admin);
  const role = { uid: newId(), name, privileges: [], ...(description !== undefined && { description }) };
  await admin.store.putRole(role, { access });
  return ok(roleItem(role));
};

export const update: Handle = async (call): Promise<Answer> => {
  const sent = membersOf(call.body, { optional: ['name', 'description'] });
  const name = sent.name === undefined ? undefined : nameIn(sent.name);
  const description = descriptionIn(sent.description);
  const edited = await editRole(idIn(call), call, ({ description: before, ...role }: Role): Role => {
    const after = sent.description === undefined ? before : description;
    return { ...role, ...(name !== undefined && { name }), ...(after !== undefined && { description: after }) };
  });
  return ok(roleItem(edited));
};

export const remove: Handle = async (call): Promise<Answer> => {
  await call.admin.store.deleteRole(idIn(call), { force: true }, { access: call.access });
  return ok({});
};

function nameIn(value: unknown): string {
  return textIn(value, 'name', { atMost: longest.name });
}

/** An empty one is none. */
function descriptionIn(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return textIn(value, 'description', { atLeast: 0, atMost: longest.description }) || undefined;
}

// The built-in ones are there whoever makes what.
async function checkRoomForRole({ store, limits }: Administered): Promise<void> {
  const { total } = await store.roles({ take: 1 });
  if (total - untouchedBuiltIns().size < limits.roles) return;
  throw new RequestFault(400, 'No more roles can be made.', { code: 'entity_limit_reached' });
}

const alphanumerics = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function newId(): string {
  const characters = Array.from({ length: 16 }, () => alphanumerics[randomInt(alphanumerics.length)]);
  return `rol_${characters.join('')}`;
}
