// A fleet goes in, what it asks of its database and how current its answers are comes out: instances that remember what the store
// said, asked by Zipf's law, told of changes, in simulated time and the same each time.

import { Instance, noCounts } from './instance.ts';
import type { Counts, InstanceSettings } from './instance.ts';
import { changesOf, requestsOf } from './workload.ts';
import { delays, seeded, untilNext } from './zipf.ts';

export interface Fleet extends InstanceSettings {
  readonly instances: number;
  /** How many of them are simulated: what one instance does depends on no other one. */
  readonly simulated: number;
  readonly seed: number;
  /** For how long requests are drawn at once. */
  readonly turnMs: number;
  /** So many of these are one turn of the event loop: who asks within one asks together. */
  readonly turnsAtOnce: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Rates are of the whole fleet and a second; times are milliseconds. */
export interface Outcome {
  readonly hitRate: number;
  readonly loads: number;
  /** The most in one second, if all instances have it in the same one. */
  readonly peakLoads: number;
  readonly queries: number;
  readonly notices: number;
  readonly staleAnswers: number;
  readonly waitMs: Quantiles;
  readonly stalenessMs: Quantiles;
  /** Remembered by one instance at the end. */
  readonly remembered: number;
}

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  readonly count: number;
}

export function simulated(fleet: Fleet): Outcome {
  const running = Array.from({ length: fleet.simulated }, (_, at) => one(fleet, at));
  const { workload, seed, turnMs, turnsAtOnce, warmUpSeconds, seconds } = fleet;
  const stepMs = turnMs * turnsAtOnce;
  const nextChange = changesOf(workload, seed);
  let change = nextChange();
  const endMs = (warmUpSeconds + seconds) * 1000;
  let isCounting = false;
  for (let nowMs = stepMs; nowMs <= endMs; nowMs += stepMs) {
    if (!isCounting && nowMs > warmUpSeconds * 1000) {
      isCounting = true;
      for (const { instance } of running) instance.counts = noCounts();
    }
    for (; change.atMs <= nowMs; change = nextChange()) {
      for (const { instance, delay } of running) instance.change(change, delay());
    }
    for (const { instance, next } of running) instance.turn(nowMs, drawn(next, turnsAtOnce));
  }
  return outcome(
    fleet,
    running.map(({ instance }) => instance),
  );
}

function drawn(next: () => number[], turns: number): number[] {
  const asking = next();
  for (let turn = 1; turn < turns; turn += 1) asking.push(...next());
  return asking;
}

interface Running {
  readonly instance: Instance;
  readonly next: () => number[];
  readonly delay: () => number;
}

function one(fleet: Fleet, at: number): Running {
  const { workload, listening, seed, turnMs } = fleet;
  const random = seeded(seed * 1000 + 500 + at);
  const instance = new Instance(fleet);
  loseConnections(instance, fleet, random);
  return {
    instance,
    next: requestsOf(workload, { seed, instance: at, turnMs }),
    delay: delays(listening.noticeMs, random),
  };
}

/** Which connections break when, and what comes of it: src/stores/postgres-listener.ts. */
function loseConnections(instance: Instance, { listening, warmUpSeconds, seconds }: Fleet, random: () => number): void {
  const { lossesPerHour, silentShare, heartbeatMs, queryTimeoutMs } = listening;
  const endMs = (warmUpSeconds + seconds) * 1000;
  const next = (): number => untilNext(lossesPerHour / 3_600_000, random);
  for (let atMs = next(); atMs < endMs; atMs += next()) {
    let lostMs = atMs;
    if (random() < silentShare) {
      instance.connection(atMs, 'silent');
      // It is noticed when a heartbeat is not answered.
      lostMs += random() * heartbeatMs + queryTimeoutMs;
    }
    instance.connection(lostMs, 'lost');
    atMs = lostMs + 50 + random() * 50;
    instance.connection(atMs, 'listens');
  }
}

function outcome({ instances, seconds }: Fleet, running: readonly Instance[]): Outcome {
  const all = running.map(({ counts }) => counts);
  const total = (of: (counts: Counts) => number): number => all.reduce((sum, counts) => sum + of(counts), 0);
  const rate = (of: (counts: Counts) => number): number => (total(of) / seconds) * (instances / running.length);
  const peaks = all.map(({ loadsBySecond }) => loadsBySecond.reduce((most, count) => Math.max(most, count), 0));
  return {
    hitRate: total(({ hits }) => hits) / total(({ requests }) => requests),
    loads: rate(({ loads }) => loads),
    peakLoads: Math.max(...peaks) * instances,
    queries: rate(({ queries }) => queries),
    notices: rate(({ heard }) => heard),
    staleAnswers: rate(({ stale }) => stale),
    waitMs: quantiles(all.flatMap(({ waitsMs }) => waitsMs)),
    stalenessMs: quantiles(all.flatMap(({ stalenessMs }) => stalenessMs)),
    remembered: running[0]?.size ?? 0,
  };
}

export function quantiles(values: readonly number[]): Quantiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), most: at(1), count: sorted.length };
}
