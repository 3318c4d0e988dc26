// How a store behaves: answers belong to who asked, and what it offers besides answering does what the port says.

import type { Rule, Scene } from './privilege-store-cases-scene.ts';
import { holder } from './privilege-store-cases-seed.ts';
import { lifeRule, type TriedStore } from './privilege-store-cases-tried.ts';

export const answerRules: readonly Rule[] = [
  {
    name: 'answers for many subjects asked at once are never mixed up',
    scene: () => crowd(200),
    check: async (tried, questions) => {
      const { signal } = new AbortController();
      const asked = [...questions, ...questions.toReversed(), ...questions];
      const answers = await Promise.all(asked.map((question) => tried.answer(question, signal)));
      for (const [at, question] of asked.entries()) tried.verify(question, answers[at]);
    },
  },
  {
    name: 'an answer that is written to changes no other answer',
    scene: () => crowd(3),
    check: async (tried, questions) => {
      for (const question of questions) {
        await tried.check(question);
        overwrite(await tried.answer(question));
        for (const next of questions) await tried.check(next);
      }
    },
  },
  {
    name: '`onChange`, where there is one, returns a function that ends the subscription',
    scene: () => crowd(1),
    check: async (tried, questions) => {
      const { store } = tried;
      const [end, other] = [store.onChange?.(() => undefined), store.onChange?.(() => undefined)];
      if (store.onChange !== undefined && typeof end !== 'function') {
        throw tried.failure(undefined, 'a function from `onChange`', typeof end);
      }
      endTwice(tried, end);
      for (const question of questions) await tried.check(question);
      other?.();
    },
  },
  {
    name: lifeRule,
    scene: () => crowd(1),
    check: async (tried, questions) => {
      await tried.call('ready');
      for (const question of questions) await tried.check(question);
      await tried.call('ready');
      await tried.call('close');
    },
  },
];

/** Subjects with privileges of their own and of a role in common. */
function crowd(count: number): Scene {
  const numbers = Array.from({ length: count }, (_, at) => at);
  return {
    subjects: numbers.map((at) =>
      holder(
        `user-${at}`,
        [
          `held:${at}`,
          { permission: 'read:contacts', on: `contacts:id:${at}` },
          { permission: `denied:${at}`, effect: 'deny' },
        ],
        {
          roles: [{ role: 'editor' }],
        },
      ),
    ),
    roles: [{ name: 'editor', privileges: [{ permission: 'write:contacts' }] }],
  };
}

/** Writes to all of it that can be written to. */
function overwrite(answer: unknown): void {
  const members = [...(answer as Iterable<object>)];
  for (const member of members) {
    const source: unknown = Reflect.get(member, 'source');
    if (typeof source === 'object' && source !== null) Reflect.set(source, 'kind', 'nonsense');
    Reflect.set(member, 'permission', 'held:by-writing');
    Reflect.set(member, 'on', 'held:by-writing');
    Reflect.deleteProperty(member, 'effect');
  }
  if (Array.isArray(answer)) Reflect.set(answer, answer.length, { permission: 'held:by-writing' });
  if (answer instanceof Set) answer.clear();
}

function endTwice(tried: TriedStore, end: (() => void) | undefined): void {
  try {
    end?.();
    end?.();
  } catch (cause) {
    throw tried.failure(
      undefined,
      'the subscription to end, and then to be at an end',
      `an error: ${String(cause)}`,
      cause,
    );
  }
}
