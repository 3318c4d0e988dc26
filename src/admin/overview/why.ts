// "May X do Y on Z, and why" goes in, for somebody in the store or for a pasted token; what a guard would say comes out, with the
// grants and denials that it would say it by. Nothing is done.

import type { Access } from '../../core/access.ts';
import { AccessError } from '../../core/errors.ts';
import type { Privilege } from '../../core/privilege.ts';
import type { PermissionSet } from '../../core/permission-set.ts';
import type { Administered } from '../administered.ts';
import { Held } from '../decisions/held.ts';
import { ok } from '../exchange.ts';
import type { Call, Handle } from '../exchange.ts';
import { amiss, list, membersOf, optionalText, text } from './members.ts';

/** What is asked of whom. */
interface Asked {
  /** The catalogue's own name. */
  readonly permission: string;
  /** Absent: on every resource. */
  readonly on: string | undefined;
}

/** What it comes to. */
export interface Explanation {
  readonly decision: boolean;
  readonly permission: string;
  readonly on?: string;
  /** Whose move it is, where the answer is no: the user's, an administrator's, or the API's own rules'. */
  readonly lacking?: 'scope' | 'privilege' | 'policy';
  /** The grants of it, each with its source; where a resource was asked, those that cover it. */
  readonly granted: readonly Privilege[];
  /** The denials that stand against it. */
  readonly denied: readonly Privilege[];
  readonly subject: object;
  /** Where the token itself is refused: what the API would answer. */
  readonly refused?: { readonly status: number; readonly code: string; readonly detail: string };
}

/** `{ subject: { kind, id, organization? } | token, permission, on?, scopes? }`; `scopes` cut the answer to what a token delegates. */
export const explain: Handle = async (call) => {
  const { admin, body } = call;
  const given = membersOf(body, 'body', ['subject', 'token', 'permission', 'on', 'scopes']);
  const named = text(given.permission, 'permission');
  const permission = admin.catalogue.nameOf(named);
  if (permission === undefined) throw amiss('permission', 'a permission of the catalogue');
  const asked: Asked = { permission, on: optionalText(given.on, 'on') };
  if ((given.subject === undefined) === (given.token === undefined)) throw amiss('subject', 'given, or else `token`');
  if (given.token === undefined) return ok(await explainedFor(given.subject, given.scopes, asked, admin));
  if (given.scopes !== undefined) throw amiss('scopes', 'absent beside `token`, which has its own');
  return ok(await explainedByToken(text(given.token, 'token', 65_536), asked, call));
};

async function explainedFor(
  subject: unknown,
  scopes: unknown,
  { permission, on }: Asked,
  admin: Administered,
): Promise<Explanation> {
  const { kind, id, organization } = membersOf(subject, 'subject', ['kind', 'id', 'organization']);
  if (kind !== 'user' && kind !== 'client') throw amiss('subject.kind', "'user' or 'client'");
  const who = { type: kind, id: text(id, 'subject.id'), issuer: undefined };
  const where = optionalText(organization, 'subject.organization');
  const delegated =
    scopes === undefined ? undefined : list(scopes, 'scopes').map((one, at) => text(one, `scopes[${at}]`));
  const rights = await new Held(admin).by(who, { scopes: delegated, organization: where });
  if (rights === undefined) throw amiss('subject', 'somebody of a trusted issuer');
  const decision = rights.permissions.has(permission, on);
  const isHeld = rights.privileges.has(permission, on);
  return {
    decision,
    ...said({ permission, on }, rights.privileges),
    ...(!decision && { lacking: isHeld ? 'scope' : 'privilege' }),
    subject: { kind, id: who.id, ...(where !== undefined && { organization: where }) },
  };
}

async function explainedByToken(token: string, asked: Asked, { admin, request }: Call): Promise<Explanation> {
  const { apiAuthorizer: way } = admin;
  if (way === undefined) throw amiss('token', 'absent: no authorizer of the API was given here');
  const { permission, on } = asked;
  let access: Access;
  try {
    const identified = await way.identify({ method: 'GET', headers: { authorization: `Bearer ${token}` } });
    if (identified === undefined) throw amiss('token', 'an access token');
    access = await way.load(identified, request);
  } catch (cause) {
    if (!(cause instanceof AccessError) || cause.status === 503) throw cause;
    const { status, code, message: detail } = cause;
    const none = { granted: [], denied: [], subject: {} };
    return { decision: false, permission, ...(on !== undefined && { on }), refused: { status, code, detail }, ...none };
  }
  const decision = access.permissions.has(permission, on);
  return {
    decision,
    ...said(asked, access.privileges),
    ...(!decision && { lacking: lackingIn(access, asked, way.isDelegated(access, permission)) }),
    subject: { ...access.subject, ...(access.client !== undefined && { client: access.client }) },
  };
}

function lackingIn(access: Access, { permission, on }: Asked, isDelegated: boolean): 'scope' | 'privilege' | 'policy' {
  if (!access.privileges.has(permission, on)) return 'privilege';
  return isDelegated ? 'policy' : 'scope';
}

function said(
  { permission, on }: Asked,
  privileges: PermissionSet,
): Pick<Explanation, 'permission' | 'on' | 'granted' | 'denied'> {
  return { permission, ...(on !== undefined && { on }), ...privileges.explain(permission, on) };
}
