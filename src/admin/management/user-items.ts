// Who is known goes in, what the management API says of a user comes out.

import type { DirectoryUser } from '../people.ts';

export interface UserItem {
  readonly user_id: string;
  readonly email?: string;
  readonly picture?: string;
  readonly name?: string;
}

/** `user` undefined: nothing but the id is known. */
export function userItem(id: string, user: DirectoryUser | undefined): UserItem {
  const { email, picture, name } = user ?? {};
  return {
    user_id: id,
    ...(email !== undefined && { email }),
    ...(picture !== undefined && { picture }),
    ...(name !== undefined && { name }),
  };
}
