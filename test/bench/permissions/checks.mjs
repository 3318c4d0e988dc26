// Scenarios go in, what a check costs comes out, at every number of privileges and beside every library that can do it.

import { costRatios, printTable, spread } from '../figures.mjs';
import { loopOf, timedRounds, tookOnce } from '../rounds.mjs';
import { assertAgreement } from './agreement.mjs';
import { bareSet, contenders, libraryAgainst, oursByAuthorizer, oursFrom } from './contenders.mjs';
import { scenarios } from './scenarios.mjs';

/** @typedef {import('../figures.mjs').Figure} Figure @typedef {import('./contenders.mjs').Contender} Contender */

/**
 * @param {{ counts: number[], rounds: number, targetMs: number, longestCheckMs: number, longestBuildMs: number }} size who took
 *   longer at one number of privileges is not asked to do the next, ten times as many
 * @returns {Promise<Figure[]>}
 */
export async function checkFigures(size) {
  const figures = [];
  for (const scenario of scenarios) figures.push(...(await figuresOf(scenario, size)));
  return figures;
}

async function figuresOf(scenario, size) {
  const { runners, leftOut } = await runnersOf(scenario, size);
  const results = await timedRounds(runners, size);
  const timesOf = (name, count) => results.get(runners.find((one) => one.name === name && one.count === count));
  printTimes(scenario, size, timesOf, leftOut);
  const figures = size.counts.flatMap((count) => atCount(scenario, count, timesOf, leftOut));
  const [fewest, most] = [size.counts[0], size.counts.at(-1)];
  const [few, many] = [fewest, most].map((count) => timesOf(oursByAuthorizer, count));
  figures.push({
    name: `${scenario.name}: growth to ${shown(most)}`,
    values: many,
    unit: 'time',
    against: `ours with ${shown(fewest)}`,
    ratio: costRatios(many, few),
    goal: { of: 'ratio', below: 1.5 },
  });
  return figures;
}

/** Each contender at each number of privileges, as far as it gets. */
async function runnersOf(scenario, { counts, longestCheckMs, longestBuildMs }) {
  const runners = [];
  const leftOut = new Map();
  const able = contenders.filter(({ takesPatterns }) => takesPatterns || scenario.hasNamePatterns !== true);
  for (const contender of contenders) if (!able.includes(contender)) leftOut.set(contender.name, 0);
  for (const count of counts) {
    const scene = scenario.scene(count);
    for (const contender of able.filter(({ name }) => !leftOut.has(name))) {
      const began = performance.now();
      const made = await contender.create(scene);
      const builtMs = performance.now() - began;
      assertAgreement(contender, made, scenario, scene);
      const inputs = scene.questions.map((question) => made.input(question));
      const checkMs = Math.min(...inputs.map((input) => tookOnce(() => made.ask(input)))) / 1e6;
      const { name, library } = contender;
      runners.push({ name, count, library, run: loopOf(made.ask, inputs) });
      const isSlow = checkMs > longestCheckMs || builtMs > longestBuildMs;
      if (library === true && isSlow) leftOut.set(name, count + 1);
    }
  }
  return { runners, leftOut };
}

/** @returns {Figure[]} */
function atCount(scenario, count, timesOf, leftOut) {
  const name = `${scenario.name}, ${shown(count)}`;
  const own = timesOf(oursByAuthorizer, count);
  const ownFrom = timesOf(oursFrom, count);
  const set = timesOf(bareSet, count);
  const goal = { of: 'ratio', most: scenario.takesResource ? 5 : 2 };
  const figure = { values: own, unit: 'time', goal };
  return [
    { ...figure, name, against: bareSet, ratio: costRatios(own, set) },
    {
      ...figure,
      name: `${name}, PermissionSet.from`,
      values: ownFrom,
      against: bareSet,
      ratio: costRatios(ownFrom, set),
    },
    ...againstLibraries(name, own, count, timesOf, leftOut),
  ];
}

function againstLibraries(name, own, count, timesOf, leftOut) {
  const absent = [...leftOut].filter(([, from]) => from <= count).map(([library]) => library);
  return [{ name, values: own, unit: 'time', ...libraryAgainst(own, (library) => timesOf(library, count), absent) }];
}

function printTimes(scenario, { counts }, timesOf, leftOut) {
  const rows = contenders.map(({ name }) => [name, ...counts.map((count) => cell(timesOf(name, count)))]);
  printTable([[`a check ${scenario.name}`, ...counts.map(shown)], ...rows]);
  for (const [name, from] of leftOut) {
    if (from > counts.at(-1)) continue;
    const why = from === 0 ? 'knows no patterns over names' : `takes too long from ${shown((from - 1) * 10)} on`;
    console.log(`  ${name}: left out, ${why}`);
  }
}

function cell(times) {
  return times === undefined ? '-' : spread(times, 'time');
}

function shown(count) {
  return count.toLocaleString('en-US');
}
