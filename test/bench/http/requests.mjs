// Tokens go in, requests come out as the bytes that are sent.

import { randomSource } from '../rounds.mjs';
import { claimsOf, hmacToken } from '../tokens/tokens.mjs';

const scopes = 'openid profile email read:contacts write:contacts read:groups users:read';

/** The claims of an access token such as Auth0 issues them. @param {number} number a subject; with another `jti` another token */
export function accessClaims(number, overrides = {}) {
  return { ...claimsOf(number, 'RS256'), scope: scopes, permissions: undefined, ...overrides };
}

/** @param {ReturnType<typeof import('../tokens/tokens.mjs').createSigner>} signer @param {number} from the first subject's number */
export function signedTokens(signer, count, from = 0) {
  return signer.tokens(Array.from({ length: count }, (_, at) => accessClaims(from + at)));
}

/** New tokens of a few subjects, who come back each time the old one has expired. */
export function renewedTokens(signer, count, subjects = 100) {
  return signer.tokens(Array.from({ length: count }, (_, at) => accessClaims(at % subjects, { jti: `renewed-${at}` })));
}

/** Cheap to make, for many subjects. */
export function secretToken(number, secret) {
  return hmacToken(accessClaims(number), secret);
}

/** @param {string} path @param {string | undefined} token */
export function requestBytes(path, token) {
  const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
  const head = `GET ${path} HTTP/1.1\r\nHost: api.book.example\r\nAccept: application/json\r\n${authorization}`;
  return Buffer.from(`${head}User-Agent: bench\r\n\r\n`, 'latin1');
}

/** One after the other, again and again. @template Item @param {Item[]} list @returns {() => Item} */
export function cycle(list) {
  let at = -1;
  return () => {
    at += 1;
    if (at === list.length) at = 0;
    return list[at];
  };
}

/** The n-th comes half as often as the first where n is two, a third where it is three. */
export function zipf(list) {
  const sums = [];
  let sum = 0;
  for (let rank = 1; rank <= list.length; rank += 1) sums.push((sum += 1 / rank));
  const random = randomSource();
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, list.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return list[low];
  };
}
