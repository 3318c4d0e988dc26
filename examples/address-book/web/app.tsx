// Nothing goes in; the page comes out: who signs in where and for what, the four columns, and the address book to try them on.

import { useEffect, useState } from 'preact/hooks';
import { Answer } from './answer.tsx';
import { Chooser } from './chooser.tsx';
import { Columns } from './columns.tsx';
import { Contacts } from './contacts.tsx';
import { NightlyExport } from './nightly-export.tsx';
import { Notices } from './notices.tsx';
import { RulesCard } from './rules-card.tsx';
import { clientsHere } from './rows.ts';
import type { Wish } from './sign-in.ts';
import { ThingsToTry } from './things-to-try.tsx';
import { Top } from './top.tsx';
import { useDemo } from './use-demo.ts';

/** Somebody who may much, through an application that is asked about. */
const first: Wish = { person: 'edgar', client: 'mail-merge', scopes: ['read:contacts', 'write:contacts'] };

export function App() {
  const demo = useDemo();
  const [wish, setWish] = useState(first);
  const [isChoosing, setChoosing] = useState(true);
  const { facts, session, problem } = demo;
  useEffect(() => {
    const last = session?.wish ?? problem?.wish;
    if (last !== undefined) setWish(last);
    setChoosing(session === undefined);
  }, [session, problem]);
  const choose = (chosen: Wish): void => {
    setWish(chosen);
    setChoosing(true);
    // Where it can be looked at and sent.
    setTimeout(() => document.querySelector<HTMLElement>('.chooser [type=submit]')?.focus());
  };

  return (
    <>
      <Top demo={demo} />
      <main>
        <h1>What may this request do?</h1>
        <p class="lead">
          What the user lets the application do <b class="and">AND</b> what the user may do. Never more than either.
        </p>
        <Notices demo={demo} />
        {facts !== undefined && (
          <>
            {clientsHere(facts).length > 0 && (
              <Chooser
                facts={facts}
                wish={wish}
                session={session}
                isOpen={isChoosing}
                isBusy={demo.isBusy}
                onChange={setWish}
                onOpen={() => setChoosing(true)}
                onClose={() => {
                  if (session !== undefined) setWish(session.wish);
                  setChoosing(false);
                }}
                onSignIn={() => demo.signIn(wish)}
              />
            )}
            <Columns
              facts={facts}
              // While somebody else is being chosen, the columns stay those of who is signed in.
              wish={session?.wish ?? wish}
              grant={session?.grant}
              me={demo.view.me}
            />
            <div class="try">
              <Contacts demo={demo} facts={facts} />
              <div class="aside">
                <Answer demo={demo} facts={facts} />
                <RulesCard demo={demo} />
                <NightlyExport />
              </div>
              <ThingsToTry onTry={choose} />
            </div>
          </>
        )}
      </main>
    </>
  );
}
