// What roles there are, what each gives, by itself and by what it inherits, and who has it.

import { heldThrough } from '../../core/role-closure.ts';
import { isBuiltIn } from '../../core/built-in-roles.ts';
import type { Role } from '../../core/role-store.ts';
import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';
import { checkedQuery, oneOf, pageIn, pageNames } from '../query.ts';
import { namesOf } from './names.ts';
import { rolesReached } from './reached.ts';

/** `delegatable=true`: each says whether who asks may give it to others. */
export const listRoles: Handle = async ({ query, access, admin: { store } }) => {
  const values = checkedQuery(query, [...pageNames, 'name', 'delegatable']);
  const { name } = values;
  const marks = oneOf('delegatable', values.delegatable ?? 'false', ['true', 'false']) === 'true';
  const page = await store.roles({ ...pageIn(values), ...(name !== undefined && name !== '' && { name }) });
  const uids = page.items.map(({ uid }) => uid);
  const [reached, mine] = await Promise.all([
    rolesReached(page.items, store),
    marks ? store.delegatable(uids, access) : undefined,
  ]);
  const items = page.items.map((role) => ({
    ...described(role, reached),
    ...(mine !== undefined && { delegatable: mine.has(role.uid) }),
  }));
  return ok({ ...page, items });
};

export const showRole: Handle = async ({ params: { uid = '' }, access, admin: { store } }) => {
  const role = await store.role(uid);
  if (role === undefined) throw new RequestFault(404, 'There is no such role', { code: 'role_not_found' });
  const [reached, mine] = await Promise.all([rolesReached([role], store), store.delegatable([uid], access)]);
  return ok({ ...described(role, reached), delegatable: mine.has(uid) });
};

export const listRoleHolders: Handle = async ({ params: { uid = '' }, query, admin }) => {
  const page = await admin.store.holdersOfRole(uid, pageIn(checkedQuery(query, pageNames)));
  const names = await namesOf(
    page.items.map(({ subject }) => subject),
    admin,
  );
  return ok({
    ...page,
    items: page.items.map((one) => ({ ...one, subject: { ...one.subject, ...names(one.subject) } })),
  });
};

/** `held`: what its holders have by it, each privilege with the role that it comes from. */
function described(role: Role, reached: ReadonlyMap<string, Role>): object {
  return { ...role, builtIn: isBuiltIn(role.uid), held: heldThrough(role.uid, (uid) => reached.get(uid)) };
}
