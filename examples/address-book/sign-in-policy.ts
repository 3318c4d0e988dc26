// When a person is asked to sign in although the browser has a session: where an application comes that they have not signed in to, or
// that names somebody else. So one browser can play the user in one tab and the administrator in another.

import { interactionPolicy } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';

export function signInPolicy(): unknown {
  const { base, Check } = interactionPolicy;
  const policy = base();
  policy.get('login').checks.push(new Check('another_one', 'Somebody else may be meant', isAnotherMeant));
  return policy;
}

function isAnotherMeant({ oidc: { client, params, result, session } }: KoaContextWithOIDC): boolean {
  const here = client && session?.authorizationFor(client.clientId);
  if (here === undefined || session?.accountId === undefined) return false;
  if (result?.login !== undefined) here.hasSignedIn = true;
  // Whoever comes back from a page of this server has been asked.
  if (result !== undefined) return false;
  const hint = params?.['login_hint'];
  return here.hasSignedIn !== true || (hint !== undefined && hint !== session.accountId);
}
