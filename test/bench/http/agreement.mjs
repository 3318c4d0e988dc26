// Before anything is timed: every API gives the same answer to the same good request, and refuses what must be refused.

import assert from 'node:assert/strict';
import { createSigner } from '../tokens/tokens.mjs';
import { answer } from './contract.mjs';
import { accessClaims } from './requests.mjs';

const stranger = createSigner('RS256');

/**
 * @param {import('./server.mjs').Server} server
 * @param {{ name: string, isGuarded: boolean, paths: string[] }} api
 * @param {ReturnType<typeof createSigner>} signer
 */
export async function assertAgreement({ port }, { name, isGuarded, paths }, signer) {
  const good = signer.token(accessClaims(1_000_000));
  // Twice, since some remember.
  for (const path of [...paths, ...paths]) {
    const { status, body } = await asked(port, path, good);
    assert.equal(status, 200, `${name} refuses a good token at ${path}: ${body}`);
    assert.equal(body, JSON.stringify(answer), `${name} at ${path}`);
  }
  if (!isGuarded) return;
  const bad = badTokens(signer);
  for (const path of paths) {
    for (const [what, token] of Object.entries(bad)) {
      for (let time = 0; time < 2; time += 1) {
        const wanted = what.startsWith('too little') ? 403 : 401;
        const { status, body } = await asked(port, path, token);
        assert.equal(status, wanted, `${name} at ${path} with ${what}`);
        assert.ok(!body.includes('Lovelace'), `${name} answers ${what}`);
      }
    }
  }
}

async function asked(port, path, token) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  return { status: response.status, body: await response.text() };
}

function badTokens(signer) {
  const claims = accessClaims(1_000_001);
  const seconds = Math.floor(Date.now() / 1000);
  const [header, , signature] = signer.token(claims).split('.');
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'auth0|admin' })).toString('base64url');
  return {
    'no token': undefined,
    'an expired token': signer.token({ ...claims, iat: seconds - 9000, exp: seconds - 3600 }),
    'a token of another key': stranger.token(claims),
    'changed claims': `${header}.${changed}.${signature}`,
    'a token for another API': signer.token({ ...claims, aud: ['https://other.example/'] }),
    'a token of another issuer': signer.token({ ...claims, iss: 'https://other.example/' }),
    'too little scope': signer.token({ ...claims, scope: 'openid profile' }),
  };
}
