// What was typed goes in, on a version of a role that is no more the last one; beside it comes out what there is now, to choose from.

import type { ComponentChild } from 'preact';
import type { Privilege, Role } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { LoadedView } from '../parts/loaded-view.tsx';
import { Table } from '../parts/table.tsx';
import type { RoleDraft } from '../role-draft.ts';
import { roleName } from '../role-names.ts';
import { useSession } from '../session.ts';
import { inWords } from '../wording.ts';

export function RoleConflict({
  uid,
  draft,
  onKeep,
  onTake,
}: {
  uid: string;
  draft: RoleDraft;
  /** What was typed shall replace that version. */
  onKeep: (version: number) => void;
  /** What was typed is given up. */
  onTake: () => void;
}) {
  const { api } = useSession();
  const current = useLoaded('current', (signal) => api.get<Role>(['roles', uid], {}, signal));
  return (
    <div class="notice attention" role="alert">
      <p>
        <strong>Somebody else saved this role meanwhile.</strong> What you typed is kept. Look at what there is now,
        then choose.
      </p>
      <LoadedView loaded={current} what="the version there is now">
        {(role) => (
          <>
            <Table
              caption="What there is now, and what you typed"
              columns={['', `Version ${role.version}, there now`, 'Yours']}
              rows={rowsOf(role, draft).map(([name, theirs, yours]) => ({
                key: name,
                cells: [<strong>{name}</strong>, theirs, yours],
              }))}
            />
            <div class="actions">
              <button type="button" class="secondary" onClick={onTake}>
                Take version {role.version}, discard mine
              </button>
              <button type="button" onClick={() => onKeep(role.version)}>
                Keep mine, in place of version {role.version}
              </button>
            </div>
          </>
        )}
      </LoadedView>
    </div>
  );
}

/** What differs alone. */
function rowsOf(role: Role, draft: RoleDraft): [name: string, theirs: ComponentChild, yours: ComponentChild][] {
  const texts: [string, string, string][] = [
    ['Name', role.name, draft.name],
    ['What it is for', role.description ?? '', draft.description],
    ['Organization', role.organization ?? '', draft.organization],
  ];
  const lists: [string, readonly string[], readonly string[]][] = [
    ['Privileges', namesOf(role.privileges), namesOf(draft.privileges)],
    ['Inherits', role.inherits.map((one) => roleName(one.role)), draft.inherits.map((one) => roleName(one.role))],
  ];
  return [
    ...texts.filter(([, theirs, yours]) => theirs !== yours),
    ...lists
      .filter(([, theirs, yours]) => [...theirs].sort().join() !== [...yours].sort().join())
      .map(([name, theirs, yours]): [string, ComponentChild, ComponentChild] => [
        name,
        <Compared all={theirs} other={yours} />,
        <Compared all={yours} other={theirs} />,
      ]),
  ];
}

function namesOf(privileges: readonly Privilege[]): string[] {
  return privileges.map(inWords);
}

function Compared({ all, other }: { all: readonly string[]; other: readonly string[] }) {
  return (
    <ul class="ways">
      {all.map((one) => (
        <li key={one}>
          <code>{one}</code> {!other.includes(one) && <span class="tag">only here</span>}
        </li>
      ))}
    </ul>
  );
}
