// Whose grant it is and for which API go in, the id of the grant comes out, and back: it says both, so that it is found without a
// search. Who changes it names another grant, or none, and is asked for the same permission.

import { isKeepable, longest } from './properties.ts';

/** A client, and the identifier of an API. */
export interface GrantPlace {
  readonly clientId: string;
  readonly audience: string;
}

const start = 'cgr_';
// No id holds it.
const between = '\0';

/** As long as the longest can be: each UTF-16 unit is at most three bytes, and each three bytes are four characters. */
export const longestGrantId = start.length + 4 * (longest.id + longest.identifier + 1);

export function clientGrantId({ clientId, audience }: GrantPlace): string {
  return start + Buffer.from(clientId + between + audience, 'utf8').toString('base64url');
}

/** Undefined: it is no id of a grant. Each grant has one id. */
export function placeOfGrant(id: string): GrantPlace | undefined {
  const text = Buffer.from(id.slice(start.length), 'base64url').toString('utf8');
  const [clientId = '', audience = '', ...more] = text.split(between);
  const isPlace = more.length === 0 && isNamed(clientId, longest.id) && isNamed(audience, longest.identifier);
  // Decoding passes over what is none of the alphabet, and over what is no UTF-8.
  return isPlace && clientGrantId({ clientId, audience }) === id ? { clientId, audience } : undefined;
}

function isNamed(text: string, atMost: number): boolean {
  return text !== '' && text.length <= atMost && isKeepable(text);
}
