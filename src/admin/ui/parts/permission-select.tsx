// The catalogue goes in, a permission of one of its APIs comes out. What who signed in does not hold is greyed and says so.

import type { Catalogue } from '../answers.ts';
import { barrierInWords, barrierTo, useOwn } from '../own.ts';

export function PermissionSelect({
  catalogue,
  value,
  onChange,
  describedBy,
}: {
  catalogue: Catalogue;
  value: string;
  onChange: (value: string) => void;
  describedBy: string;
}) {
  const own = useOwn();
  const { apis, everything } = catalogue;
  const option = (name: string, api: string | undefined, label: string) => {
    const barrier = barrierTo(own, name, api);
    const reason = barrierInWords(barrier);
    return (
      <option key={name} value={valueOf(name, api)} disabled={typeof barrier === 'string'}>
        {label}
        {reason !== undefined && ` (${reason})`}
      </option>
    );
  };
  return (
    <label>
      Permission
      <select
        name="permission"
        value={value}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        <option value="">Choose one</option>
        {apis.map(({ identifier, name: title, permissions }) => (
          <optgroup key={identifier} label={title}>
            {permissions.map(({ name }) => option(name, identifier, name))}
          </optgroup>
        ))}
        <optgroup label="Of every API">{option(everything, undefined, `${everything} (every permission)`)}</optgroup>
      </select>
    </label>
  );
}

// The same name may be of several APIs.
function valueOf(name: string, api: string | undefined): string {
  return JSON.stringify(api === undefined ? [name] : [name, api]);
}

/** Of the value of the select. */
export function partsOf(value: string): { readonly name: string; readonly api: string | undefined } {
  if (value === '') return { name: '', api: undefined };
  const [name, api] = JSON.parse(value) as [string, string?];
  return { name, api };
}
