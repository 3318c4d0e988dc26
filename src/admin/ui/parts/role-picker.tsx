// Nothing or a role goes in; a role that was searched and chosen comes out. Those that who signed in may not hand on are greyed.

import { useEffect, useState } from 'preact/hooks';
import type { Page, Role, SubjectInput } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { rememberRoles, roleName } from '../role-names.ts';
import { useSession } from '../session.ts';
import { counted } from '../wording.ts';
import { LoadedView } from './loaded-view.tsx';
import { MissingForRole } from './missing-for-role.tsx';

const shown = 20;
const pauseMs = 250;

export function RolePicker({
  legend,
  name,
  chosen,
  onChoose,
  taken,
  subject,
}: {
  legend: string;
  /** Of the radio buttons. */
  name: string;
  /** The uid; empty: none. */
  chosen: string;
  onChoose: (uid: string) => void;
  /** The uids of those that are there already. */
  taken: readonly string[];
  /** To whom it would be given. */
  subject: SubjectInput;
}) {
  const { api } = useSession();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), pauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  const roles = useLoaded(search, (signal) =>
    api.get<Page<Role>>(['roles'], { name: search, take: shown, delegatable: 'true' }, signal),
  );
  rememberRoles(roles.data?.items ?? []);
  return (
    <fieldset class="picker">
      <legend>{legend}</legend>
      <label>
        Search by name
        <input
          type="search"
          value={typed}
          autocomplete="off"
          onInput={(event) => setTyped(event.currentTarget.value)}
          // What is typed here is not the form to be sent.
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      </label>
      <LoadedView loaded={roles} what="roles">
        {({ items, total }) => (
          <>
            <div class="choices">
              {items.map((role) => (
                <Choice
                  key={role.uid}
                  {...{ role, name, subject }}
                  isChosen={role.uid === chosen}
                  isTaken={taken.includes(role.uid)}
                  onChoose={onChoose}
                />
              ))}
              {items.length === 0 && <p class="quiet">There is no such role.</p>}
            </div>
            {total > items.length && <p class="quiet">{counted(total - items.length, 'more role')}: search for it.</p>}
          </>
        )}
      </LoadedView>
      {chosen !== '' && roles.data?.items.every(({ uid }) => uid !== chosen) === true && (
        <p>
          Chosen: <strong>{roleName(chosen)}</strong>
        </p>
      )}
    </fieldset>
  );
}

function Choice({
  role: { uid, name: title, held, organization, delegatable },
  name,
  isChosen,
  isTaken,
  onChoose,
  subject,
}: {
  role: Role;
  name: string;
  isChosen: boolean;
  isTaken: boolean;
  onChoose: (uid: string) => void;
  subject: SubjectInput;
}) {
  // In one organization a role may be handed on that may not be in every one: only the server can tell.
  const { who } = useSession();
  const isElsewhere = organization !== undefined || who.subject.organization !== undefined;
  const isBarred = delegatable === false && !isElsewhere;
  return (
    <div class={isBarred || isTaken ? 'choice off' : 'choice'}>
      <label>
        <input
          type="radio"
          name={name}
          value={uid}
          checked={isChosen}
          disabled={isBarred || isTaken}
          onChange={() => onChoose(uid)}
        />
        <span>
          {title}
          {title !== uid && <code class="quiet"> {uid}</code>}{' '}
          <span class="quiet">
            {isTaken ? 'is there already' : `gives ${counted(held.length, 'privilege')}`}
            {organization !== undefined && `, in ${organization} only`}
            {isBarred && !isTaken && '; you do not hold all of it'}
          </span>
        </span>
      </label>
      {isBarred && !isTaken && <MissingForRole uid={uid} name={title} subject={subject} />}
    </div>
  );
}
