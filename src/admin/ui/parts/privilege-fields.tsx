// A privilege that is being put together goes in and out: which permission, on what, granted or denied, where and how long.

import { useId } from 'preact/hooks';
import type { Privilege } from '../answers.ts';
import { definitionsIn, useCatalogue } from '../catalogue.ts';
import { EndsField, instantIn } from './ends-field.tsx';
import { LoadedView } from './loaded-view.tsx';
import { PermissionSelect, partsOf } from './permission-select.tsx';
import { TextField } from './text-field.tsx';

/** As typed. */
export interface PrivilegeForm {
  /** Of the select; empty: none yet. */
  permission: string;
  on: string;
  isDenial: boolean;
  organization: string;
  ends: string;
}

export const emptyPrivilege: PrivilegeForm = { permission: '', on: '', isDenial: false, organization: '', ends: '' };

export function privilegeIn({ permission, on, isDenial, organization, ends }: PrivilegeForm): Privilege {
  const { name, api } = partsOf(permission);
  const expiresAt = instantIn(ends);
  return {
    permission: name,
    ...(api !== undefined && { audience: api }),
    ...(on.trim() !== '' && { on: on.trim() }),
    ...(isDenial && { effect: 'deny' as const }),
    ...(organization.trim() !== '' && { organization: organization.trim() }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

export function PrivilegeFields({
  form,
  onChange,
}: {
  form: PrivilegeForm;
  onChange: (patch: Partial<PrivilegeForm>) => void;
}) {
  const catalogue = useCatalogue();
  const hint = useId();
  const { name, api } = partsOf(form.permission);
  return (
    <LoadedView loaded={catalogue} what="the permissions">
      {(all) => {
        const definition = definitionsIn(all).find((one) => one.name === name && one.api === api);
        const takesNone = definition?.on?.length === 0;
        return (
          <>
            <div class="fields">
              <PermissionSelect
                catalogue={all}
                value={form.permission}
                onChange={(permission) => onChange({ permission })}
                describedBy={hint}
              />
              <TextField
                label="Resource"
                note={takesNone ? 'this permission takes none' : 'empty: everywhere'}
                name="on"
                value={takesNone ? '' : form.on}
                disabled={takesNone}
                onChange={(on) => onChange({ on })}
              />
              <EndsField value={form.ends} onChange={(ends) => onChange({ ends })} />
              <TextField
                label="Organization"
                note="empty: every one"
                name="organization"
                value={form.organization}
                onChange={(organization) => onChange({ organization })}
              />
            </div>
            <p class="quiet hint" id={hint}>
              {definition?.description}
              {(definition?.on?.length ?? 0) > 0 && (
                <>
                  . May be held on <code>{definition?.on?.join(', ')}</code>
                </>
              )}
            </p>
            <label>
              <input
                type="checkbox"
                name="denial"
                checked={form.isDenial}
                onChange={(event) => onChange({ isDenial: event.currentTarget.checked })}
              />
              Denial: must not, whatever else permits it
            </label>
          </>
        );
      }}
    </LoadedView>
  );
}
