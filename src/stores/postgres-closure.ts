// Roles that give something else than before go in; what each of them gives, and all that it inherits, is written down anew.

import { isBuiltIn, untouchedBuiltIns } from '../core/built-in-roles.ts';
import { heldThrough } from '../core/role-closure.ts';
import type { Role } from '../core/role-store.ts';
import type { Run } from './postgres-connections.ts';
import { roleIn } from './postgres-rows.ts';

/** `schema`: as it is written in a statement. */
export async function writeClosures(run: Run, schema: string, uids: readonly string[]): Promise<void> {
  if (uids.length === 0) return;
  const roles = await rolesBelow(run, schema, uids);
  const roleOf = (uid: string): Role | undefined => roles.get(uid) ?? untouchedBuiltIns().get(uid);
  const given = uids.flatMap((uid) => heldThrough(uid, roleOf).map((privilege) => ({ uid, privilege })));
  await run(`delete from ${schema}.role_gives where role = any($1)`, [uids]);
  if (given.length === 0) return;
  const held = given.map(({ privilege }) => privilege);
  await run(
    `insert into ${schema}.role_gives
       (role, giver, permission, resource, denied, audience, organization, expires_at)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::float8[])`,
    [
      given.map(({ uid }) => uid),
      given.map(({ uid, privilege: { source } }) => (source?.role === uid ? null : source?.role)),
      held.map(({ permission }) => permission),
      held.map(({ on }) => on),
      held.map(({ effect }) => effect === 'deny'),
      held.map(({ audience }) => audience),
      held.map(({ organization }) => organization),
      held.map(({ expiresAt }) => expiresAt),
    ],
  );
}

/** These roles and all that they inherit, as they are stored. */
async function rolesBelow(run: Run, schema: string, uids: readonly string[]): Promise<Map<string, Role>> {
  // What a built-in role inherits besides is known, and stored nowhere.
  const builtIns = [...untouchedBuiltIns().keys()].filter(isBuiltIn);
  const rows = await run(
    `with recursive below (uid) as (
       select unnest($1::text[]) collate "C"
       union
       select i.inherited from below b join ${schema}.role_inherits i on i.role = b.uid
     )
     select definition from ${schema}.roles where uid in (select uid from below)`,
    [[...uids, ...builtIns]],
  );
  const roles = rows.map(([definition]) => roleIn(definition));
  return new Map(roles.map((role) => [role.uid, role]));
}
