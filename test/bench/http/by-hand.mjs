// A key goes in; the least that an application can write by itself comes out: a look-up of tokens that were verified once. It
// knows no rotation of keys, no outage, no privileges: nothing can be much faster.

import { verify as verifySignature } from 'node:crypto';
import { audience, issuer } from '../tokens/tokens.mjs';
import { scope } from './contract.mjs';

const most = 20_000;

/** @returns {(authorization: string | undefined) => { status: number, claims?: object }} */
export function handWritten(publicKey) {
  const known = new Map();
  return (authorization) => {
    if (authorization === undefined) return refused(401);
    let found = known.get(authorization);
    if (found === undefined) {
      const claims = verified(authorization.slice('Bearer '.length), publicKey);
      if (claims === undefined) return refused(401);
      found = { status: 200, claims, scopes: new Set(claims.scope.split(' ')) };
      if (known.size >= most) known.clear();
      known.set(authorization, found);
    }
    if (Date.now() >= found.claims.exp * 1000) return refused(401);
    return found.scopes.has(scope) ? found : refused(403);
  };
}

function refused(status) {
  return { status };
}

function verified(token, publicKey) {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  if (!verifySignature('sha256', Buffer.from(token.slice(0, end), 'latin1'), publicKey, signature)) return undefined;
  const claims = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString());
  return claims.iss === issuer && claims.aud.includes(audience) && Date.now() < claims.exp * 1000 ? claims : undefined;
}
