// POST /access/v1/search/action: a subject and a resource go in, the permissions that it may use there come out (AuthZEN 1.0
// section 8.6).

import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';
import { contextIn, membersOf, resourceIn, subjectIn } from './asked.ts';
import { Held } from './held.ts';
import { placeOf } from './resources.ts';
import { pageIn, partOf } from './search-page.ts';

export const searchActions: Handle = async ({ access, body, admin }) => {
  const request = membersOf(body);
  const subject = subjectIn(request);
  const resource = resourceIn(request);
  const context = contextIn(request);
  const page = pageIn(request, 'action', access);
  const place = placeOf(resource, admin);
  const rights = await new Held(admin).by(subject, context);
  const names =
    place === undefined || rights === undefined
      ? []
      : admin.catalogue.names.filter((name) => rights.permissions.has(name, place.on));
  const { page: sent, results } = partOf(names, page, (name) => name);
  return ok({ page: sent, results: results.map((name) => ({ name })) });
};
