// What a requirement says of an organization goes in, with the route's parameters; the organization that it is asked in comes out.

import type { OrganizationAsked } from './question.ts';
import { filledTemplate } from './resource.ts';

/** Where a requirement is asked; undefined: where the token is at home. */
export function placeOf(
  asked: OrganizationAsked | undefined,
  params: object | undefined,
): { readonly organization: string | undefined; readonly isUnusable: boolean } | undefined {
  if (asked === undefined) return undefined;
  if (asked.template === undefined) return { organization: undefined, isUnusable: false };
  const organization = filledTemplate(asked.template, asked.parameters ?? params);
  return { organization, isUnusable: organization === undefined };
}
