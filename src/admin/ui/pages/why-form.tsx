// A question goes in and out: of whom, which permission, on what, and with which scopes.

import type { Kind } from '../answers.ts';
import { definitionsIn, useCatalogue } from '../catalogue.ts';
import { BusyButton } from '../parts/busy-button.tsx';
import { TextField } from '../parts/text-field.tsx';
import { useSession } from '../session.ts';

/** As typed, and kept like every other form: a token is no part of it. */
export interface WhyDraft {
  by: 'subject' | 'token';
  kind: Kind;
  id: string;
  organization: string;
  permission: string;
  on: string;
  scopes: string;
}

export interface WhyQuestion extends WhyDraft {
  token: string;
}

export function questionIn(query: URLSearchParams): WhyDraft {
  const text = (name: string): string => query.get(name) ?? '';
  return {
    by: 'subject',
    kind: text('kind') === 'client' ? 'client' : 'user',
    id: text('id'),
    organization: text('organization'),
    permission: text('permission'),
    on: text('on'),
    scopes: text('scopes'),
  };
}

export function isAskable({ by, token, id, permission }: WhyQuestion): boolean {
  return permission.trim() !== '' && (by === 'token' ? token : id).trim() !== '';
}

export function WhyForm({
  form,
  isBusy,
  onChange,
  onAsk,
}: {
  form: WhyQuestion;
  isBusy: boolean;
  onChange: (patch: Partial<WhyQuestion>) => void;
  onAsk: () => void;
}) {
  const { data: catalogue } = useCatalogue();
  const { settings } = useSession();
  const all = catalogue === undefined ? [] : definitionsIn(catalogue);
  const names = all.filter(({ api }) => api === settings.api.identifier).map(({ name }) => name);
  const field = (name: 'id' | 'organization' | 'permission' | 'on' | 'scopes', label: string, note?: string) => (
    <TextField
      {...{ name, label }}
      {...(note !== undefined && { note })}
      {...(name === 'permission' && { list: 'permissions', required: true })}
      {...(name === 'id' && { required: true })}
      value={form[name]}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        if (isAskable(form)) onAsk();
      }}
    >
      <Whose form={form} onChange={onChange} />
      <div class="fields">
        {form.by === 'subject' ? (
          field('id', form.kind === 'user' ? 'User id' : 'Client id')
        ) : (
          <Token {...{ form, onChange }} />
        )}
        {field('permission', 'Permission')}
        {field('on', 'Resource', 'empty: everywhere')}
        {form.by === 'subject' && field('scopes', 'Scopes', 'empty: any')}
        {form.by === 'subject' && field('organization', 'Organization', 'empty: none')}
      </div>
      <datalist id="permissions">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <div class="actions">
        <BusyButton isBusy={isBusy} isBarred={!isAskable(form)}>
          May they?
        </BusyButton>
      </div>
    </form>
  );
}

function Whose({
  form: { by, kind },
  onChange,
}: {
  form: WhyQuestion;
  onChange: (patch: Partial<WhyQuestion>) => void;
}) {
  const { settings } = useSession();
  const choice = (label: string, isChosen: boolean, patch: Partial<WhyQuestion>) => (
    <label>
      <input type="radio" name="whose" checked={isChosen} onChange={() => onChange(patch)} /> {label}
    </label>
  );
  return (
    <fieldset class="inline">
      <legend>Who</legend>
      {choice('A user', by === 'subject' && kind === 'user', { by: 'subject', kind: 'user' })}
      {choice('A client', by === 'subject' && kind === 'client', { by: 'subject', kind: 'client' })}
      {settings.explainsTokens && choice('Whoever has this token', by === 'token', { by: 'token' })}
    </fieldset>
  );
}

function Token({ form, onChange }: { form: WhyQuestion; onChange: (patch: Partial<WhyQuestion>) => void }) {
  return (
    <label class="wide">
      Access token <span class="quiet">is not kept</span>
      <textarea
        name="token"
        rows={4}
        required
        autocomplete="off"
        spellcheck={false}
        value={form.token}
        onInput={(event) => onChange({ token: event.currentTarget.value })}
      />
    </label>
  );
}
