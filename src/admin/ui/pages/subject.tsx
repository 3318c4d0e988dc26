// A user or a client goes in; the roles and direct permissions it has, and all that they come to, come out.

import type { Kind, SubjectAnswer } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { Holdings } from '../parts/holdings.tsx';
import { Heading } from '../parts/heading.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { Picture } from '../parts/picture.tsx';
import { sections, toAudit, toWhy } from '../places.ts';
import { rememberRoles } from '../role-names.ts';
import { hrefTo } from '../router.ts';
import { useSession } from '../session.ts';
import { nameOf } from '../wording.ts';
import { SubjectGrants } from './subject-grants.tsx';
import { SubjectRoles } from './subject-roles.tsx';

export function SubjectPage({ kind, id }: { kind: Kind; id: string }) {
  const { api } = useSession();
  const record = useLoaded('record', (signal) => api.get<SubjectAnswer>(['subjects', kind, id], {}, signal));
  const { data, reload } = record;
  rememberRoles((data?.roles ?? []).map(({ role, name }) => ({ uid: role, name })));
  const subject = data?.subject;
  return (
    <>
      <Heading
        title={subject === undefined ? id : nameOf(subject)}
        above={{ href: hrefTo([sections[kind]]), label: kind === 'user' ? 'Users' : 'Clients' }}
      >
        <Picture of={subject} />
        <p class="facts">
          <span>
            <span class="quiet">{kind === 'user' ? 'User' : 'Client'}</span> <code>{id}</code>
          </span>
          {subject?.email !== undefined && <span>{subject.email}</span>}
          <a href={toWhy({ kind, id })}>May they …, and why?</a>
          <a href={toAudit({ [kind]: id })}>What was changed</a>
        </p>
      </Heading>
      <LoadedView loaded={record} what="what is assigned">
        {(answer) => (
          <>
            {answer.isUnknown === true && (
              <p class="advice">
                The directory of users does not know them (any more). What they still have can be taken back.
              </p>
            )}
            <SubjectRoles answer={answer} onChanged={reload} />
            <SubjectGrants answer={answer} onChanged={reload} />
            <Holdings
              title="What it comes to"
              lead="Everything that is held, by roles and directly."
              held={answer.held}
            />
          </>
        )}
      </LoadedView>
    </>
  );
}
