// How often a guard asks the policies of the application, and whom it tells what they threw: by the short way, which a permit takes
// where nobody listens, and by the long one.

import { describe, expect, test } from '@jest/globals';
import { allOf, anyOf, on, policy } from 'rightful';
import type { AccessError, AuthorizerOptions, Requirement } from 'rightful';
import { ask, expectRefusal, insufficientPrivilege } from './answers.ts';
import { frameworks } from './frameworks.ts';
import { options, sleep, tokenOf } from './scene.ts';

const asked: string[] = [];

function says(name: string, answer: () => unknown): Requirement {
  return policy(name, () => {
    asked.push(name);
    return answer() as boolean;
  });
}

const yes = (name: string): Requirement => says(name, () => true);
const no = (name: string): Requirement => says(name, () => false);
const later = (name: string, answer: boolean): Requirement =>
  says(name, async () => {
    await sleep(1);
    return answer;
  });
const fails = (name: string): Requirement =>
  says(name, () => {
    throw new Error('no answer');
  });

interface Case {
  readonly rule: string;
  readonly asks: Requirement;
  readonly status: 200 | 403;
  readonly asked: readonly string[];
  /** What the operator is told, by policy. */
  readonly told?: readonly string[];
}

const read = 'read:contacts';

const cases: Case[] = [
  { rule: 'one that permits', asks: allOf(read, yes('a')), status: 200, asked: ['a'] },
  { rule: 'two that permit', asks: allOf(read, yes('a'), yes('b')), status: 200, asked: ['a', 'b'] },
  { rule: 'one that refuses', asks: allOf(read, no('a')), status: 403, asked: ['a'], told: ['a'] },
  { rule: 'one behind a refusal', asks: allOf(read, no('a'), yes('b')), status: 403, asked: ['a'], told: ['a'] },
  { rule: 'one that permits later', asks: allOf(read, later('a', true)), status: 200, asked: ['a'] },
  { rule: 'one that refuses later', asks: allOf(read, later('a', false)), status: 403, asked: ['a'], told: ['a'] },
  {
    rule: 'one beside an answer that is waited for',
    asks: allOf(read, later('a', true), no('b'), yes('c')),
    status: 403,
    asked: ['a', 'b'],
    told: ['b'],
  },
  {
    rule: 'one that refuses later before one that refuses',
    asks: allOf(read, later('a', false), no('b')),
    status: 403,
    asked: ['a', 'b'],
    told: ['a'],
  },
  { rule: 'one that throws', asks: allOf(read, fails('a')), status: 403, asked: ['a'], told: ['a'] },
  {
    rule: 'one that throws beside one that permits',
    asks: anyOf(allOf(read, fails('a')), allOf(read, yes('b'))),
    status: 200,
    asked: ['a', 'b'],
    told: ['a'],
  },
  {
    rule: 'the second alternative, where the first one refuses',
    asks: anyOf(allOf(read, no('a')), allOf(read, later('b', true))),
    status: 200,
    asked: ['a', 'b'],
  },
  {
    rule: 'no second alternative, where the first one permits',
    asks: anyOf(allOf(read, yes('a')), allOf(read, yes('b'))),
    status: 200,
    asked: ['a'],
  },
  {
    rule: 'not the alternative that is not held',
    asks: anyOf(allOf('delete:contacts', yes('a')), allOf(read, yes('b'))),
    status: 200,
    asked: ['b'],
  },
  {
    rule: 'none where a permission is lacking',
    asks: allOf('delete:contacts', yes('a')),
    status: 403,
    asked: [],
    told: [''],
  },
];

const ways: [string, Partial<AuthorizerOptions>][] = [
  ['nobody listens', {}],
  ['somebody listens', { onDecision: () => undefined }],
];

describe.each(frameworks)('policies on $name', ({ createGuards, serve }) => {
  describe.each(ways)('where %s', (_, more) => {
    test.each(cases)('are asked once: $rule', async ({ asks, status, told = [], ...wanted }) => {
      const errors: AccessError[] = [];
      const onRefused = (error: AccessError): void => void errors.push(error);
      const { requirePermission } = createGuards(options({ ...more, onRefused }));
      const served = await serve([{ path: '/', guards: [requirePermission(asks)] }]);
      asked.length = 0;

      const { status: answered } = await ask(served.address, {
        token: await tokenOf({ scope: `${read} delete:contacts` }),
      });
      expect(answered).toBe(status);
      expect(served.runs()).toBe(status === 200 ? 1 : 0);
      expect(asked).toEqual(wanted.asked);
      expect(errors.map(policyOf)).toEqual(told);
    });

    test.each<[string, (ordered: [Requirement, Requirement]) => Requirement]>([
      ['all', ([first, second]) => allOf(first, second)],
      ['any', ([first, second]) => anyOf(allOf(first, second))],
    ])('what a policy makes of the parameters is asked, where it is asked after it: %s', async (_name, made) => {
      const other = policy('looks at another', (_access, request) => {
        (request as unknown as { params: Record<string, string> }).params['id'] = '8';
        return true;
      });
      const { requirePermission } = createGuards(options(more));
      const asks = made([other, on('users:read', 'users:id:{id}')]);
      const served = await serve([{ path: '/users/:id', guards: [requirePermission(asks)] }]);
      const answer = await ask(`${served.address}/users/7`, { token: await tokenOf({ scope: 'users:read' }) });
      expectRefusal(answer, insufficientPrivilege({ permission: 'users:read', on: 'users:id:8' }));
      expect(served.runs()).toBe(0);
    });
  });
});

function policyOf(error: AccessError): string {
  const [first] = (error as { missing?: readonly { policy?: string }[] }).missing ?? [];
  return first?.policy ?? '';
}
