// All that a client is told in words. Nothing that came with a request ever stands in these texts, and they hold only the
// characters that RFC 6750 section 3 allows in `error_description`.

export const refusalTexts = {
  missingToken: 'This request needs an access token.',
  invalidRequest: 'The access token is not sent in a valid way.',
  invalidToken: 'The access token is not valid here.',
  expired: 'The access token has expired.',
  notYetValid: 'The access token is not valid yet.',
  otherAudience: 'The access token is not meant for this API.',
  insufficientScope: 'The access token delegates too little: ask the user for the scopes named here.',
  insufficientPrivilege:
    'Whoever this request acts for does not hold the privilege it needs: an administrator can grant it.',
  policyRefused: 'A policy of this API does not allow this request.',
  notFound: 'There is no such resource.',
  unavailable: 'Access cannot be decided at the moment: try again later.',
} as const;
