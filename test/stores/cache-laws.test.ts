// withCache against a naive model of what may be served: whatever happens in whatever order, no answer is older than it may be, from
// before a change that was announced, or another subject's.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Privilege, PrivilegeChange, Subject } from 'rightful';
import { createCache } from '../../src/stores/cache.ts';

const audience = ['urn:api'];
const ids = ['alice', 'bob', 'al|ice'];
const organizations = [undefined, 'acme'];
const subjects: Subject[] = ids.flatMap((id) =>
  organizations.map((organization) => {
    return { issuer: 'urn:issuer', id, kind: 'user' as const, ...(organization !== undefined && { organization }) };
  }),
);

const subjectAt = fc.nat(subjects.length - 1);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), subject: subjectAt, leaves: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), at: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), at: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), subject: subjectAt }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('change in silence' as const), subject: subjectAt }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('change a role' as const), role: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('change everything' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), at: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), milliseconds: fc.integer({ min: 1, max: 60 }) }),
  },
);

/** What a subject held from when on; the last is what it holds. A subject is in the role of its number, or in none. */
interface Held {
  readonly since: number[];
  /** The first version that everybody who asks from now on must see. */
  announced: number;
}

test('no answer is too old, from before an announced change, or about somebody else', async () => {
  const limits = fc.record({
    maxAgeMs: fc.integer({ min: 1, max: 100 }),
    staleIfErrorMs: fc.constantFrom(0, 0, 50, 5000),
    maxSubjects: fc.integer({ min: 1, max: 6 }),
    timeoutMs: fc.integer({ min: 1, max: 100 }),
  });
  await fc.assert(
    fc.asyncProperty(limits, fc.array(step, { minLength: 10, maxLength: 60 }), async (options, steps) => {
      let now = 0;
      const timers = new Set<{ readonly at: number; readonly run: () => void }>();
      const listeners = new Set<(change: PrivilegeChange) => void>();
      const held = new Map<string, Held>(ids.map((id) => [id, { since: [0], announced: 0 }]));
      const open = new Set<{
        readonly subject: Subject;
        readonly signal: AbortSignal;
        answer(): void;
        fail(): void;
      }>();
      const failures = new Map<string, number>();
      const keyOf = ({ id, organization }: Subject): string => JSON.stringify([id, organization]);
      const cache = createCache(
        {
          privilegesOf: (subject, { signal }) => {
            // What is told is what was held when the store was asked.
            const version = held.get(subject.id)!.since.length - 1;
            const role = `r${ids.indexOf(subject.id)}`;
            const answer: Privilege[] = [{ permission: `${subject.id} ${version}`, source: { kind: 'role', role } }];
            return new Promise((resolve, reject) => {
              const question = {
                subject,
                signal: signal!,
                answer: () => resolve(answer),
                fail: () => reject(new Error('down')),
              };
              open.add(question);
              const others = [...open].filter((one) => keyOf(one.subject) === keyOf(subject) && !one.signal.aborted);
              expect(others).toEqual([question]);
            });
          },
          onChange: (listener) => {
            listeners.add(listener);
            return () => void listeners.delete(listener);
          },
        },
        options,
        {
          now: () => now,
          after: (milliseconds, run) => {
            const timer = { at: now + milliseconds, run };
            timers.add(timer);
            return () => void timers.delete(timer);
          },
        },
      );

      const check = (subject: Subject, answer: readonly Privilege[]): void => {
        expect(answer).toHaveLength(1);
        const [, id, version] = /^(.*) (\d+)$/u.exec(answer[0]!.permission)!;
        expect(id).toBe(subject.id);
        const { since, announced } = held.get(subject.id)!;
        expect(Number(version)).toBeGreaterThanOrEqual(announced);
        const isStale = (failures.get(keyOf(subject)) ?? 0) > 0;
        const allowedMs = options.maxAgeMs + (isStale ? options.staleIfErrorMs : 0);
        const endedAt = since[Number(version) + 1] ?? Infinity;
        expect(now - endedAt).toBeLessThan(allowedMs);
      };
      const waiting = new Set<AbortController>();
      const ask = async (subject: Subject, leaves: boolean): Promise<void> => {
        const aborter = new AbortController();
        if (leaves) waiting.add(aborter);
        let answer;
        try {
          answer = await cache.privilegesOf(subject, { audience, ...(leaves && { signal: aborter.signal }) });
        } catch {
          return;
        } finally {
          waiting.delete(aborter);
        }
        check(subject, answer);
      };
      const announce = (change: PrivilegeChange, concerned: readonly string[]): void => {
        for (const id of concerned) {
          const one = held.get(id)!;
          one.since.push(now);
          one.announced = one.since.length - 1;
        }
        for (const listener of listeners) listener(change);
      };
      const settledAt = (at: number) => {
        const question = [...open][at % Math.max(1, open.size)];
        if (question !== undefined) open.delete(question);
        return question;
      };

      const pass = (milliseconds: number): void => {
        now += milliseconds;
        for (const timer of [...timers].filter(({ at }) => at <= now)) {
          timers.delete(timer);
          // Whoever is asked about when the time is over has been failed.
          for (const { subject } of open) failures.set(keyOf(subject), 1);
          timer.run();
        }
      };

      const asked: Promise<void>[] = [];
      for (const one of steps) {
        if (one.do === 'ask') asked.push(ask(subjects[one.subject]!, one.leaves));
        else if (one.do === 'answer') settledAt(one.at)?.answer();
        else if (one.do === 'fail') {
          const question = settledAt(one.at);
          if (question !== undefined) failures.set(keyOf(question.subject), 1);
          question?.fail();
        } else if (one.do === 'change') {
          const subject = subjects[one.subject]!;
          announce({ subject }, [subject.id]);
        } else if (one.do === 'change in silence') held.get(subjects[one.subject]!.id)!.since.push(now);
        else if (one.do === 'change a role') announce({ role: `r${one.role}` }, [ids[one.role]!]);
        else if (one.do === 'change everything') announce({}, ids);
        else if (one.do === 'leave') [...waiting][one.at % Math.max(1, waiting.size)]?.abort();
        else pass(one.milliseconds);
        for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        expect(cache.statistics().subjects).toBeLessThanOrEqual(options.maxSubjects);
        for (const subject of subjects) {
          const age = cache.ageMsOf(subject, { audience });
          if (age !== undefined) expect(age).toBeLessThan(options.maxAgeMs + options.staleIfErrorMs);
        }
      }
      // Everybody who waits gets something in the end.
      pass(1000);
      await Promise.all(asked);
      await cache.close();
    }),
    { numRuns: 500 },
  );
}, 60_000);
