// Policies: conditions of the API's own, asked after the permissions around them.

import { describe, expect, it } from '@jest/globals';
import {
  type AccessError,
  allOf,
  anyOf,
  InsufficientPrivilegeError,
  on,
  policy,
  PolicyRefusedError,
  UnavailableError,
  type Decision,
  type Requirement,
} from 'rightful';
import { session, storeOf, type Session } from './authorizing.ts';

interface Reported {
  readonly one: Session;
  /** What `onRefused` was told. */
  readonly errors: AccessError[];
}

function reporting(): Reported {
  const errors: AccessError[] = [];
  return { errors, one: session({ store: storeOf('a', 'b'), onRefused: (error) => errors.push(error) }) };
}

const scope = 'a b c';

function decide(requirement: Requirement, context = {}): Promise<Decision> {
  return reporting().one.decide({ scope }, requirement, context);
}

function answering(answer: unknown): Requirement {
  return allOf(
    'a',
    policy('asked', () => answer as boolean),
  );
}

describe('a policy', () => {
  it.each<[string, unknown]>([
    ['true', true],
    ['a promise of true', Promise.resolve(true)],
  ])('permits by %s', async (_, answer) => {
    expect((await decide(answering(answer))).permit).toBe(true);
  });

  it.each<[string, unknown]>([
    ['false', false],
    ['undefined', undefined],
    ['null', null],
    ['1', 1],
    ["'true'", 'true'],
    ['an object', {}],
    ['a list', [true]],
    ['new Boolean(true)', Object(true)],
    ['a promise of false', Promise.resolve(false)],
    ['a promise of 1', Promise.resolve(1)],
    ['a promise of nothing', Promise.resolve()],
    ['a function', () => true],
  ])('refuses by %s', async (_, answer) => {
    const decision = await decide(answering(answer));
    expect(decision).toMatchObject({ permit: false, lacking: 'policy', missing: [{ policy: 'asked' }] });
  });

  it('is given the access and the request', async () => {
    const request = { url: '/contacts' };
    const given: unknown[] = [];
    const one = session({ store: storeOf('a') });
    const access = await one.access({ scope: 'a' });
    await one.authorizer.decide(
      access,
      allOf(
        'a',
        policy('looks', (...all: unknown[]) => given.push(...all) > 0),
      ),
      { request },
    );
    expect(given).toEqual([access, request]);
    expect(given[1]).toBe(request);
  });

  it.each<[string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('its database is down');
      },
    ],
    [
      'throws what is no error',
      () => {
        throw undefined;
      },
    ],
  ])('that %s denies, and is reported with its cause', async (_, test) => {
    const { one, errors } = reporting();
    const decision = await one.decide({ scope }, allOf('a', policy('breaks', test)));
    expect(decision).toMatchObject({ permit: false, lacking: 'policy', missing: [{ policy: 'breaks' }] });
    expect(errors).toEqual([expect.any(PolicyRefusedError)]);
    expect(errors[0]?.missing).toEqual([{ policy: 'breaks' }]);
    expect(errors[0]?.message).not.toContain('database');
  });

  it('that rejects denies, and is reported with its cause', async () => {
    const { one, errors } = reporting();
    const cause = new Error('its database is down');
    const decision = await one.decide(
      { scope },
      allOf(
        'a',
        policy('breaks', async () => Promise.reject(cause)),
      ),
    );
    expect(decision).toMatchObject({ permit: false, lacking: 'policy', missing: [{ policy: 'breaks' }] });
    expect(errors).toMatchObject([{ code: 'policy_refused', status: 403, cause }]);
  });

  it.each<[string, AccessError]>([
    ['503', new UnavailableError('Come back later')],
    ['403', new InsufficientPrivilegeError('Not yours')],
  ])('that throws an AccessError keeps its status, %s', async (status, error) => {
    for (const test of [
      () => {
        throw error;
      },
      async () => Promise.reject(error),
    ]) {
      const { one, errors } = reporting();
      expect((await one.decide({ scope }, allOf('a', policy('chooses', test)))).permit).toBe(false);
      expect(errors).toEqual([error]);
      expect(String(errors[0]?.status)).toBe(status);
    }
  });

  it('that refuses without throwing is told to nobody but who asks', async () => {
    const { one, errors } = reporting();
    await one.decide({ scope }, answering(false));
    expect(errors).toEqual([]);
  });

  it('is not answered at once where it has to be waited for, and at once where it has not', async () => {
    const one = session({ store: storeOf('a') });
    const access = await one.access({ scope: 'a' });
    expect(one.authorizer.decide(access, answering(true))).toMatchObject({ permit: true });
    expect(one.authorizer.decide(access, answering(Promise.resolve(true)))).toBeInstanceOf(Promise);
  });
});

describe('policies among permissions', () => {
  /** The names of the policies that were asked, in order. */
  async function asked(
    make: (saying: (name: string, answer: unknown) => Requirement) => Requirement,
  ): Promise<[boolean, string[]]> {
    const heard: string[] = [];
    const requirement = make((name, answer) =>
      policy(name, () => {
        heard.push(name);
        if (answer instanceof Error) throw answer;
        return answer as boolean;
      }),
    );
    const { permit } = await decide(requirement);
    return [permit, heard];
  }

  it('are not asked where a permission is lacking, wherever it stands', async () => {
    expect(await asked((saying) => allOf(saying('first', true), 'c'))).toEqual([false, []]);
    expect(await asked((saying) => allOf('c', saying('last', true)))).toEqual([false, []]);
    expect(await asked((saying) => allOf('a', saying('between', true), anyOf('c', allOf('b', 'c'))))).toEqual([
      false,
      [],
    ]);
    expect(await asked((saying) => allOf('a', saying('alone', true)))).toEqual([true, ['alone']]);
  });

  it('of an alternative whose permissions are lacking have no say', async () => {
    expect(await asked((saying) => anyOf(allOf('c', saying('of c', true)), allOf('a', saying('of a', false))))).toEqual(
      [false, ['of a']],
    );
    expect(await asked((saying) => anyOf(allOf('c', saying('of c', false)), allOf('a', saying('of a', true))))).toEqual(
      [true, ['of a']],
    );
    // Also where the policy stands before the permission that is lacking.
    expect(await asked((saying) => anyOf(allOf(saying('of c', true), 'c'), allOf(saying('of a', true), 'a')))).toEqual([
      true,
      ['of a'],
    ]);
  });

  it.each([false, new Error('thrown')])('of one alternative do not stop another (%s)', async (answer) => {
    const late = answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    late.catch(() => undefined);
    for (const first of [answer, late]) {
      const [permit] = await asked((saying) => anyOf(allOf('a', saying('no', first)), allOf('b', saying('yes', true))));
      expect(permit).toBe(true);
      const [reversed] = await asked((saying) =>
        anyOf(allOf('b', saying('yes', Promise.resolve(true))), allOf('a', saying('no', first))),
      );
      expect(reversed).toBe(true);
    }
  });

  it('must all permit in allOf, and the one that refuses is named', async () => {
    const no = policy('no', () => false);
    const yes = policy('yes', () => true);
    for (const requirement of [allOf('a', no, yes), allOf(yes, 'a', no), allOf('a', allOf(yes, 'b'), allOf('b', no))]) {
      expect(await decide(requirement)).toMatchObject({
        permit: false,
        lacking: 'policy',
        missing: [{ policy: 'no' }],
      });
    }
    expect(await decide(allOf('a', yes, allOf('b', yes)))).toMatchObject({ permit: true });
  });

  it('that throws in one alternative is reported though another permits', async () => {
    const { one, errors } = reporting();
    const cause = new Error('thrown');
    const breaks = policy('breaks', () => {
      throw cause;
    });
    const decision = await one.decide({ scope }, anyOf(allOf('a', breaks), 'b'));
    expect(decision.permit).toBe(true);
    expect(errors).toMatchObject([{ code: 'policy_refused', cause, missing: [{ policy: 'breaks' }] }]);
  });

  it('name one that refused where every alternative has one', async () => {
    const no = (name: string): Requirement => policy(name, () => false);
    const decision = await decide(anyOf(allOf('a', no('first')), allOf('b', no('second'))));
    expect(decision).toMatchObject({ permit: false, lacking: 'policy', missing: [{ policy: 'first' }] });
  });

  it('are asked only where the resource is held', async () => {
    const one = session({ store: storeOf({ permission: 'a', on: 'things:id:1' }) });
    const owns = policy('owns', () => true);
    const requirement = allOf(on('a', 'things:id:{id}'), owns);
    expect(await one.decide({ scope }, requirement, { params: { id: '1' } })).toMatchObject({ permit: true });
    expect(await one.decide({ scope }, requirement, { params: { id: '2' } })).toMatchObject({ lacking: 'privilege' });
  });
});
