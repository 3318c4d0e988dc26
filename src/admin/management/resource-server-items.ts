// An API goes in, what the management API says of it comes out, with what a new one has where nothing else was said.

import { hexIdOf } from './derived-ids.ts';
import type { KnownApi } from './known-apis.ts';
import { settingNames } from './resource-server-settings.ts';

export interface ResourceServerItem {
  readonly id: string;
  readonly name: string;
  readonly identifier: string;
  /** Absent: nobody has said which there are. */
  readonly scopes?: readonly { readonly value: string; readonly description?: string }[];
  readonly [setting: string]: unknown;
}

const usual = Object.freeze({
  allow_offline_access: false,
  skip_consent_for_verifiable_first_party_clients: false,
  subject_type_authorization: { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } },
  token_lifetime: 86_400,
  token_lifetime_for_web: 7200,
  signing_alg: 'RS256',
});

export function resourceServerItem({
  identifier,
  name,
  isSystem,
  settings,
  permissions,
}: KnownApi): ResourceServerItem {
  const scopes = permissions.map(({ name: value, description }) => ({
    value,
    ...(description !== '' && { description }),
  }));
  // Others may keep what is theirs beside these.
  const kept = settingNames.filter((one) => Object.hasOwn(settings, one));
  const said: Record<string, unknown> = Object.fromEntries(kept.map((one) => [one, settings[one]]));
  return {
    id: resourceServerId(identifier),
    name,
    identifier,
    ...(isSystem && { is_system: true }),
    ...usual,
    ...said,
    // What was said of one kind of subject says nothing of the others.
    subject_type_authorization: {
      ...usual.subject_type_authorization,
      ...(said['subject_type_authorization'] as object),
    },
    ...((scopes.length > 0 || Object.hasOwn(settings, 'scopes')) && { scopes }),
  };
}

export function resourceServerId(identifier: string): string {
  return hexIdOf(identifier);
}

/** Whether it is an id and no identifier. */
export function isResourceServerId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text);
}
