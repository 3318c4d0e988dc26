// The id that a path names goes in, who is meant comes out; and who knows names and addresses of people.

import type { Person } from '../core/role-store.ts';
import type { Administered } from './administered.ts';

/** What a directory says of a user. */
export interface DirectoryUser {
  /** The `sub` in the user's tokens. */
  id: string;
  name?: string;
  email?: string;
  /** An address of a picture. */
  picture?: string;
}

/** Knows the users there are: names and addresses come from it, and whom it does not know, there is not. */
export interface UserDirectory {
  /** Those of these ids that there are, in any order. At most 100 ids. */
  byIds(ids: readonly string[]): Promise<readonly DirectoryUser[]> | readonly DirectoryUser[];
  /** Part of all users, in the same order each time. `search`: what somebody typed, absent: everybody. */
  list(query: {
    search?: string;
    offset: number;
    take: number;
  }): Promise<{ users: readonly DirectoryUser[]; total: number }> | { users: readonly DirectoryUser[]; total: number };
}

export function userOf(id: string, { issuer }: Administered): Person {
  return { issuer, id, kind: 'user' };
}

export function clientOf(id: string, { issuer }: Administered): Person {
  return { issuer, id, kind: 'client' };
}
