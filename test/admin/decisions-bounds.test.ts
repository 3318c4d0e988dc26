// What one call of decisions can make the service do is bounded by what was sent, not by what was sent times the questions.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryStore } from 'rightful/stores';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Answered, Scene } from './admin-scene.ts';
import { ask, permissions, question, spied } from './decision-scene.ts';

let scene: Scene;

// On a busy machine; read for each question anew they take minutes.
const maxMs = 15_000;

beforeAll(async () => {
  const many = Array.from({ length: 1000 }, (_, at) => ({ permission: 'read:contacts', on: `contacts:id:${at}` }));
  const store = { users: { root: { permissions: ['*'] }, alice: { permissions: many } } };
  scene = await adminScene({ permissions, store });
});

afterAll(async () => {
  await scene.close();
  await stopServers();
});

function evaluated(shared: object): Promise<Answered> {
  const evaluations = Array.from({ length: 500 }, () => ({}));
  return ask(scene, 'evaluations', { ...shared, evaluations });
}

function decisionsIn({ body }: Answered): boolean[] {
  return (body as { evaluations: { decision: boolean }[] }).evaluations.map(({ decision }) => decision);
}

describe('500 questions', () => {
  it('with very many scopes in common are read once', async () => {
    const scopes = `${'a '.repeat(120_000)}read:contacts`;
    const asked = question('alice', 'read:contacts', { type: 'contacts', id: '7' }, { context: { scopes } });
    const begun = performance.now();
    const answer = await evaluated(asked);
    expect(answer).toMatchObject({ status: 200 });
    expect(performance.now() - begun).toBeLessThan(maxMs);
    expect(decisionsIn(answer)).toEqual(Array.from({ length: 500 }, () => true));
  });

  it('with very many scopes in common of which the last is none are read once, and each says so', async () => {
    const scopes = `${'a '.repeat(120_000)}"`;
    const asked = question('alice', 'read:contacts', { type: 'contacts', id: '7' }, { context: { scopes } });
    const begun = performance.now();
    const answer = await evaluated(asked);
    expect(performance.now() - begun).toBeLessThan(maxMs);
    expect(decisionsIn(answer)).toEqual(Array.from({ length: 500 }, () => false));
  });

  it.each(['contacts', 'x'.repeat(200)])(
    'about one very long id of type %# are not answered with 500 of it',
    async (type) => {
      const answer = await evaluated(question('alice', 'read:contacts', { type, id: 'i'.repeat(200_000) }));
      expect(decisionsIn(answer)).toEqual(Array.from({ length: 500 }, () => false));
      expect(JSON.stringify(answer.body).length).toBeLessThan(1_000_000);
    },
  );

  it('about somebody who holds very much are answered in time', async () => {
    const begun = performance.now();
    const answer = await evaluated(question('alice', 'read:contacts', { type: 'contacts', id: '7' }));
    expect(decisionsIn(answer)).toEqual(Array.from({ length: 500 }, () => true));
    expect(performance.now() - begun).toBeLessThan(maxMs);
  });
});

describe('questions about many people', () => {
  const most = 20;

  it.each([
    ['execute_all', false, { together: most, answers: 100 }],
    ['execute_all', true, { together: most, answers: 100 }],
    ['deny_on_first_deny', false, { together: 1, answers: 1 }],
    ['permit_on_first_permit', true, { together: 1, answers: 1 }],
    ['permit_on_first_permit', false, { together: 1, answers: 100 }],
  ])(
    'go to the store a few at once, or one by one where a decision may end them: %s, %j',
    async (evaluations_semantic, mayThey, { together, answers }) => {
      let waiting = 0;
      let mostWaiting = 0;
      const slow = await adminScene({
        permissions,
        store: (issuer) =>
          spied(
            memoryStore({ issuer, users: { root: { permissions: ['*'] } } }),
            () => undefined,
            async () => {
              mostWaiting = Math.max(mostWaiting, (waiting += 1));
              await new Promise((resolve) => setTimeout(resolve, 5));
              waiting -= 1;
              return mayThey ? [{ permission: 'read:contacts' }] : [];
            },
          ),
      });
      const shared = question(
        '',
        'read:contacts',
        { type: 'contacts', id: '7' },
        { options: { evaluations_semantic } },
      );
      const evaluations = Array.from({ length: 100 }, (_, at) => ({ subject: { type: 'user', id: `person ${at}` } }));
      const answer = await ask(slow, 'evaluations', { ...shared, evaluations });
      expect(decisionsIn(answer)).toEqual(Array.from({ length: answers }, () => mayThey));
      expect(mostWaiting).toBe(together);
      await slow.close();
    },
  );
});

describe('one question', () => {
  it('about an id that a privilege can name is told what is missing, by its name', async () => {
    const id = 'i'.repeat(900);
    const { body } = await ask(scene, 'evaluation', question('alice', 'read:contacts', { type: 'contacts', id }));
    expect(body).toMatchObject({
      decision: false,
      context: { missing: [{ permission: 'read:contacts', on: `contacts:id:${id}` }] },
    });
  });

  it('about a longer one is refused without it', async () => {
    const id = 'i'.repeat(5000);
    const { body } = await ask(scene, 'evaluation', question('alice', 'read:contacts', { type: 'contacts', id }));
    expect(body).toMatchObject({ decision: false, context: { code: 'insufficient_privilege' } });
    expect(body).not.toHaveProperty('context.missing');
    expect(JSON.stringify(body).length).toBeLessThan(1000);
  });
});
