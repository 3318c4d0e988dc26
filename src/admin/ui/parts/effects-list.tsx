// What changes would come to goes in; who would gain and lose what comes out.

import type { Effects, Privilege } from '../answers.ts';
import { counted, placeOf } from '../wording.ts';
import { SubjectLink } from './links.tsx';
import { PrivilegeText } from './privilege-text.tsx';

export function EffectsList({ effects: { total, subjects } }: { effects: Effects }) {
  const concerned = subjects.filter(({ gains, losses }) => gains.length + losses.length > 0);
  const unseen = total - subjects.length;
  if (total === 0) return <p>It is saved, and nobody gains or loses anything: nobody has it.</p>;
  return (
    <>
      <p>
        {counted(concerned.length, 'subject gains or loses', 'subjects gain or lose')} something
        {unseen > 0 && `, of the first ${subjects.length} of ${total.toLocaleString()} that were looked at`}.
      </p>
      <ul class="effects">
        {concerned.map(({ subject, gains, losses }) => (
          <li key={JSON.stringify([subject.kind, subject.id])}>
            <SubjectLink subject={subject} />
            <Part title="gains" sign="+" privileges={gains} />
            <Part title="loses" sign="−" privileges={losses} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Part({ title, sign, privileges }: { title: string; sign: string; privileges: readonly Privilege[] }) {
  if (privileges.length === 0) return null;
  return (
    <ul class={`part ${title}`} aria-label={title}>
      {privileges.map((one) => (
        <li key={placeOf(one)}>
          <b>
            <span class="hidden">{title}</span>
            <span aria-hidden="true">{sign}</span>
          </b>{' '}
          <PrivilegeText privilege={one} />
        </li>
      ))}
    </ul>
  );
}
