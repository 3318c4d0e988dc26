// The body that makes or changes the grant of a client goes in, what it says comes out checked; what a grant cannot be here is
// refused where it is asked for.

import { membersOf, textIn, textsIn } from './payload.ts';
import { invalid, longest, typeOf } from './properties.ts';

// Each with what it may be, beside null.
const fixed = new Map<string, { readonly only: unknown; readonly why: string }>([
  ['subject_type', { only: 'client', why: 'Only client is supported: what users are given is assigned to them' }],
  ['organization_usage', { only: 'deny', why: 'Only deny is supported: a grant is for no organization' }],
  ['allow_any_organization', { only: false, why: 'Only false is supported: a grant is for no organization' }],
  ['allow_all_scopes', { only: false, why: 'Only false is supported: name the scopes' }],
  ['default_for', { only: null, why: 'Not supported: a grant is for one client' }],
]);
const changeable = ['scope', 'organization_usage', 'allow_any_organization', 'allow_all_scopes'] as const;

export interface NewGrantFields {
  readonly clientId: string;
  readonly audience: string;
  readonly scope: readonly string[];
}

/** @throws RequestFault */
export function newGrantFields(body: unknown): NewGrantFields {
  const sent = membersOf(body, {
    required: ['client_id', 'audience', 'scope'],
    optional: [...changeable, 'subject_type', 'default_for', 'authorization_details_types'],
  });
  checkFixed(sent);
  return {
    clientId: textIn(sent.client_id, 'client_id', { atMost: longest.id }),
    audience: textIn(sent.audience, 'audience', { atMost: longest.identifier }),
    scope: scopeIn(sent.scope),
  };
}

/** The scopes it shall have; undefined: those it has. @throws RequestFault */
export function changedScope(body: unknown): readonly string[] | undefined {
  const sent = membersOf(body, { optional: [...changeable, 'authorization_details_types'] });
  checkFixed(sent);
  return sent.scope === undefined || sent.scope === null ? undefined : scopeIn(sent.scope);
}

const scopesAtOnce = 1000;

function scopeIn(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.length === 0) {
    throw invalid('Payload', 'A grant has at least one scope; without any, delete it', 'scope');
  }
  return textsIn(value, 'scope', { list: { atMost: scopesAtOnce }, text: { atMost: longest.permission } });
}

function checkFixed(sent: Readonly<Record<string, unknown>>): void {
  for (const [name, { only, why }] of fixed) {
    const value = sent[name];
    if (value !== undefined && value !== null && value !== only) throw invalid('Payload', why, name);
  }
  const types = sent['authorization_details_types'];
  if (types === undefined || (Array.isArray(types) && types.length === 0)) return;
  if (!Array.isArray(types)) {
    throw invalid('Payload', `Expected type array but found type ${typeOf(types)}`, 'authorization_details_types');
  }
  throw invalid('Payload', 'Not supported: a grant is of scopes', 'authorization_details_types');
}
