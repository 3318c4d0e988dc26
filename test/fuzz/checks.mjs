// A request and its answers go in, what is wrong about them comes out, as texts.

import { delegates, holds, judgeToken, maySpeakForMachine, tokenIn } from './oracle.mjs';

/**
 * @typedef {import('./client.mjs').Answer} Answer
 * @typedef {import('./requests.mjs').Request} Request
 * @typedef {import('./issuers.mjs').World} World
 */

/**
 * What may answer a request that reaches the application as it is meant.
 *
 * @param {Request} request @param {World} world
 * @returns {{ statuses: number[], code?: string }}
 */
function expectedOf(request, world) {
  const sent = tokenIn(request);
  if (sent.kind === 'none') return { statuses: [401], code: 'missing_token' };
  if (sent.kind === 'unreadable') return { statuses: [400], code: 'invalid_request' };
  const { verdict, claims } = judgeToken(sent.token, world, request.door === 'strict');
  if (verdict === 'invalid') return { statuses: [401], code: 'invalid_token' };
  if (verdict === 'either') return { statuses: [200, 401, 403] };
  if (maySpeakForMachine(claims)) return { statuses: [200, 403] };
  if (!delegates(claims)) return { statuses: [403], code: 'insufficient_scope' };
  return holds(claims, request) ? { statuses: [200] } : { statuses: [403], code: 'insufficient_privilege' };
}

/** @param {Request} request @param {Answer | 'closed' | 'late'} answer @param {World} world @returns {string[]} */
export function wrongWithExact(request, answer, world) {
  if (answer === 'late') return ['no answer in time'];
  if (answer === 'closed') return ['the connection was closed without an answer'];
  const { statuses, code } = expectedOf(request, world);
  const wrong = wrongWithAnswer(answer, request.method);
  if (!statuses.includes(answer.status)) wrong.push(`answered ${answer.status}, must be ${statuses.join(' or ')}`);
  const said = request.method === 'HEAD' ? undefined : bodyOf(answer)?.code;
  if (code !== undefined && said !== undefined && said !== code) wrong.push(`answered ${said}, must be ${code}`);
  if (answer.status === 200) wrong.push(...wrongWithPermit(answer, request, [sentClaims(request, world)]));
  return wrong;
}

function sentClaims(request, world) {
  const sent = tokenIn(request);
  return sent.kind === 'token' ? judgeToken(sent.token, world, request.door === 'strict').claims : undefined;
}

/**
 * Of a request whose bytes may mean anything: what must never be.
 *
 * @param {Buffer} bytes @param {(Answer | 'late')[]} answers @param {World} world @returns {string[]}
 */
export function wrongWithWild(bytes, answers, world) {
  return answers.flatMap((answer) => {
    if (answer === 'late') return ['no answer in time'];
    const wrong = wrongWithAnswer(answer, undefined);
    if (answer.status !== 200) return wrong;
    return [...wrong, ...wrongWithPermit(answer, { route: undefined }, claimsIn(bytes, world))];
  });
}

/** The claims of every valid token that stands anywhere in the bytes. */
function claimsIn(bytes, world) {
  const text = bytes.toString('latin1');
  const candidates = [text, text.replaceAll('%2E', '.')].flatMap((one) => one.match(/[\w-]+\.[\w-]+\.[\w-]+/g) ?? []);
  return candidates.map((token) => judgeToken(token, world, false).claims);
}

/** Whoever is let in must have shown a token that lets in exactly there. */
function wrongWithPermit(answer, { route, method }, allClaims) {
  if (method === 'HEAD')
    return allClaims.some((claims) => claims !== undefined) ? [] : ['let in without a valid token'];
  const body = bodyOf(answer);
  if (body === undefined) return ['answered 200 without a body that can be read'];
  const asked = { route: route ?? (body.thing === undefined ? 'list' : 'things'), thing: body.thing };
  const permits = (claims) => {
    if (claims === undefined || claims.iss !== body.issuer) return false;
    if (maySpeakForMachine(claims)) return true;
    return claims.sub === body.id && delegates(claims) && holds(claims, asked);
  };
  return allClaims.some(permits) ? [] : ['let in without a token that permits it'];
}

function wrongWithAnswer(answer, method) {
  const { status, headers } = answer;
  if (status >= 500) return [`answered ${status}`];
  // Express and Node answer some requests by themselves, a target without a path for instance.
  if (
    headers.has('x-by') ||
    (method === undefined && status === 404) ||
    (!headers.has('content-type') && headers.get('connection')?.[0] === 'close')
  )
    return [];
  if (status === 200) return headers.has('www-authenticate') ? ['a permit with a challenge'] : [];
  return wrongWithRefusal(answer, method);
}

const text = String.raw`"[\x20-\x21\x23-\x5B\x5D-\x7E]*"`;
const challenges = {
  missing_token: /^Bearer realm="api"$/,
  invalid_request: new RegExp(`^Bearer realm="api", error="invalid_request", error_description=${text}$`),
  invalid_token: new RegExp(`^Bearer realm="api", error="invalid_token", error_description=${text}$`),
  insufficient_scope: new RegExp(
    `^Bearer realm="api", error="insufficient_scope", error_description=${text}, scope="read:things"$`,
  ),
};
const statuses = {
  missing_token: 401,
  invalid_request: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  insufficient_privilege: 403,
};

/** RFC 6750 section 3, RFC 9457 section 3, RFC 9110 section 9.3.2. */
function wrongWithRefusal(answer, method) {
  const { status, headers, body } = answer;
  const wrong = [];
  const demand = (holdsTrue, what) => holdsTrue || wrong.push(what);
  const single = (name) => (headers.get(name)?.length === 1 ? headers.get(name)[0] : undefined);
  demand(single('cache-control') === 'no-store', 'a refusal that may be cached');
  demand(single('content-type') === 'application/problem+json', 'a refusal that is no problem document');
  demand(!headers.has('retry-after'), 'a Retry-After on a refusal');
  if (method === 'HEAD' || (method === undefined && body === '')) return wrong;
  const problem = bodyOf(answer);
  const { code, title, detail, type } = problem ?? {};
  demand(statuses[code] === status && problem.status === status, `the code ${code} with the status ${status}`);
  demand(
    [title, detail, type].every((one) => typeof one === 'string' && /^[\x20-\x7E]+$/.test(one)),
    'texts of a problem',
  );
  const challenge = headers.get('www-authenticate') ?? [];
  if (challenges[code] === undefined) demand(challenge.length === 0, `a challenge with ${code}`);
  else demand(challenge.length === 1 && challenges[code].test(challenge[0]), `the challenge ${challenge.join(' | ')}`);
  demand(Number(single('content-length')) === Buffer.byteLength(body), 'the length of the body');
  return wrong;
}

/** @param {Answer} answer */
function bodyOf({ body }) {
  try {
    const value = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
