// What an application asked for and what it was granted go in, what was withheld comes out (RFC 6749 sections 3.3 and 5.1).

/** What was asked for, and what came back. */
export interface Grant {
  /** The scopes of the authorization request, as its `scope` or one by one. */
  readonly requested: string | Iterable<string>;
  /** Those of the token response; undefined, as where it has no `scope`: all that was asked for (RFC 6749 section 5.1). */
  readonly granted: string | Iterable<string> | undefined;
}

/** How the two compare, each scope once. */
export interface GrantComparison {
  readonly granted: readonly string[];
  /** Asked for and not granted: what an application has to do without, or explain and ask for again. */
  readonly withheld: readonly string[];
  /** Whether anything was withheld. */
  readonly reduced: boolean;
}

/** Which scopes were granted of those that were requested. `offline_access` and OpenID's scopes are scopes like any other here. */
export function compareGrant({ requested, granted }: Grant): GrantComparison {
  const asked = scopesIn(requested);
  const given = granted === undefined ? asked : scopesIn(granted);
  const withheld = [...asked].filter((scope) => !given.has(scope));
  return { granted: [...given], withheld, reduced: withheld.length > 0 };
}

export function scopesIn(scopes: string | Iterable<string>): Set<string> {
  const all = typeof scopes === 'string' ? scopes.split(' ') : scopes;
  return new Set([...all].filter((scope) => scope !== ''));
}
