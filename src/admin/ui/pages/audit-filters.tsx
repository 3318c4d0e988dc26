// What of the audit the address asks for goes in; fields to ask for other parts of it come out.

import { useEffect, useState } from 'preact/hooks';
import { Fold } from '../parts/fold.tsx';
import { TextField } from '../parts/text-field.tsx';
import { goTo, hrefTo } from '../router.ts';

export const filterNames = [
  'user',
  'client',
  'actor',
  'actorClient',
  'system',
  'action',
  'permission',
  'role',
  'from',
  'until',
] as const;

type Filters = Readonly<Record<string, string>>;

// Two fields each that exclude each other: what kind it is, and which one.
const whom = { user: 'User', client: 'Client' } as const;
const byWhom = { actor: 'User', actorClient: 'Client', system: 'System' } as const;

const actions = {
  grant: 'granted',
  revoke: 'revoked',
  assign: 'assigned',
  deassign: 'deassigned',
  'put-role': 'role saved',
  'delete-role': 'role deleted',
  'put-api': 'API saved',
  'delete-api': 'API deleted',
} as const;

export function actionInWords(action: string): string {
  return Object.hasOwn(actions, action) ? actions[action as keyof typeof actions] : action;
}

export function AuditFilters({ query }: { query: URLSearchParams }) {
  const address = query.toString();
  const [form, setForm] = useState<Filters>({});
  useEffect(() => setForm(Object.fromEntries(query)), [address]);
  const set = (patch: Filters): void => setForm({ ...form, ...patch });
  const text = (name: string, label: string) => (
    <TextField label={label} name={name} value={form[name] ?? ''} onChange={(value) => set({ [name]: value })} />
  );
  const time = (name: string, label: string) => (
    <label>
      {label}
      <input
        type="datetime-local"
        name={name}
        value={form[name] ?? ''}
        onInput={(event) => set({ [name]: event.currentTarget.value })}
      />
    </label>
  );
  const isFiltered = filterNames.some((name) => query.has(name));
  return (
    <search>
      <Fold title="Filter" isOpen={isFiltered}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const asked = filterNames.map((name): [string, string] => [name, (form[name] ?? '').trim()]);
            goTo(hrefTo(['audit'], Object.fromEntries(asked)));
          }}
        >
          <div class="fields">
            <OneOf title="Whom" choices={whom} form={form} onChange={set} />
            <OneOf title="By whom" choices={byWhom} form={form} onChange={set} />
            <label>
              Change
              <select
                name="action"
                value={form['action'] ?? ''}
                onChange={(event) => set({ action: event.currentTarget.value })}
              >
                <option value="">Any</option>
                {Object.entries(actions).map(([action, words]) => (
                  <option key={action} value={action}>
                    {words}
                  </option>
                ))}
              </select>
            </label>
            {text('permission', 'Permission')}
            {text('role', 'Role identifier')}
            {time('from', 'From')}
            {time('until', 'Until')}
          </div>
          <div class="actions">
            {isFiltered && (
              <a role="button" class="secondary" href={hrefTo(['audit'])}>
                Everything
              </a>
            )}
            <button type="submit">Filter</button>
          </div>
        </form>
      </Fold>
    </search>
  );
}

function OneOf({
  title,
  choices,
  form,
  onChange,
}: {
  title: string;
  choices: Readonly<Record<string, string>>;
  form: Filters;
  onChange: (patch: Filters) => void;
}) {
  const names = Object.keys(choices);
  const given = names.find((name) => (form[name] ?? '') !== '');
  const [chosen, setChosen] = useState(names[0] ?? '');
  const name = given ?? chosen;
  const none = Object.fromEntries(names.map((one) => [one, '']));
  return (
    <div class="pair">
      <label>
        {title}
        <select
          value={name}
          onChange={(event) => {
            const next = event.currentTarget.value;
            setChosen(next);
            onChange({ ...none, [next]: form[name] ?? '' });
          }}
        >
          {names.map((one) => (
            <option key={one} value={one}>
              {choices[one]}
            </option>
          ))}
        </select>
      </label>
      <TextField
        label={`${choices[name]} ${name === 'system' ? 'name' : 'id'}`}
        name={name}
        value={form[name] ?? ''}
        onChange={(value) => onChange({ ...none, [name]: value })}
      />
    </div>
  );
}
