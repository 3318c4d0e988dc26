// What goes into `WWW-Authenticate`, out comes one Bearer challenge (RFC 6750 section 3, RFC 9110 section 11.6.1).

/** The parameters of one Bearer challenge; what is absent is left out. */
export interface BearerChallenge {
  realm: string;
  error?: string | undefined;
  description?: string | undefined;
  scope?: string | undefined;
}

export function bearerChallenge({ realm, error, description, scope }: BearerChallenge): string {
  const parameters = [`realm="${quotable(realm)}"`];
  if (error !== undefined) parameters.push(`error="${quotable(error)}"`);
  if (description !== undefined) parameters.push(`error_description="${quotable(description)}"`);
  if (scope !== undefined) parameters.push(`scope="${quotable(scope)}"`);
  return `Bearer ${parameters.join(', ')}`;
}

// The characters that RFC 6750 section 3 allows in these values; none of them needs an escape in a quoted-string.
function quotable(text: string): string {
  return text.replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?');
}
