// What was asked, what was granted and what the API says of the caller go in; for each permission comes out how it stands in each of the
// four columns, and what is lacking where nothing is left.

import type { GrantComparison } from 'rightful/client';
import type { Facts, Held, Me } from './answers.ts';
import type { Wish } from './sign-in.ts';

/** Why a permission is of no use in this request. */
export type Lack = 'scope' | 'privilege' | 'denied' | 'rule' | 'policy';

export type Granted =
  | 'granted'
  /** Asked for, and unticked. */
  | 'withheld'
  /** The API takes the delegation to its own application as given. */
  | 'implicit'
  | 'not asked';

export interface Row {
  readonly permission: string;
  /** In words for people. */
  readonly description: string;
  readonly isRequested: boolean;
  /** Undefined: nobody has signed in. */
  readonly granted: Granted | undefined;
  readonly privileges: readonly Held[];
  readonly denials: readonly Held[];
  readonly effective: readonly Held[];
  /** Empty: it is effective, or nobody has signed in. */
  readonly lacks: readonly Lack[];
}

export interface Standing {
  readonly facts: Facts;
  readonly wish: Wish;
  readonly grant: GrantComparison | undefined;
  readonly me: Me | undefined;
}

export function rowsOf({ facts, wish, grant, me }: Standing): Row[] {
  const isFirstParty = clientOf(facts, wish)?.firstParty === true;
  return Object.entries(facts.permissions).map(([permission, description]) => {
    const isRequested = wish.scopes.includes(permission);
    const granted = grant && (isFirstParty ? 'implicit' : grantedOf(permission, grant));
    const held = (all: readonly Held[] = []): Held[] => all.filter((one) => isAbout(one, permission));
    const sets = { privileges: held(me?.privileges), denials: held(me?.denials), effective: held(me?.permissions) };
    const lacks = me === undefined || sets.effective.length > 0 ? [] : lacksOf(granted, sets);
    return { permission, description, isRequested, granted, ...sets, lacks };
  });
}

export function clientOf({ clients }: Facts, { client }: Wish): Facts['clients'][number] | undefined {
  return clients.find(({ id }) => id === client);
}

/** Those that come back to this page; none, where people sign in at another process. */
export function clientsHere({ api, clients }: Facts): Facts['clients'] {
  return clients.filter(({ redirectUris = [] }) => redirectUris.includes(`${api}/callback`));
}

export function personOf({ people }: Facts, id: string): Facts['people'][number] | undefined {
  return people.find((one) => one.id === id);
}

function grantedOf(permission: string, { granted, withheld }: GrantComparison): Granted {
  if (granted.includes(permission)) return 'granted';
  return withheld.includes(permission) ? 'withheld' : 'not asked';
}

function lacksOf(granted: Granted | undefined, { privileges, denials }: Pick<Row, 'privileges' | 'denials'>): Lack[] {
  const scope: Lack[] = granted === 'granted' || granted === 'implicit' ? [] : ['scope'];
  const privilege: Lack[] = privileges.length > 0 ? [] : [denials.length > 0 ? 'denied' : 'privilege'];
  const lacks = [...scope, ...privilege];
  // Both say yes: something else has taken it away.
  return lacks.length > 0 ? lacks : ['rule'];
}

/** A pattern of a privilege ends in `*`. */
export function isAbout({ permission: pattern }: Held, permission: string): boolean {
  return pattern.endsWith('*') ? permission.startsWith(pattern.slice(0, -1)) : pattern === permission;
}

/** Whether a privilege or denial holds for a contact; undefined: for every one there is. */
export function reaches({ on }: Held, contact: string | undefined): boolean {
  if (on === undefined) return true;
  const resource = `contacts:id:${contact ?? ''}`;
  if (contact === undefined) return on === '*';
  return on.endsWith('*') ? resource.startsWith(on.slice(0, -1)) : on === resource;
}
