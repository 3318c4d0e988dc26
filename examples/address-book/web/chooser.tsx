// Who there is and what is chosen so far go in; three choices come out, of who signs in, through which application, and what it asks for.

import type { Client, Facts } from './answers.ts';
import { ScopeChoice } from './scope-choice.tsx';
import { clientOf, clientsHere, personOf } from './rows.ts';
import type { SignedIn, Wish } from './sign-in.ts';

export interface ChooserProps {
  readonly facts: Facts;
  readonly wish: Wish;
  readonly session: SignedIn | undefined;
  readonly isOpen: boolean;
  readonly isBusy: boolean;
  readonly onChange: (wish: Wish) => void;
  readonly onOpen: () => void;
  readonly onClose: () => void;
  readonly onSignIn: () => void;
}

export function Chooser(props: ChooserProps) {
  const { facts, wish, session, isOpen, isBusy, onOpen, onClose, onSignIn } = props;
  const name = personOf(facts, wish.person)?.name ?? wish.person;
  if (!isOpen) {
    return (
      <p class="chosen">
        <span>
          <b>{name}</b> through <b>{wish.client}</b>{' '}
          <span class="tag">{clientOf(facts, wish)?.firstParty ? 'first-party' : 'third-party'}</span>
        </span>
        <button type="button" class="small secondary" onClick={onOpen}>
          Try another person or application
        </button>
      </p>
    );
  }
  return (
    <form
      class="card chooser"
      aria-label="Sign in"
      onSubmit={(event) => {
        event.preventDefault();
        onSignIn();
      }}
    >
      <div class="choices">
        <PersonChoice {...props} />
        <ClientChoice {...props} />
        <ScopeChoice {...props} />
      </div>
      <p class="actions">
        <button type="submit" aria-disabled={isBusy}>
          Sign in as {name} through {wish.client}
        </button>
        {session !== undefined && (
          <button type="button" class="secondary" onClick={onClose}>
            Stay
          </button>
        )}
        <span class="quiet">
          On the next page the password, <code>{personOf(facts, wish.person)?.password}</code>, is filled in.
        </span>
      </p>
    </form>
  );
}

function PersonChoice({ facts, wish, onChange }: ChooserProps) {
  return (
    <fieldset>
      <legend>
        <span class="step">1</span> Who signs in
      </legend>
      {facts.people.map(({ id, name, about }) => (
        <label key={id} class="option">
          <input
            type="radio"
            name="person"
            checked={wish.person === id}
            onChange={() => onChange({ ...wish, person: id })}
          />
          <span>
            <b>{name}</b> <span class="quiet">{about}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function ClientChoice({ facts, wish, onChange }: ChooserProps) {
  return (
    <fieldset>
      <legend>
        <span class="step">2</span> Through which application
      </legend>
      <div class="pair">
        {clientsHere(facts).map((client) => (
          <label key={client.id} class="option boxed">
            <input
              type="radio"
              name="client"
              checked={wish.client === client.id}
              onChange={() => onChange({ ...wish, client: client.id })}
            />
            <span>
              <b>{client.id}</b> <span class="tag">{client.firstParty ? 'first-party' : 'third-party'}</span>
              <Differences client={client} />
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Differences({ client: { firstParty } }: { client: Client }) {
  const differences = firstParty
    ? [
        'The address book’s own.',
        'No consent page: nothing can be unticked.',
        'Its delegation is implicit: privileges decide.',
      ]
    : [
        'Somebody else’s.',
        'The consent page always asks; each scope can be unticked.',
        'Scopes limit it, whoever signs in.',
      ];
  return (
    <ul class="differences quiet">
      {differences.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
