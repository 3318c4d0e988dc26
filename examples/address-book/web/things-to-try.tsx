// Nothing goes in; a few things to try come out, each of which fills in the choices above.

import type { Wish } from './sign-in.ts';

interface Trial {
  readonly title: string;
  readonly text: string;
  readonly wish: Wish;
}

const read = 'read:contacts';
const write = 'write:contacts';
const remove = 'delete:contacts';
const all = [read, write, remove, 'share:contacts'];

const trials: readonly Trial[] = [
  {
    title: 'Keep something back',
    text: 'Untick a scope at the consent page: Edgar may do it, this application may not. Then press the grey button.',
    wish: { person: 'edgar', client: 'mail-merge', scopes: [read, write] },
  },
  {
    title: 'Grant more than you have',
    text: 'Rita lets the application do everything. It can do no more than Rita, until an administrator says so.',
    wish: { person: 'rita', client: 'mail-merge', scopes: all },
  },
  {
    title: 'Skip the questions',
    text: 'The same Edgar through the address book’s own application: nobody asks, and his privileges decide.',
    wish: { person: 'edgar', client: 'address-book-web', scopes: [read] },
  },
  {
    title: 'Hit a denial',
    text: 'Dora is an editor, and yet there is a contact she never sees, and none that she deletes.',
    wish: { person: 'dora', client: 'address-book-web', scopes: [read, write, remove] },
  },
  {
    title: 'Begin with nothing',
    text: 'Noor is new. Let somebody share a contact with her, and sign in as her again.',
    wish: { person: 'noor', client: 'address-book-web', scopes: [read] },
  },
];

export function ThingsToTry({ onTry }: { onTry: (wish: Wish) => void }) {
  return (
    <section class="trials" aria-labelledby="trials">
      <h2 id="trials">Five things to try</h2>
      <ol>
        {trials.map(({ title, text, wish }) => (
          <li key={title}>
            <button type="button" class="link" onClick={() => onTry(wish)}>
              {title}
            </button>{' '}
            <span class="quiet">{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
