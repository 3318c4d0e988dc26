// What was measured of one framework goes in; tables come out, and the figures with their goals.

import { printTable, spread, written } from '../figures.mjs';
import { quantile } from '../tokens/timing.mjs';
import { differences, median, ratios } from './slices.mjs';
import { cold } from './workloads.mjs';

/** @typedef {import('./workloads.mjs').Measured} Measured */

/** Of its core; beyond, the load is what limits. */
const busyMost = 0.95;

const withParameter = 'a resource from a parameter';

/** What a contender is compared with. */
function baseOf(name, results) {
  return results.get(name.includes(withParameter) ? 'unguarded, with a parameter' : 'unguarded');
}

/** @param {string} title @param {Measured['hot']} results */
export function printThroughput(title, results) {
  console.log(`\n${title}`);
  const rows = [...results].map(([name, { perSecond, cpuNs }]) => {
    const base = baseOf(name, results);
    return [
      name,
      spread(perSecond, '/s'),
      shares(ratios(perSecond, base.perSecond)),
      written(median(cpuNs), 'time'),
      spread(differences(cpuNs, base.cpuNs), 'time'),
    ];
  });
  printTable([['', 'requests', 'of unguarded', 'processor time', 'added by the guard'], ...rows]);
  const busiest = Math.max(...[...results.values()].flatMap(({ busyShare }) => busyShare));
  if (busiest > busyMost)
    console.log(`The load has used up to ${Math.round(busiest * 100)} % of its core: it may be what limits`);
}

function shares(values) {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share).toFixed(3));
  return `${middle} (${low} to ${high})`;
}

/** @param {string} title @param {Measured['latency']} results */
export function printLatencies(title, results) {
  console.log(`\n${title}`);
  const rows = [...results].map(([name, rounds]) => {
    const all = rounds.flat();
    return [
      name,
      ...[0.5, 0.99, 0.999].map((share) => written(quantile(all, share) * 1e6, 'time')),
      String(all.length),
    ];
  });
  printTable([['', 'p50', 'p99', 'p99.9', 'requests'], ...rows]);
}

/** @param {Measured['memory']} memory */
export function printMemory(memory) {
  const texts = [...memory].map(([name, bytes]) => `${name} ${Math.round(bytes / 2 ** 20)} MiB`);
  console.log(`\nresident memory after it: ${texts.join('; ')}`);
}

/**
 * @param {{ framework: string, rivals: string[], goals: { hot: number, rival: number, many: number } }} kit
 * @param {Measured} measured @returns {import('../figures.mjs').Figure[]}
 */
export function figuresOf({ framework, rivals, goals }, { hot, many, fresh, latency, memory }) {
  const guarded = [...hot.keys()].filter((name) => name.startsWith('rightful'));
  const goalOf = (name, goal) => (name === cold ? {} : { goal });
  const asks = (name) => name.split(', ').slice(1).join(', ') || 'one permission';
  const title = (name) => `${framework}, hot token, ${asks(name)}`;
  return [
    ...guarded.map((name) => ({
      ...toUnguarded(`${title(name)}: throughput`, name, hot),
      ...goalOf(name, { of: 'ratio', least: goals.hot }),
    })),
    ...guarded.map((name) => ({
      ...addedTime(`${title(name)}: added processor time`, name, hot),
      ...goalOf(name, { of: 'value', most: 3000 }),
    })),
    toRival(`${framework}, hot token: to the fastest rival`, hot, rivals, { least: goals.rival }),
    {
      ...toUnguarded(`${framework}, 10,000 tokens: throughput`, 'rightful', many),
      goal: { of: 'ratio', least: goals.many },
    },
    toRival(`${framework}, 10,000 tokens: to the fastest rival`, many, rivals),
    byHand(`${framework}, hot token: to a look-up by hand`, hot),
    byHand(`${framework}, 10,000 tokens: to a look-up by hand`, many),
    toRival(`${framework}, each a new token: to the fastest rival`, fresh, rivals, { above: 1 }),
    ...latencyFigures(framework, latency),
    memoryFigure(framework, rivals, memory),
  ];
}

/**
 * What a rival adds to a framework where ours is not, beside what ours adds where it is.
 *
 * @param {{ kit: { framework: string, hasOurs: boolean, rivals: string[] }, results: Measured }[]} measurements
 * @returns {import('../figures.mjs').Figure[]}
 */
export function besideItsOwn(measurements) {
  const [withOurs, others] = [true, false].map((wanted) => measurements.filter(({ kit }) => kit.hasOurs === wanted));
  return withOurs.flatMap(({ kit: { framework }, results }) =>
    others.flatMap(({ kit, results: theirs }) =>
      kit.rivals.flatMap((rival) => [
        addedBeside(`${framework}, hot token`, results.hot, { rival, results: theirs.hot, ...kit }),
        addedBeside(`${framework}, 10,000 tokens`, results.many, { rival, results: theirs.many, ...kit }),
        {
          ...addedBeside(`${framework}, each a new token`, results.fresh, { rival, results: theirs.fresh, ...kit }),
          goal: { of: 'ratio', below: 1 },
        },
      ]),
    ),
  );
}

function addedBeside(title, results, other) {
  const values = added('rightful', results);
  const theirs = added(other.rival, other.results);
  return {
    name: `${title}: added processor time, to a rival on its own framework`,
    values,
    unit: 'time',
    against: `${other.rival} on ${other.framework}, ${written(median(theirs), 'time')}`,
    ratio: addedRatio(values, theirs),
  };
}

/** Round by round, and by the medians where in one of them noise is larger than what is added. */
function addedRatio(own, theirs) {
  if ([...own, ...theirs].every((value) => value > 0)) return ratios(own, theirs);
  const [one, other] = [median(own), median(theirs)];
  return one > 0 && other > 0 ? one / other : undefined;
}

/** Nanoseconds of the server's processor time a request. */
function added(name, results) {
  return differences(results.get(name).cpuNs, baseOf(name, results).cpuNs);
}

function memoryFigure(framework, rivals, memory) {
  const [least] = rivals.toSorted((one, other) => memory.get(one) - memory.get(other));
  const bytes = memory.get('rightful');
  return {
    name: `${framework}: resident memory after it`,
    values: [bytes],
    unit: 'bytes',
    against: `${least}, ${written(memory.get(least), 'bytes')}`,
    ratio: bytes / memory.get(least),
  };
}

function toUnguarded(name, own, results) {
  return compared(name, results.get(own), 'unguarded', baseOf(own, results));
}

function toRival(name, results, rivals, goal) {
  const [rival] = rivals.toSorted((a, b) => median(results.get(b).perSecond) - median(results.get(a).perSecond));
  const figure = compared(name, results.get('rightful'), rival, results.get(rival));
  return goal === undefined ? figure : { ...figure, goal: { of: 'ratio', ...goal } };
}

function byHand(name, results) {
  return compared(name, results.get('rightful'), 'by hand', results.get('by hand'));
}

function compared(name, own, other, { perSecond, busyShare }) {
  // A server that waits for the load could do more than it shows.
  const isHeldUp = Math.max(median(busyShare), median(own.busyShare)) > busyMost;
  const against = `${other}, ${written(median(perSecond), '/s')}${isHeldUp ? '; the load limits' : ''}`;
  const ratio = ratios(own.perSecond, perSecond);
  return { name, values: own.perSecond, unit: '/s', against, ratio, ratioOf: 'throughput' };
}

function addedTime(name, own, results) {
  const base = baseOf(own, results).cpuNs;
  const against = `unguarded, ${written(median(base), 'time')}`;
  return { name, values: added(own, results), unit: 'time', against };
}

function latencyFigures(framework, latency) {
  const [base, own] = ['unguarded', 'rightful'].map((name) => latency.get(name));
  const at = (rounds, share) => rounds.map((one) => quantile(one, share) * 1e6);
  return [0.5, 0.99, 0.999].map((share) => {
    const [ours, others] = [at(own, share), at(base, share)];
    return {
      name: `${framework}, p${share * 100} at 70 % of capacity`,
      values: ours,
      unit: 'time',
      against: `unguarded, ${written(median(others), 'time')}`,
      ratio: ratios(ours, others),
      ...(share === 0.99 && { goal: { of: 'ratio', most: 1.15 } }),
    };
  });
}
