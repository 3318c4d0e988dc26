// A request as it was meant goes in, the statuses that may answer it come out: RFC 6750, RFC 7515, RFC 7519 and RFC 9068 once
// more, in as little code as possible and none of the package's.

import { createHmac, verify } from 'node:crypto';
import { audience } from './issuers.mjs';

const maxTokenBytes = 8192;
const toleranceSeconds = 5;
// Nearer than this to a limit of time, either answer is right.
const blurSeconds = 2;
const maxLifetimeSeconds = 10 * 366 * 24 * 3600;
const maxLevels = 64;

/** @typedef {{ verdict: 'valid' | 'invalid' | 'either', claims?: Record<string, unknown> }} Judgement */

/**
 * @param {string} token
 * @param {import('./issuers.mjs').World} world
 * @param {boolean} strict profile 9068
 * @returns {Judgement}
 */
export function judgeToken(token, { issuers }, strict) {
  const invalid = { verdict: 'invalid' };
  if (token.length > maxTokenBytes) return invalid;
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) return invalid;
  const [header, claims] = parts.slice(0, 2).map(objectIn);
  if (header === undefined || claims === undefined) return invalid;
  const issuer = issuers.find(({ name }) => name === own(claims, 'iss'));
  if (issuer === undefined || !isSigned(parts, header, issuer)) return invalid;
  if (!hasUsableHeader(header, strict) || !hasUsableClaims(claims, strict)) return invalid;
  if (levelsOf(header) > maxLevels || levelsOf(claims) > maxLevels) return invalid;
  const inTime = timeVerdict(claims, strict);
  return inTime === 'invalid' ? invalid : { verdict: inTime, claims };
}

function isCanonical(part) {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}

function objectIn(part) {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const value = JSON.parse(decoder.decode(Buffer.from(part, 'base64url')));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object, name) {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isSigned([encodedHeader, payload, encodedSignature], header, { keys }) {
  const algorithm = own(header, 'alg');
  const named = Object.hasOwn(header, 'kid');
  const kid = own(header, 'kid');
  if (named && (typeof kid !== 'string' || kid === '')) return false;
  const signature = Buffer.from(encodedSignature, 'base64url');
  const input = Buffer.from(`${encodedHeader}.${payload}`);
  return keys.some((key) => {
    if (key.algorithm !== algorithm) return false;
    // A shared secret has no name to compare with.
    if (key.secret !== undefined) return createHmac('sha256', key.secret).update(input).digest().equals(signature);
    if (named && key.kid !== kid) return false;
    const how = { key: key.publicKey, dsaEncoding: 'ieee-p1363' };
    return verify(algorithm === 'EdDSA' ? null : 'sha256', input, how, signature);
  });
}

function hasUsableHeader(header, strict) {
  if (Object.hasOwn(header, 'crit')) return false;
  if (Object.hasOwn(header, 'b64') && header.b64 !== true) return false;
  if (!Object.hasOwn(header, 'typ')) return !strict;
  const allowed = strict ? ['at+jwt'] : ['at+jwt', 'jwt'];
  return typeof header.typ === 'string' && allowed.includes(header.typ.toLowerCase().replace(/^application\//, ''));
}

const bindings = ['cnf', 'at_hash', 'c_hash', 's_hash', 'events'];
const names = ['sub', 'client_id', 'azp', 'cid', 'appid', 'org_id'];

function hasUsableClaims(claims, strict) {
  const has = (name) => Object.hasOwn(claims, name);
  const aud = own(claims, 'aud');
  if (aud !== audience && !(Array.isArray(aud) && aud.includes(audience))) return false;
  if (bindings.some(has)) return false;
  if (names.some((name) => has(name) && !isText(claims[name]))) return false;
  if (!has('sub') && !maySpeakForMachine(claims)) return false;
  if (has('client_id') && has('azp') && claims.client_id !== claims.azp) return false;
  if (has('act') && !isObject(claims.act)) return false;
  if (has('nonce') && !['scope', 'scp', 'permissions', 'roles'].some(has)) return false;
  if (has('typ') && claims.typ !== 'Bearer') return false;
  if (has('token_use') && claims.token_use !== 'access') return false;
  return !strict || ['sub', 'client_id', 'jti'].every((name) => isText(own(claims, name)));
}

function isText(value) {
  return typeof value === 'string' && value !== '';
}

function levelsOf(value) {
  let levels = 0;
  for (let level = [value]; level.length > 0; levels += 1) {
    level = level.flatMap((one) => Object.values(one)).filter((one) => typeof one === 'object' && one !== null);
  }
  return levels;
}

function timeVerdict(claims, strict) {
  const nowSeconds = Date.now() / 1000;
  const dates = ['exp', 'nbf', 'iat'].filter((name) => name === 'exp' || Object.hasOwn(claims, name));
  if (!dates.every((name) => Number.isFinite(own(claims, name)))) return 'invalid';
  const { exp, nbf = -Infinity, iat } = claims;
  if (strict && iat === undefined) return 'invalid';
  const margins = [
    exp + toleranceSeconds - nowSeconds,
    nowSeconds + maxLifetimeSeconds - exp,
    nowSeconds + toleranceSeconds - nbf,
    ...(strict ? [nowSeconds + toleranceSeconds - iat] : []),
  ];
  if (margins.some((margin) => margin < -blurSeconds)) return 'invalid';
  return margins.some((margin) => margin < blurSeconds) ? 'either' : 'valid';
}

/** Anything that any of the large providers' machine tokens has: what it may do is then left open here. */
export function maySpeakForMachine(claims) {
  const client = ['client_id', 'azp', 'cid', 'appid'].map((name) => own(claims, name)).find(isText);
  const sub = own(claims, 'sub');
  const says = own(claims, 'gty') === 'client-credentials' || own(claims, 'idtyp') === 'app';
  const isClient = client !== undefined && (sub === client || sub === `${client}@clients`);
  return says || isClient || own(claims, 'preferred_username') === `service-account-${client}`;
}

/** Whether the scopes of the token delegate `read:things` (RFC 6749 section 3.3). */
export function delegates(claims) {
  const scope = own(claims, 'scope') ?? own(claims, 'scp');
  const scopes = typeof scope === 'string' ? scope.split(' ') : scope;
  return isTextList(scopes) && scopes.includes('read:things');
}

/**
 * Whether its subject holds `read:things` for a route.
 *
 * @param {Record<string, unknown>} claims
 * @param {{ route: string, thing?: string }} asked
 */
export function holds(claims, { route, thing }) {
  if (route === 'things' && (!isText(thing) || /[*?:/]/.test(thing))) return false;
  // What the store holds on some resources, the token never widens.
  if (claims.sub === 'bob') return route !== 'plain';
  if (claims.sub === 'alice') return route === 'list' || thing === '7';
  const assigned = own(claims, 'permissions');
  return isTextList(assigned) && assigned.includes('read:things');
}

function isTextList(value) {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

const b64token = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * The token that a request carries, `none`, or `unreadable` (RFC 6750 section 2).
 *
 * @param {{ door: string, lines: [string, string][], target: string, form?: string, method: string }} request
 */
export function tokenIn({ door, lines, target, form = '', method }) {
  const sent = lines.filter(([name]) => name.toLowerCase() === 'authorization').map(([, value]) => value);
  const found = sent.map(credentialsIn).filter((one) => one !== undefined);
  if (sent.length > 1) return { kind: 'unreadable' };
  if (door === 'open') {
    const [, ...query] = target.split('?');
    found.push(...new URLSearchParams(query.join('?')).getAll('access_token'));
    if (!['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method) && isForm(lines)) {
      found.push(...new URLSearchParams(form).getAll('access_token'));
    }
  }
  if (found.length === 0) return { kind: 'none' };
  if (found.length > 1 || !b64token.test(found[0])) return { kind: 'unreadable' };
  return { kind: 'token', token: found[0] };
}

function isForm(lines) {
  const [, type = ''] = lines.find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  return /^application\/x-www-form-urlencoded *(;|$)/i.test(type);
}

/** What follows the scheme; '' where nothing readable does; undefined for another scheme. */
function credentialsIn(value) {
  const trimmed = value.replace(/^[ \t]+|[ \t]+$/g, '');
  const [scheme] = /^[!#$%&'*+.^_`|~0-9A-Za-z-]*/.exec(trimmed);
  if (scheme.toLowerCase() !== 'bearer') return undefined;
  const rest = trimmed.slice(scheme.length);
  return rest.startsWith(' ') ? rest.replace(/^ +/, '') : '';
}
