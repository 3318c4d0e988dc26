// A fleet and a seed go in; who asks when, and what is changed when, comes out: the same to the simulation and to processes that
// really run.

import { howMany, seeded, untilNext, Zipf } from './zipf.ts';

/** Who asks, and what changes. */
export interface Workload {
  readonly subjects: number;
  /** Of Zipf's law: 1 is usual, 0 is everybody alike. */
  readonly exponent: number;
  readonly requestsPerSecondPerInstance: number;
  /** Changes of what one subject holds; who asks more often is changed more often. */
  readonly subjectChangesPerSecond: number;
  /** Changes of what a role gives, one of `roles`, each of which this share of the subjects holds. */
  readonly roleChangesPerSecond: number;
  readonly roles: number;
  readonly roleShare: number;
}

/** What is changed, and when its commit is acknowledged. */
export interface Change {
  readonly atMs: number;
  readonly subject?: number;
  readonly role?: number;
}

/** Who asks one instance in one turn of its event loop, turn by turn. */
export function requestsOf(
  { requestsPerSecondPerInstance, ...workload }: Workload,
  { seed, instance, turnMs }: { seed: number; instance: number; turnMs: number },
): () => number[] {
  const random = seeded(seed * 1000 + instance + 1);
  const zipf = zipfOf(workload);
  const mean = (requestsPerSecondPerInstance * turnMs) / 1000;
  return () => Array.from({ length: howMany(mean, random) }, () => zipf.draw(random));
}

/** The next one with each call. */
export function changesOf(workload: Workload, seed: number): () => Change {
  const random = seeded(seed * 1000);
  const zipf = zipfOf(workload);
  const { subjectChangesPerSecond, roleChangesPerSecond, roles } = workload;
  let [subjectAtMs, roleAtMs] = [0, 0];
  const later = (rate: number): number => untilNext(rate / 1000, random);
  [subjectAtMs, roleAtMs] = [later(subjectChangesPerSecond), later(roleChangesPerSecond)];
  return () => {
    if (subjectAtMs <= roleAtMs) {
      const change = { atMs: subjectAtMs, subject: zipf.draw(random) };
      subjectAtMs += later(subjectChangesPerSecond);
      return change;
    }
    const change = { atMs: roleAtMs, role: Math.floor(random() * roles) };
    roleAtMs += later(roleChangesPerSecond);
    return change;
  };
}

export function holdsRole(subject: number, role: number, share: number): boolean {
  let mixed = Math.imul(subject + 1, 0x9e3779b1) ^ Math.imul(role + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32 < share;
}

const made = new Map<string, Zipf>();

/** One for all instances: it is large. */
export function zipfOf({ subjects, exponent }: Pick<Workload, 'subjects' | 'exponent'>): Zipf {
  const key = `${subjects} ${exponent}`;
  const zipf = made.get(key) ?? new Zipf(subjects, exponent);
  made.set(key, zipf);
  return zipf;
}
