// What was changed, by whom, to whom, before, after, when and why: a page of it, or all of it as a stream of lines.

import type { AuditEntry, AuditQuery, ChangeAction, Person } from '../../core/role-store.ts';
import { ok } from '../exchange.ts';
import type { Answer, Handle } from '../exchange.ts';
import { report } from '../reported.ts';
import { checkedQuery, oneOf, pageIn, pageNames, wholeNumber, wrong } from '../query.ts';
import type { Administered } from '../administered.ts';

const actions: readonly ChangeAction[] = [
  'grant',
  'revoke',
  'assign',
  'deassign',
  'put-role',
  'delete-role',
  'put-api',
  'delete-api',
];

const names = [...pageNames, 'user', 'client', 'actor', 'actorClient', 'system', 'permission', 'role'] as const;
const latest = 8_640_000_000_000_000;

/**
 * With `Accept: application/x-ndjson` (RFC 9110 section 12.5.1) all that is asked for is streamed, an entry a line. The oldest after
 * `since` first, for whoever keeps a copy: the revision of the last line is the next `since`.
 */
export const readAudit: Handle = async ({ query, request, admin }) => {
  const values = checkedQuery(query, [...names, 'action', 'from', 'until', 'since', 'order']);
  const isStream = acceptsLines(request);
  const { action, from, until, since, permission, role } = values;
  const order = oneOf('order', values.order ?? (isStream ? 'oldest' : 'newest'), ['newest', 'oldest']);
  const asked: AuditQuery = {
    order,
    ...whom(values, admin),
    ...(action !== undefined && { action: oneOf('action', action, actions) }),
    ...(permission !== undefined && { permission }),
    ...(role !== undefined && { role }),
    ...(from !== undefined && { from: wholeNumber('from', from, { atLeast: 0, atMost: latest }) }),
    ...(until !== undefined && { until: wholeNumber('until', until, { atLeast: 0, atMost: latest }) }),
    ...(since !== undefined && { since: wholeNumber('since', since, { atLeast: 0, atMost: latest }) }),
  };
  if (isStream) {
    const paged = pageNames.find((name) => values[name] !== undefined);
    if (paged !== undefined) throw wrong(paged, 'absent where all of it is streamed: `since` says where to go on');
    return streamed(asked, admin, request);
  }
  return ok(await admin.store.audit({ ...asked, ...pageIn(values) }));
};

function whom(
  { user, client, actor, actorClient, system }: Readonly<Partial<Record<(typeof names)[number], string>>>,
  { issuer }: Administered,
): Pick<AuditQuery, 'subject' | 'actor'> {
  if (user !== undefined && client !== undefined) throw wrong('client', 'absent beside `user`');
  const actors = [actor, actorClient, system].filter((one) => one !== undefined);
  if (actors.length > 1) throw wrong('actor', 'the only one of actor, actorClient and system');
  const person = (id: string | undefined, kind: Person['kind']): Person[] =>
    id === undefined ? [] : [{ issuer, id, kind }];
  const [subject] = [...person(user, 'user'), ...person(client, 'client')];
  const [who] = [
    ...person(actor, 'user'),
    ...person(actorClient, 'client'),
    ...(system === undefined ? [] : [{ system }]),
  ];
  return { ...(subject !== undefined && { subject }), ...(who !== undefined && { actor: who }) };
}

// Who asks for either gets lines; a weight of 0 is a refusal.
function acceptsLines({ headers }: Request): boolean {
  const ranges = (headers.get('accept') ?? '').split(',').map((one) => one.trim());
  const lines = ranges.find((one) => /^application\/x-ndjson\s*(?:;|$)/i.test(one));
  return lines !== undefined && !/;\s*q=0(?:\.0{0,3})?\s*(?:;|$)/i.test(lines);
}

const pageOf = 200;

async function streamed(asked: AuditQuery, admin: Administered, request: Request): Promise<Answer> {
  const { store } = admin;
  // The first page is asked for before the answer begins: what is wrong can still be said.
  let page = await store.audit({ ...asked, take: pageOf });
  // Its status is sent already: whoever reads it sees that it breaks, and the operator hears why.
  const pageAfter = async (after: string): Promise<typeof page> => {
    try {
      return await store.audit({ ...asked, take: pageOf, after });
    } catch (cause) {
      report(admin, cause, request);
      throw cause;
    }
  };
  let isFirst = true;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!isFirst) {
        if (page.next === undefined || request.signal.aborted) return controller.close();
        page = await pageAfter(page.next);
      }
      isFirst = false;
      if (page.items.length === 0) return controller.close();
      controller.enqueue(encoder.encode(page.items.map(lineOf).join('')));
    },
  });
  return { status: 200, body, headers: { 'Content-Type': 'application/x-ndjson' } };
}

function lineOf(entry: AuditEntry): string {
  return `${JSON.stringify(entry)}\n`;
}
