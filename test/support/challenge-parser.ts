// The value of a `WWW-Authenticate` field goes in, its challenges come out, or an Error that says where it is no list of
// challenges: RFC 9110 sections 5.6 and 11.6.1, with nothing let through that the grammar does not have. obs-text, which it
// has for the past, is refused too. Written from the RFC alone, not from what it is used to check.

export interface Challenge {
  /** As it was sent; schemes are compared without case (RFC 9110 section 11.1). */
  readonly scheme: string;
  /** Instead of parameters. */
  readonly token68: string | undefined;
  /** By their names in lower case, in order. */
  readonly parameters: ReadonlyMap<string, { readonly value: string; readonly isQuoted: boolean }>;
}

/** @throws Error where the text is no list of at least one challenge. */
export function challengesIn(text: string): readonly Challenge[] {
  const reader = new Reader(text);
  const challenges: Challenge[] = [];
  // 1#element = [ element ] *( OWS "," OWS [ element ] ), as a recipient reads it: RFC 9110 section 5.6.1.2
  for (;;) {
    reader.take(ows);
    if (!reader.isAt(/,/y) && !reader.isAtEnd) challenges.push(challengeAt(reader));
    reader.take(ows);
    if (reader.isAtEnd) break;
    reader.expect(/,/y, 'a comma');
  }
  if (challenges.length === 0) throw new Error('There is no challenge');
  return challenges;
}

const ows = /[ \t]*/y;
const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const token68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const qdtext = /[\t \x21\x23-\x5B\x5D-\x7E]+/y;
const quotedPair = /\\[\t \x21-\x7E]/y;
// A name with its equals sign; what only looks like one is the scheme of the next challenge.
const parameterAhead = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*=/y;

function challengeAt(reader: Reader): Challenge {
  const scheme = reader.expect(token, 'an auth-scheme');
  const parameters = new Map<string, { value: string; isQuoted: boolean }>();
  if (reader.take(/ +/y) === '') return { scheme, token68: undefined, parameters };
  // `a=` alone is a token68, and `a=b` a parameter.
  const whole = reader.take(token68);
  if (whole !== '') return { scheme, token68: whole, parameters };
  while (reader.isAt(parameterAhead)) {
    const { name, ...parameter } = parameterAt(reader);
    if (parameters.has(name)) throw new Error(`The parameter ${name} is there twice`);
    parameters.set(name, parameter);
    if (!continuesWithParameter(reader)) break;
  }
  return { scheme, token68: undefined, parameters };
}

/** Takes the commas before a further parameter; leaves those before a further challenge. */
function continuesWithParameter(reader: Reader): boolean {
  const before = reader.at;
  let commas = 0;
  for (reader.take(ows); reader.take(/,/y) !== ''; reader.take(ows)) commas += 1;
  if (commas > 0 && reader.isAt(parameterAhead)) return true;
  reader.at = before;
  return false;
}

function parameterAt(reader: Reader): { name: string; value: string; isQuoted: boolean } {
  const name = reader.expect(token, 'the name of a parameter').toLowerCase();
  reader.take(ows);
  reader.expect(/=/y, 'an equals sign');
  reader.take(ows);
  if (reader.take(/"/y) === '')
    return { name, value: reader.expect(token, 'a token or a quoted-string'), isQuoted: false };
  let value = '';
  while (reader.take(/"/y) === '') {
    value += reader.isAt(quotedPair)
      ? reader.expect(quotedPair, '').slice(1)
      : reader.expect(qdtext, 'qdtext or a closing quote');
  }
  return { name, value, isQuoted: true };
}

class Reader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.at === this.#text.length;
  }

  isAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.#text);
  }

  /** What the pattern matches here, perhaps nothing. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  expect(pattern: RegExp, what: string): string {
    const found = this.take(pattern);
    if (found === '') throw new Error(`Expected ${what} at ${this.at} of ${JSON.stringify(this.#text)}`);
    return found;
  }
}

// RFC 6750 sections 3 and 3.1
const errorCodes = ['invalid_request', 'invalid_token', 'insufficient_scope'];
const descriptionText = /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/;
const scopeText = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/;
const bearerParameters = ['realm', 'scope', 'error', 'error_description', 'error_uri'];

/** What one Bearer challenge says. */
export interface BearerParameters {
  readonly realm: string;
  readonly error?: string;
  readonly description?: string;
  readonly scope?: string;
}

/** @throws Error unless it is exactly one challenge, as RFC 6750 section 3 allows it, for this realm. */
export function expectBearer(
  challenges: readonly Challenge[],
  { realm }: { readonly realm: string },
): BearerParameters {
  const [challenge, ...others] = challenges;
  if (challenge === undefined || others.length > 0) throw new Error(`There are ${challenges.length} challenges`);
  const { scheme, parameters } = challenge;
  if (scheme !== 'Bearer') throw new Error(`The scheme is ${scheme}`);
  for (const [name, { value, isQuoted }] of parameters) {
    if (!bearerParameters.includes(name)) throw new Error(`A Bearer challenge has no ${name}`);
    if (!isQuoted) throw new Error(`${name} is not quoted`);
    if (!descriptionText.test(value)) throw new Error(`${name} has a character that it cannot have`);
  }
  const valueOf = (name: string): string | undefined => parameters.get(name)?.value;
  const [error, description, scope] = [valueOf('error'), valueOf('error_description'), valueOf('scope')];
  if (valueOf('realm') !== realm) throw new Error(`The realm is ${String(valueOf('realm'))}`);
  if (error !== undefined && !errorCodes.includes(error)) throw new Error(`${error} is no error code`);
  if (error === undefined && description !== undefined) throw new Error('A description describes no error');
  if (scope !== undefined && !scopeText.test(scope)) throw new Error('scope is no list of scopes');
  if ((scope !== undefined) !== (error === 'insufficient_scope')) throw new Error('scope goes with insufficient_scope');
  return {
    realm,
    ...(error !== undefined && { error }),
    ...(description !== undefined && { description }),
    ...(scope !== undefined && { scope }),
  };
}
