// A permission goes in; who holds it and through what comes out.

import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';
import { checkedQuery, pageIn, pageNames, wrong } from '../query.ts';
import { namesOf } from './names.ts';

export const listHolders: Handle = async ({ query, admin }) => {
  const values = checkedQuery(query, [...pageNames, 'permission']);
  const { permission } = values;
  if (permission === undefined || permission === '') throw wrong('permission', 'the name of a permission');
  const page = await admin.store.holdersOf(permission, pageIn(values));
  const names = await namesOf(
    page.items.map(({ subject }) => subject),
    admin,
  );
  return ok({
    ...page,
    items: page.items.map((one) => ({ ...one, subject: { ...one.subject, ...names(one.subject) } })),
  });
};
