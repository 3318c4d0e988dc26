// A decision goes in; yes or no, whose move it is, and every grant and denial that it is made by come out.

import type { Privilege, WhyAnswer } from '../answers.ts';
import { PrivilegeText, SourceText } from '../parts/privilege-text.tsx';
import { toSubject } from '../places.ts';
import { inWords } from '../wording.ts';

const moves = {
  scope: 'The privilege is held, but no scope delegates it: the user has to sign in again and consent to it.',
  privilege: 'The privilege is not held, or a denial stands against it: that is an administrator’s to change.',
  policy: 'A rule of the API takes it away for this request.',
} as const;

export function WhyAnswerView({ answer }: { answer: WhyAnswer }) {
  const { decision, lacking, permission, on, subject, refused, granted, denied } = answer;
  const what = inWords({ permission, ...(on !== undefined && { on }) });
  return (
    <section class={decision ? 'answer yes' : 'answer no'} aria-labelledby="answer">
      <div role="status">
        <h2 id="answer">{decision ? 'Yes' : 'No'}</h2>
        {refused === undefined ? (
          <p>
            <Whoever subject={subject} /> {decision ? 'may' : 'may not'} use <code>{what}</code>.
          </p>
        ) : (
          <p>
            The API refuses the token itself, with {refused.status} <code>{refused.code}</code>: {refused.detail}
          </p>
        )}
        {lacking !== undefined && <p>{moves[lacking]}</p>}
      </div>
      {refused === undefined && (
        <>
          <h3>Because</h3>
          <ul class="ways">
            {granted.length === 0 && <li>Nothing grants it.</li>}
            <Ways privileges={granted} />
            <Ways privileges={denied} />
          </ul>
        </>
      )}
    </section>
  );
}

function Whoever({ subject: { kind, id, organization, client } }: { subject: WhyAnswer['subject'] }) {
  return (
    <>
      {kind === undefined || id === undefined ? 'Whoever it is' : <a href={toSubject({ kind, id })}>{id}</a>}
      {organization !== undefined && (
        <>
          {' '}
          in <code>{organization}</code>
        </>
      )}
      {client !== undefined && (
        <>
          {' '}
          with the application <code>{client}</code>
        </>
      )}
    </>
  );
}

function Ways({ privileges }: { privileges: readonly Privilege[] }) {
  return (
    <>
      {privileges.map((one) => (
        <li key={JSON.stringify(one)}>
          {one.effect === undefined && <span class="tag grant">granted</span>} <PrivilegeText privilege={one} />{' '}
          <SourceText source={one.source} />
        </li>
      ))}
    </>
  );
}
