// Before anything is timed: every contender gives the same claims for the same token, and refuses what must be refused.

import assert from 'node:assert/strict';
import { claimsOf, createSigner, flat } from './tokens.mjs';

/** @param {import('./contenders.mjs').Contender[]} contenders @param {ReturnType<typeof createSigner>} signer */
export async function assertAgreement(contenders, signer) {
  const { algorithm } = signer;
  const nowSeconds = Math.floor(Date.now() / 1000);
  for (const contender of contenders) {
    for (let number = 0; number < 10; number += 1) {
      const claims = claimsOf(number, algorithm);
      const token = signer.token(claims);
      // Twice, since some remember.
      for (let time = 0; time < 2; time += 1)
        assert.deepEqual({ ...(await askOnce(contender, token)) }, claims, contender.name);
    }
    for (const [what, token] of Object.entries(refusedTokens(signer, nowSeconds))) {
      for (let time = 0; time < 2; time += 1) {
        await assert.rejects(async () => askOnce(contender, token), `${contender.name} accepts ${what}`);
      }
    }
  }
}

async function askOnce(contender, token) {
  return contender.claims(contender.input(flat(token)));
}

function refusedTokens(signer, nowSeconds) {
  const { algorithm } = signer;
  const claims = claimsOf(1, algorithm);
  const [header, , signature] = signer.token(claims).split('.');
  const admin = Buffer.from(JSON.stringify({ ...claims, sub: 'auth0|admin' })).toString('base64url');
  return {
    'an expired token': signer.token(claimsOf(2, algorithm, nowSeconds - 100_000)),
    'a token of another key': createSigner(algorithm).token(claims),
    'changed claims': `${header}.${admin}.${signature}`,
    'a token for another API': signer.token({ ...claims, aud: ['https://other.example/'] }),
    'a token of another issuer': signer.token({ ...claims, iss: 'https://other.example/' }),
  };
}
