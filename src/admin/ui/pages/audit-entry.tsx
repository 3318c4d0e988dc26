// One entry of the audit goes in; who did what to whom comes out, and on demand what there was before and after.

import { useState } from 'preact/hooks';
import type { AuditEntry } from '../answers.ts';
import { PermissionLink, RoleLink, SubjectLink } from '../parts/links.tsx';
import { dateAt, instant } from '../wording.ts';
import { actionInWords } from './audit-filters.tsx';

export function AuditEntryView({ entry }: { entry: AuditEntry }) {
  const { at, by, action, subject, roles = [], api, permissions, why, revision } = entry;
  const isAboutRole = action === 'assign' || action === 'deassign' || action.endsWith('-role');
  return (
    <li>
      <p>
        <time dateTime={dateAt(at).toISOString()}>{instant(at)}</time>{' '}
        <span class={`tag ${looks[action] ?? ''}`}>{actionInWords(action)}</span>{' '}
        {isAboutRole && roles.map((uid) => <RoleLink key={uid} uid={uid} />)}
        {!isAboutRole && permissions.map((name) => <PermissionLink key={name} name={name} />)}
        {api !== undefined && <code>{api}</code>}
        {subject !== undefined && (
          <>
            {' '}
            <span class="quiet">{prepositions[action] ?? 'of'}</span> <SubjectLink subject={subject} />
          </>
        )}
      </p>
      <p class="quiet">
        by{' '}
        {'system' in by ? (
          <>
            the system (<code>{by.system}</code>)
          </>
        ) : (
          <>
            <SubjectLink subject={by.subject} />
            {by.client !== undefined && (
              <>
                {' '}
                with <code>{by.client}</code>
              </>
            )}
          </>
        )}
        {why !== undefined && <q>{why}</q>}
      </p>
      <BeforeAndAfter entry={entry} label={`Before and after, revision ${revision}`} />
    </li>
  );
}

const looks: Readonly<Record<string, string>> = { revoke: 'denial', deassign: 'denial', 'delete-role': 'denial' };

const prepositions: Readonly<Record<string, string>> = {
  grant: 'to',
  revoke: 'from',
  assign: 'to',
  deassign: 'from',
};

function BeforeAndAfter({ entry: { before, after }, label }: { entry: AuditEntry; label: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {isOpen && (
        <div class="sides">
          <Side title="Before" value={before} />
          <Side title="After" value={after} />
        </div>
      )}
    </details>
  );
}

function Side({ title, value }: { title: string; value: unknown }) {
  return (
    <figure>
      <figcaption>{title}</figcaption>
      {value === null ? (
        <p class="quiet">Nothing</p>
      ) : (
        <pre tabIndex={0}>
          <code>{JSON.stringify(value, null, 2)}</code>
        </pre>
      )}
    </figure>
  );
}
