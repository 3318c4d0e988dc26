// What is known of a request once its token has been verified, before and after its privileges are loaded.

import type { Access } from './access.ts';
import type { BearerToken } from './bearer.ts';
import { credentialsIn } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import type { Loaded } from './store-answer.ts';
import type { JoseHeader } from './token.ts';
import { wholeText } from './whole-text.ts';

/** A verified token, with what it was last found to give. */
export interface KnownToken {
  readonly credentials: Credentials;
  loaded: Loaded | undefined;
  access: Access | undefined;
  /** The same token in organizations that guards have named. */
  elsewhere: Map<string | undefined, KnownToken> | undefined;
}

/** A token of which nothing has been loaded. */
export function knownToken(credentials: Credentials): KnownToken {
  return { credentials, loaded: undefined, access: undefined, elsewhere: undefined };
}

// Of one token; a request may name any organization, and write a name of any length.
const maxElsewhere = 4;
const maxNameLength = 128;

function knownIn(token: KnownToken, organization: string | undefined): KnownToken {
  const before = token.elsewhere?.get(organization);
  if (before !== undefined) return before;
  if (organization !== undefined && organization.length > maxNameLength) {
    return knownToken(credentialsIn(token.credentials, organization));
  }
  // The name may be a piece of a URL.
  const name = organization === undefined ? undefined : wholeText(organization);
  const known = knownToken(credentialsIn(token.credentials, name));
  token.elsewhere ??= new Map<string | undefined, KnownToken>();
  if (token.elsewhere.size >= maxElsewhere) token.elsewhere.clear();
  token.elsewhere.set(name, known);
  return known;
}

/** A request whose token has been verified; its privileges are loaded once, when something asks for them. */
export class Identified {
  readonly known: KnownToken;
  readonly header: JoseHeader;
  readonly bearer: BearerToken;
  access: Access | Promise<Access> | undefined;
  /** The same request in organizations that guards have named. */
  #elsewhere: Map<string | undefined, Identified> | undefined;

  constructor(known: KnownToken, header: JoseHeader, bearer: BearerToken) {
    this.known = known;
    this.header = header;
    this.bearer = bearer;
  }

  get credentials(): Credentials {
    return this.known.credentials;
  }

  /** The same request as it acts in that organization; undefined: in none. */
  in(organization: string | undefined): Identified {
    if (this.credentials.subject.organization === organization) return this;
    const there = (this.#elsewhere ??= new Map<string | undefined, Identified>());
    const before = there.get(organization);
    if (before !== undefined) return before;
    const identified = new Identified(knownIn(this.known, organization), this.header, this.bearer);
    there.set(organization, identified);
    return identified;
  }
}
