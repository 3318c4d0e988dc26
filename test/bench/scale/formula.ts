// A fleet goes in, how often its caches ask the database comes out in closed form: what the tables follow, and what is compared with
// the simulation.

import type { InstanceSettings } from './instance.ts';
import { zipfOf } from './workload.ts';

export interface Expected {
  readonly hitRate: number;
  /** A second and instance. */
  readonly loads: number;
  /** For how long somebody who is not asked about is remembered; Infinity: there is room for all. */
  readonly roomSeconds: number;
}

/**
 * Each subject by itself: asked about at a rate, its answer is loaded, and serves until it is too old, changed, or out of room.
 *
 *     loads = sum of rate / (1 + hits of one load)
 *     hits of one load = rate * (1 - exp(-ends * maxAge)) / ends,    ends = changes + losses for want of room
 */
export function expected({ workload, cache }: Pick<InstanceSettings, 'workload' | 'cache'>): Expected {
  const { requestsPerSecondPerInstance: requests, subjects } = workload;
  const { subjectChangesPerSecond, roleChangesPerSecond, roleShare } = workload;
  const zipf = zipfOf(workload);
  const maxAge = cache.maxAgeMs / 1000;
  const roomSeconds =
    subjects <= cache.maxSubjects
      ? Infinity
      : timeOfRoom((seconds) => zipf.sum((share) => -Math.expm1(-share * requests * seconds)), cache.maxSubjects);
  const loads = zipf.sum((share) => {
    const rate = share * requests;
    const changes = share * subjectChangesPerSecond + roleChangesPerSecond * roleShare;
    // Out of room when nobody asks for so long: no matter where it is too old by then.
    const room = maxAge <= roomSeconds ? 0 : rate / Math.expm1(rate * roomSeconds);
    const ends = changes + room;
    const hits = ends === 0 ? rate * maxAge : (rate * -Math.expm1(-ends * maxAge)) / ends;
    return rate / (1 + hits);
  });
  return { hitRate: 1 - loads / requests, loads, roomSeconds };
}

/** After how long so many different ones have been asked about (Che's approximation). */
function timeOfRoom(different: (seconds: number) => number, maxSubjects: number): number {
  let [low, high] = [1e-6, 1e9];
  for (let step = 0; step < 60; step += 1) {
    const middle = Math.sqrt(low * high);
    if (different(middle) < maxSubjects) low = middle;
    else high = middle;
  }
  return low;
}
