// A directory of users goes in, one comes out that answers in time and with users, or whose failure is nobody else's fault (503).

import { UnavailableError } from '../core/errors.ts';
import { inTime } from '../core/in-time.ts';
import { expectation, isRecord } from '../core/options.ts';
import { machineClock } from './machine-clock.ts';
import type { DirectoryUser, UserDirectory } from './people.ts';

/** A directory that can be relied on: its answers are what they say. */
export function dependableDirectory(users: UserDirectory, timeoutMs: number): UserDirectory {
  const asked = async <Value>(ask: () => unknown, read: (answer: unknown) => Value): Promise<Value> => {
    try {
      const answer = (async () => ask())();
      return read(await inTime(answer, { what: 'The directory of users', timeoutMs, clock: machineClock }));
    } catch (cause) {
      throw cause instanceof UnavailableError ? cause : new UnavailableError(undefined, { cause });
    }
  };
  return Object.freeze({
    byIds: (ids: readonly string[]) => asked(() => users.byIds(ids), readUsers),
    list: (query: Parameters<UserDirectory['list']>[0]) => {
      return asked(
        () => users.list(query),
        (answer) => readPage(answer, query.take),
      );
    },
  });
}

function readPage(answer: unknown, take: number): { users: DirectoryUser[]; total: number } {
  const { users, total } = isRecord(answer) ? answer : {};
  if (!Number.isSafeInteger(total) || (total as number) < 0) throw expectation('total', 'a whole number', total);
  return { users: readUsers(users).slice(0, take), total: total as number };
}

function readUsers(value: unknown): DirectoryUser[] {
  if (!Array.isArray(value)) throw expectation('users', 'a list of users', value);
  return value.map((one: unknown, at) => {
    const user = isRecord(one) ? one : {};
    if (typeof user['id'] !== 'string') throw expectation(`users[${at}].id`, 'a string', user['id']);
    const said = (['name', 'email', 'picture'] as const).filter((name) => typeof user[name] === 'string');
    return { id: user['id'], ...Object.fromEntries(said.map((name) => [name, user[name] as string])) };
  });
}
