// What a body says of an API beside its name and its permissions goes in, the same comes out checked. Nothing here issues tokens:
// it is kept for whoever reads it.

import { isRecord } from '../../core/options.ts';
import { listIn, membersOf, textIn } from './payload.ts';
import { excerpt, invalid, typeOf } from './properties.ts';

/** @throws RequestFault */
type Check = (value: unknown, property: string) => unknown;

const maxSeconds = 2_592_000;
const longestText = 600;

const checks = {
  allow_offline_access: truth,
  allow_online_access: truth,
  allow_online_access_with_ephemeral_sessions: truth,
  skip_consent_for_verifiable_first_party_clients: truth,
  enforce_policies: truth,
  token_lifetime: seconds,
  token_lifetime_for_web: seconds,
  token_lifetime_for_anonymous_access_tokens: seconds,
  token_dialect: oneOf('access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz'),
  signing_alg: oneOf('HS256', 'RS256', 'RS512', 'PS256'),
  consent_policy: oneOf('transactional-authorization-with-mfa'),
  verificationLocation: (value, property) => textIn(value, property, { atMost: longestText }),
  subject_type_authorization: subjectTypes,
  authorization_details: (value, property) => listIn(value, property, { atLeast: 0, atMost: 100 }),
  authorization_policy: object,
  proof_of_possession: object,
  token_encryption: object,
  options: object,
} as const satisfies Record<string, Check>;

export const settingNames = Object.keys(checks) as readonly (keyof typeof checks)[];

/** What is known, and is not kept. */
export const refusedNames = ['signing_secret'] as const;

/** Settings by name; null: back to what it is where nothing was said. Those that are undefined were not sent. */
export function settingsIn(sent: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  checkNoSecret(sent['signing_secret']);
  const given = settingNames.filter((name) => sent[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, sent[name] === null ? null : checks[name](sent[name], name)]));
}

// It would stand in the audit and in every answer, and nothing here signs.
function checkNoSecret(value: unknown): void {
  if (value === undefined || value === null) return;
  throw invalid('Payload', 'Secrets are not kept here, and no token is signed', 'signing_secret');
}

/** `kept` with what is new. */
export function settingsWith(
  kept: Readonly<Record<string, unknown>>,
  { subject_type_authorization: subjectsSent, ...changed }: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const before = kept['subject_type_authorization'];
  const subjects = isRecord(subjectsSent) && isRecord(before) ? { ...before, ...subjectsSent } : subjectsSent;
  const all = { ...kept, ...changed, ...(subjects !== undefined && { subject_type_authorization: subjects }) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

function truth(value: unknown, property: string): boolean {
  if (typeof value !== 'boolean') throw ofType('boolean', value, property);
  return value;
}

function seconds(value: unknown, property: string): number {
  if (!Number.isInteger(value)) throw ofType('integer', value, property);
  const number = value as number;
  if (number >= 0 && number <= maxSeconds) return number;
  throw invalid('Payload', `Expected a whole number from 0 to ${maxSeconds}, got ${number}`, property);
}

function object(value: unknown, property: string): object {
  if (!isRecord(value)) throw ofType('object', value, property);
  return value;
}

function oneOf(...choices: readonly string[]): Check {
  return (value, property) => {
    const text = textIn(value, property, { atMost: longestText });
    if (choices.includes(text)) return text;
    throw invalid('Payload', `No enum match for: ${excerpt(text)}, expected one of ${choices.join(', ')}`, property);
  };
}

const userPolicies = oneOf('allow_all', 'deny_all', 'require_client_grant');
const otherPolicies = oneOf('deny_all', 'require_client_grant');

function subjectTypes(value: unknown, property: string): object {
  const sent = membersOf(value, { optional: ['user', 'client', 'anonymous_user'] }, property);
  const given = Object.entries(sent).map(([kind, one]) => {
    const at = `${property}.${kind}`;
    const { policy } = membersOf(one, { required: ['policy'] }, at);
    return [kind, { policy: (kind === 'user' ? userPolicies : otherPolicies)(policy, `${at}.policy`) }];
  });
  return Object.fromEntries(given) as object;
}

function ofType(expected: string, value: unknown, property: string): Error {
  return invalid('Payload', `Expected type ${expected} but found type ${typeOf(value)}`, property);
}
