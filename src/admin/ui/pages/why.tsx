// A subject or a token, a permission and a resource go in; whether it is permitted, and why, comes out. Nothing is done.

import { useState } from 'preact/hooks';
import type { WhyAnswer } from '../answers.ts';
import { useDraft } from '../drafts.ts';
import { useLoaded } from '../loading.ts';
import { Heading } from '../parts/heading.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { goTo } from '../router.ts';
import { toWhy } from '../places.ts';
import { useSession } from '../session.ts';
import { WhyAnswerView } from './why-answer.tsx';
import { isAskable, questionIn, WhyForm } from './why-form.tsx';
import type { WhyQuestion } from './why-form.tsx';

/** Another address is another question: give it a `key`. */
export function WhyPage({ query }: { query: URLSearchParams }) {
  const { api } = useSession();
  const first = questionIn(query);
  const { form, change, reset } = useDraft(`why ${query}`, first);
  // A token is in no address and in no storage: it stays in this page.
  const [token, setToken] = useState('');
  const question = { ...form, token };
  const [asked, setAsked] = useState(() => (isAskable({ ...first, token }) ? { ...first, token } : undefined));
  const answer = useLoaded(asked && JSON.stringify(asked), () => api.post<WhyAnswer>(['why'], bodyOf(asked)));

  function ask(): void {
    const { by, kind, id, permission, on, scopes, organization } = form;
    const href = toWhy({ kind, id, permission, on, scopes, organization });
    if (by === 'subject' && href !== location.hash) {
      // From here on the address says it all.
      reset();
      goTo(href);
      return;
    }
    setAsked(question);
    answer.reload();
  }

  function follow({ token: typed, ...patch }: Partial<WhyQuestion>): void {
    if (typed !== undefined) setToken(typed);
    change(patch);
  }

  return (
    <>
      <Heading title="Why?">
        <p class="quiet">May they do it, and why? It is worked out as a guard would, and nothing is done.</p>
      </Heading>
      <WhyForm form={question} isBusy={answer.isBusy} onChange={follow} onAsk={ask} />
      {asked && (
        <LoadedView loaded={answer} what="the answer">
          {(said) => <WhyAnswerView answer={said} />}
        </LoadedView>
      )}
    </>
  );
}

function bodyOf(question: WhyQuestion | undefined): object {
  if (question === undefined) return {};
  const { by, token, kind, id, organization, permission, on, scopes } = question;
  const whose =
    by === 'token'
      ? { token: token.trim().replace(/^Bearer\s+/i, '') }
      : { subject: { kind, id: id.trim(), ...(organization.trim() !== '' && { organization: organization.trim() }) } };
  return {
    ...whose,
    permission: permission.trim(),
    ...(on.trim() !== '' && { on: on.trim() }),
    // A token has scopes of its own.
    ...(by === 'subject' && scopes.trim() !== '' && { scopes: scopes.trim().split(/\s+/) }),
  };
}
