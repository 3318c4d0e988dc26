// A privilege goes in; what it permits or denies, where, and until when, comes out, and where it is from.

import type { Privilege } from '../answers.ts';
import { useSession } from '../session.ts';
import { dateAt, hasEnded, instant } from '../wording.ts';
import { PermissionLink, RoleLink } from './links.tsx';

export function PrivilegeText({ privilege }: { privilege: Privilege }) {
  const { permission, effect, audience } = privilege;
  return (
    <span class="privilege">
      {effect === 'deny' && <span class="tag denial">denial</span>} <PermissionLink name={permission} />{' '}
      <Bounds privilege={privilege} /> <AudienceText audience={audience} />
    </span>
  );
}

/** Of which API it is, where that is not the one that is administered. */
export function AudienceText({ audience }: { audience: string | undefined }) {
  const { api, audience: own } = useSession().settings;
  if (audience === undefined || audience === api.identifier) return null;
  return <span class="quiet">of {audience === own ? 'the administration' : <code>{audience}</code>}</span>;
}

/** On what, in which organization, until when. */
export function Bounds({ privilege: { on, organization, expiresAt } }: { privilege: Privilege }) {
  return (
    <>
      {on !== undefined && on !== '' && (
        <span>
          <span class="quiet">on</span> <code>{on}</code>
        </span>
      )}{' '}
      {organization !== undefined && (
        <span>
          <span class="quiet">in</span> <code>{organization}</code>
        </span>
      )}{' '}
      <Ends expiresAt={expiresAt} />
    </>
  );
}

export function Ends({ expiresAt }: { expiresAt: number | undefined }) {
  if (expiresAt === undefined) return null;
  const time = <time dateTime={dateAt(expiresAt).toISOString()}>{instant(expiresAt)}</time>;
  return hasEnded(expiresAt) ? <span class="tag ended">ended {time}</span> : <span class="quiet">until {time}</span>;
}

export function SourceText({ source }: { source: Privilege['source'] }) {
  switch (source?.kind) {
    case 'role':
    case 'built-in': {
      const { role = '', via } = source;
      return (
        <span>
          role <RoleLink uid={role} />
          {via !== undefined && via !== role && (
            <>
              , inherited by <RoleLink uid={via} />
            </>
          )}
        </span>
      );
    }
    case 'claim':
      return <span>the token’s permissions</span>;
    case 'scope':
      return <span>the token’s scopes</span>;
    case 'direct':
    case undefined:
      return <span>directly</span>;
  }
}
