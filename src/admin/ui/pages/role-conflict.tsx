// What was typed goes in, on a version of a role that is no more the last one; beside it comes out what there is now, to choose from,
// or that it is the same: it was saved, and the answer was lost.

import type { ComponentChild } from 'preact';
import type { InheritedRole, Privilege, Role } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { LoadedView } from '../parts/loaded-view.tsx';
import { Table } from '../parts/table.tsx';
import type { RoleDraft } from '../role-draft.ts';
import { roleName } from '../role-names.ts';
import { useSession } from '../session.ts';
import { inWords, placeOf } from '../wording.ts';

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
      <LoadedView loaded={current} what="the version there is now">
        {({ version, ...role }) => {
          const rows = rowsOf(role, draft);
          if (rows.length === 0) return <Same version={version} onTake={onTake} />;
          return <Others version={version} rows={rows} onTake={onTake} onKeep={() => onKeep(version)} />;
        }}
      </LoadedView>
    </div>
  );
}

function Same({ version, onTake }: { version: number; onTake: () => void }) {
  return (
    <>
      <p>
        <strong>It is saved already.</strong> What there is now is what you typed.
      </p>
      <div class="actions">
        <button type="button" onClick={onTake}>
          Go on with version {version}
        </button>
      </div>
    </>
  );
}

type Difference = [name: string, theirs: ComponentChild, yours: ComponentChild];

function Others({
  version,
  rows,
  onTake,
  onKeep,
}: {
  version: number;
  rows: readonly Difference[];
  onTake: () => void;
  onKeep: () => void;
}) {
  return (
    <>
      <p>
        <strong>Somebody else saved this role meanwhile.</strong> What you typed is kept. Look at what there is now,
        then choose.
      </p>
      <Table
        caption="What there is now, and what you typed"
        columns={['', `Version ${version}, there now`, 'Yours']}
        rows={rows.map(([name, theirs, yours]) => ({ key: name, cells: [<strong>{name}</strong>, theirs, yours] }))}
      />
      <div class="actions">
        <button type="button" class="secondary" onClick={onTake}>
          Take version {version}, discard mine
        </button>
        <button type="button" onClick={onKeep}>
          Keep mine, in place of version {version}
        </button>
      </div>
    </>
  );
}

/** What differs alone. */
function rowsOf(role: Omit<Role, 'version'>, draft: RoleDraft): Difference[] {
  const texts: [string, string, string][] = [
    ['Name', role.name, draft.name.trim()],
    ['What it is for', role.description ?? '', draft.description.trim()],
    ['Organization', role.organization ?? '', draft.organization.trim()],
  ];
  const lists: [string, readonly Item[], readonly Item[]][] = [
    ['Privileges', role.privileges.map(itemOf), draft.privileges.map(itemOf)],
    ['Inherits', role.inherits.map(inheritedItem), draft.inherits.map(inheritedItem)],
  ];
  return [
    ...texts.filter(([, theirs, yours]) => theirs !== yours),
    ...lists
      .filter(([, theirs, yours]) => keysOf(theirs) !== keysOf(yours))
      .map(([name, theirs, yours]): Difference => [
        name,
        <Compared all={theirs} other={yours} />,
        <Compared all={yours} other={theirs} />,
      ]),
  ];
}

/** `key`: all of it, also what the words leave out. */
interface Item {
  readonly key: string;
  readonly words: string;
}

function itemOf(privilege: Privilege): Item {
  const { audience, expiresAt } = privilege;
  const words = `${inWords(privilege)}${audience === undefined ? '' : ` of ${audience}`}`;
  return { key: JSON.stringify([placeOf(privilege), expiresAt]), words };
}

function inheritedItem({ role, organization }: InheritedRole): Item {
  const words = `${roleName(role)}${organization === undefined ? '' : ` in ${organization}`}`;
  return { key: JSON.stringify([role, organization]), words };
}

function keysOf(items: readonly Item[]): string {
  return JSON.stringify(items.map(({ key }) => key).sort());
}

function Compared({ all, other }: { all: readonly Item[]; other: readonly Item[] }) {
  return (
    <ul class="ways">
      {all.map(({ key, words }) => (
        <li key={key}>
          <code>{words}</code> {!other.some((one) => one.key === key) && <span class="tag">only here</span>}
        </li>
      ))}
    </ul>
  );
}
