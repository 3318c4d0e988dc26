// The people go in, a directory for the administration comes out: names and addresses, found by what somebody typed.

import type { DirectoryUser, UserDirectory } from 'rightful/admin';

import type { Person } from './people.ts';

export function directoryOf(people: readonly Person[]): UserDirectory {
  const users: readonly DirectoryUser[] = people.map(({ id, name }) => ({ id, name, email: emailOf(id) }));
  return {
    byIds: (ids) => users.filter(({ id }) => ids.includes(id)),
    list({ search = '', offset, take }) {
      const typed = search.toLowerCase();
      const found = users.filter(({ id, name = '', email = '' }) => {
        return [id, name, email].some((text) => text.toLowerCase().includes(typed));
      });
      return { users: found.slice(offset, offset + take), total: found.length };
    },
  };
}

export function emailOf(id: string): string {
  return `${id}@address-book.example`;
}
