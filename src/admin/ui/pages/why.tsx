// A subject or a token, a permission and a resource go in; whether it is permitted, and why, comes out. Nothing is done.

import { useEffect, useState } from 'preact/hooks';
import type { WhyAnswer } from '../answers.ts';
import { useLoaded } from '../loading.ts';
import { Heading } from '../parts/heading.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { goTo } from '../router.ts';
import { toWhy } from '../places.ts';
import { useSession } from '../session.ts';
import { WhyAnswerView } from './why-answer.tsx';
import { isAskable, questionIn, WhyForm } from './why-form.tsx';
import type { WhyQuestion } from './why-form.tsx';

export function WhyPage({ query }: { query: URLSearchParams }) {
  const { api } = useSession();
  const address = query.toString();
  const [form, setForm] = useState<WhyQuestion>(() => questionIn(query));
  const [asked, setAsked] = useState<WhyQuestion>();
  useEffect(() => {
    const question = questionIn(query);
    setForm((last) => ({ ...question, by: last.token === '' ? question.by : last.by, token: last.token }));
    if (isAskable(question)) setAsked(question);
  }, [address]);
  const answer = useLoaded(asked && JSON.stringify(asked), () => api.post<WhyAnswer>(['why'], bodyOf(asked)));

  // A token is in no address: it stays in this page.
  function ask(): void {
    setAsked(form);
    if (form.by === 'token') return;
    const { kind, id, permission, on, scopes, organization } = form;
    goTo(toWhy({ kind, id, permission, on, scopes, organization }));
    answer.reload();
  }

  return (
    <>
      <Heading title="Why?">
        <p class="quiet">May they do it, and why? It is worked out as a guard would, and nothing is done.</p>
      </Heading>
      <WhyForm form={form} isBusy={answer.isBusy} onChange={(patch) => setForm({ ...form, ...patch })} onAsk={ask} />
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
