// POST /access/v1/search/subject: a permission on a resource goes in, who may use it there comes out (AuthZEN 1.0 section 8.4).

import type { Administered } from '../administered.ts';
import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';
import { actionIn, contextIn, membersOf, resourceIn, subjectTypeIn } from './asked.ts';
import { isKind, trustedIssuer } from './held.ts';
import { permittedFrom } from './holders-permitted.ts';
import type { Wanted } from './holders-permitted.ts';
import { placeOf } from './resources.ts';
import { pageIn } from './search-page.ts';
import type { SearchPage } from './search-page.ts';

export const searchSubjects: Handle = async ({ access, body, admin }) => {
  const request = membersOf(body);
  const { type, issuer: named } = subjectTypeIn(request);
  const permission = admin.catalogue.nameOf(actionIn(request));
  const resource = resourceIn(request);
  const context = contextIn(request);
  const page = pageIn(request, 'subject', access);
  const place = placeOf(resource, admin);
  const issuer = trustedIssuer(named, admin);
  if (permission === undefined || place === undefined || issuer === undefined || !isKind(type)) return nobody;
  return ok(await found({ kind: type, issuer, permission, on: place.on, context }, page, admin));
};

const nobody = ok({ page: { next_token: '', count: 0 }, results: [] });

async function found(wanted: Wanted, { limit, after, tokenAfter }: SearchPage, admin: Administered): Promise<object> {
  if (limit === 0) return { page: { next_token: tokenAfter(after), count: 0 }, results: [] };
  const { ids, next } = await permittedFrom(after, wanted, limit, admin);
  const { kind: type, issuer } = wanted;
  // Without its issuer the same id would be somebody else's in the next question.
  const whose = issuer === admin.issuer ? {} : { properties: { issuer } };
  return {
    page: { next_token: next === undefined ? '' : tokenAfter(next), count: ids.length },
    results: ids.map((id) => ({ type, id, ...whose })),
  };
}
