// What is asked for so far goes in; a tick for each permission comes out, with the advice to ask for little.

import type { ChooserProps } from './chooser.tsx';

/** What is needed to show contacts. */
const least = 'read:contacts';

export function ScopeChoice({ facts, wish, onChange }: ChooserProps) {
  const { scopes } = wish;
  const isLeast = scopes.length === 1 && scopes[0] === least;
  const isMuch = scopes.length === Object.keys(facts.permissions).length;
  const choose = (scope: string, isAsked: boolean): void => {
    const asked = Object.keys(facts.permissions).filter((one) => (one === scope ? isAsked : scopes.includes(one)));
    onChange({ ...wish, scopes: asked });
  };
  return (
    <fieldset>
      <legend>
        <span class="step">3</span> What the application asks for
      </legend>
      {Object.entries(facts.permissions).map(([scope, description]) => (
        <label key={scope} class="option">
          <input
            type="checkbox"
            checked={scopes.includes(scope)}
            onChange={(event) => choose(scope, event.currentTarget.checked)}
          />
          <span>
            <code>{scope}</code> <span class="quiet">{description}</span>
          </span>
        </label>
      ))}
      <p class="advice">
        {isMuch && 'Whoever is asked for everything at once says no to everything. '}
        {isLeast
          ? 'The least there is. More can be asked for when somebody presses a button that needs it.'
          : 'Ask for the least: what this page needs now, and the rest when it is needed.'}{' '}
        {!isLeast && (
          <button type="button" class="link" onClick={() => onChange({ ...wish, scopes: [least] })}>
            Ask for {least} alone
          </button>
        )}
      </p>
    </fieldset>
  );
}
