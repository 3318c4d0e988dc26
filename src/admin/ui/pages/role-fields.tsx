// A role that is being put together goes in and out: its name, what it is for, its privileges, and what it inherits.

import { Bounds } from '../parts/privilege-text.tsx';
import { emptyPrivilege, PrivilegeFields, privilegeIn } from '../parts/privilege-fields.tsx';
import { Fold } from '../parts/fold.tsx';
import { RolePicker } from '../parts/role-picker.tsx';
import { TextField } from '../parts/text-field.tsx';
import { uidOf } from '../role-draft.ts';
import type { RoleDraft } from '../role-draft.ts';
import { roleName } from '../role-names.ts';
import { useSession } from '../session.ts';
import { inWords, placeOf } from '../wording.ts';

export function RoleFields({
  draft,
  onChange,
  isNew,
  isBuiltIn,
}: {
  draft: RoleDraft;
  onChange: (patch: Partial<RoleDraft>) => void;
  isNew: boolean;
  isBuiltIn: boolean;
}) {
  const { name, description, organization, uid } = draft;
  return (
    <>
      <div class="fields">
        <TextField
          label="Name"
          name="name"
          required
          maxLength={190}
          disabled={isBuiltIn}
          value={name}
          onChange={(value) => onChange({ name: value })}
        />
        {isNew && (
          <TextField
            label="Identifier"
            note={`stays for ever; empty: ${uidOf({ uid: '', name }) || 'made of the name'}`}
            name="uid"
            maxLength={40}
            value={uid}
            onChange={(value) => onChange({ uid: value })}
          />
        )}
        <TextField
          label="What it is for"
          name="description"
          maxLength={1000}
          value={description}
          onChange={(value) => onChange({ description: value })}
        />
        {!isBuiltIn && (
          <TextField
            label="Organization"
            note="empty: every one"
            name="role-organization"
            value={organization}
            onChange={(value) => onChange({ organization: value })}
          />
        )}
      </div>
      <Privileges draft={draft} onChange={onChange} />
      <Inherits draft={draft} onChange={onChange} />
    </>
  );
}

interface Part {
  draft: RoleDraft;
  onChange: (patch: Partial<RoleDraft>) => void;
}

function Privileges({ draft: { privileges, adding }, onChange }: Part) {
  const add = (): void => {
    const added = privilegeIn(adding);
    const others = privileges.filter((one) => placeOf(one) !== placeOf(added));
    onChange({ privileges: [...others, added], adding: emptyPrivilege });
  };
  return (
    <fieldset>
      <legend>Privileges</legend>
      {privileges.length === 0 && <p class="quiet">None of its own.</p>}
      <ul class="rows">
        {privileges.map((one) => (
          <li key={placeOf(one)}>
            <span class="privilege">
              {one.effect === 'deny' && <span class="tag denial">denial</span>}
              <code>{one.permission}</code> <Bounds privilege={one} />
            </span>
            <button
              type="button"
              class="secondary small"
              onClick={() => onChange({ privileges: privileges.filter((other) => other !== one) })}
            >
              Remove<span class="hidden"> {inWords(one)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Fold title="Add a privilege" isOpen={adding.permission !== ''}>
        <PrivilegeFields form={adding} onChange={(patch) => onChange({ adding: { ...adding, ...patch } })} />
        <button type="button" class="secondary" disabled={adding.permission === ''} onClick={add}>
          Add this privilege
        </button>
      </Fold>
    </fieldset>
  );
}

function Inherits({ draft: { inherits, inheriting, uid }, onChange }: Part) {
  const { who } = useSession();
  return (
    <fieldset>
      <legend>Inherits</legend>
      {inherits.length === 0 && <p class="quiet">No other role.</p>}
      <ul class="rows">
        {inherits.map((one) => (
          <li key={JSON.stringify(one)}>
            <span>
              {roleName(one.role)} {one.organization !== undefined && <span class="tag">in {one.organization}</span>}
            </span>
            <button
              type="button"
              class="secondary small"
              onClick={() => onChange({ inherits: inherits.filter((other) => other !== one) })}
            >
              Remove<span class="hidden"> {roleName(one.role)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Fold title="Inherit a role" isOpen={inheriting !== ''}>
        <RolePicker
          legend="Role to inherit"
          name="inheriting"
          chosen={inheriting}
          onChoose={(role) => onChange({ inheriting: role })}
          taken={[uid, ...inherits.map(({ role }) => role)]}
          subject={who.subject}
        />
        <button
          type="button"
          class="secondary"
          disabled={inheriting === ''}
          onClick={() => onChange({ inherits: [...inherits, { role: inheriting }], inheriting: '' })}
        >
          Inherit this role
        </button>
      </Fold>
    </fieldset>
  );
}
