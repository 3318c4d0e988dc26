// Numbers of privileges go in, what it costs to make what can be asked about them comes out.

import { Holdings } from '../../../dist/core/holdings.js';
import { NameTable } from '../../../dist/core/name-table.js';
import { prefixDialect } from '../../../dist/core/prefix.js';
import { asReadList } from '../../../dist/core/privilege-reading.js';
import { costRatios, printTable, spread } from '../figures.mjs';
import { randomSource, timedRounds, tookOnce } from '../rounds.mjs';
import { compiled, contenders, libraryAgainst, oursByAuthorizer, oursFrom, readList, readerOf } from './contenders.mjs';
import { scenarios } from './scenarios.mjs';

const [byName] = scenarios;
const newSet = 'new Set';
const inOrder = `${oursByAuthorizer}, names in order`;
const holdingsAlone = 'rightful, Holdings alone';
const unread = `${oursByAuthorizer}, what nobody has read yet`;

/**
 * @param {{ counts: number[], rounds: number, targetMs: number, longestBuildMs: number }} size
 * @returns {Promise<import('../figures.mjs').Figure[]>}
 */
export async function buildFigures({ counts, longestBuildMs, ...size }) {
  const figures = [];
  const slow = new Map();
  for (const count of [...counts, 50].sort((one, other) => one - other)) {
    const runners = [...ownRunners(count), ...(await libraryRunners(count, slow, longestBuildMs))];
    const results = await timedRounds(runners, size);
    const times = new Map([...results].map(([{ name }, values]) => [name, values]));
    printTable([
      [`building from ${shown(count)}, asked once`, 'median (p25 to p75)'],
      ...[...times].map(([name, values]) => [name, spread(values, 'time')]),
    ]);
    for (const [name, at] of slow) if (at < count) console.log(`  ${name}: left out, takes too long at ${shown(at)}`);
    figures.push(...figuresAt(count, times, slow));
  }
  return figures;
}

/** Ours and a Set, each of lists that it has not seen: each is another choice of ten times as many names. */
function ownRunners(count) {
  const privileges = readList(byName.scene(Math.min(10 * count, 200_000)).privileges);
  const random = randomSource();
  const any = () => chosen(privileges, count, random);
  const one = () => privileges.slice(0, count);
  const most = Math.max(1, Math.floor(100_000 / count));
  const [reader, readerInOrder] = [readerOf({}), readerOf({})];
  const reading = { dialect: prefixDialect, names: new NameTable() };
  const listsOf = (choose) => (times) => Array.from({ length: times }, () => asReadList(choose()));
  const own = (name, choose, by) => ({
    name,
    most,
    prepare: listsOf(choose),
    run: each((list) => ask(list, by)),
  });
  const ask = (list, by) => compiled(list, by).has(list[0].permission);
  return [
    own(oursByAuthorizer, any, reader),
    own(inOrder, one, readerInOrder),
    {
      name: holdingsAlone,
      most,
      prepare: listsOf(any),
      run: each((list) => new Holdings(list, reading).permits(list[0].permission)),
    },
    {
      name: unread,
      most,
      prepare: (times) => Array.from({ length: times }, () => any().map((privilege) => ({ ...privilege }))),
      run: each((list) => ask(list, reader)),
    },
    {
      name: oursFrom,
      most,
      prepare: (times) => Array.from({ length: times }, () => sceneOf(any().map(({ permission }) => ({ permission })))),
      run: each((scene) => firstAnswer(contenderNamed(oursFrom).create(scene), scene)),
    },
    {
      name: newSet,
      most,
      prepare: (times) => Array.from({ length: times }, () => any().map(({ permission }) => permission)),
      run: each((names) => new Set(names).has(names[0])),
    },
  ];
}

/** So many of them, none twice, in any order. */
function chosen(list, count, random) {
  const taken = new Set();
  while (taken.size < count) taken.add(Math.floor(random() * list.length));
  return [...taken].map((at) => list[at]);
}

function each(make) {
  return (_count, prepared) => {
    let yes = 0;
    for (const one of prepared) if (make(one)) yes += 1;
    if (yes !== prepared.length) throw new Error('what is held is not found');
  };
}

async function libraryRunners(count, slow, longestBuildMs) {
  const scene = byName.scene(count);
  const runners = [];
  for (const contender of contenders.filter(({ library, name }) => library === true && !slow.has(name))) {
    let made;
    const beganMs = performance.now();
    firstAnswer((made = await contender.create(scene)), scene);
    const tookMs = performance.now() - beganMs;
    if (tookMs > longestBuildMs) slow.set(contender.name, count);
    const input = made.input(scene.questions[0]);
    // Those that look through all they have are not to be timed for that.
    if (tookOnce(() => made.ask(input)) / 1e6 > longestBuildMs) slow.set(contender.name, count);
    runners.push({
      name: contender.name,
      most: Math.max(1, Math.floor(10_000 / count)),
      run: async (times) => {
        for (let time = 0; time < times; time += 1) firstAnswer(await contender.create(scene), scene);
      },
    });
  }
  return runners;
}

function firstAnswer({ input, ask }, { questions }) {
  return ask(input(questions[0]));
}

function sceneOf(privileges) {
  return { ...byName.scene(1), privileges, questions: [privileges[0]] };
}

function contenderNamed(name) {
  return contenders.find((one) => one.name === name);
}

/** @returns {import('../figures.mjs').Figure[]} */
function figuresAt(count, times, slow) {
  const set = times.get(newSet);
  const goal = count === 50 ? { goal: { of: 'ratio', most: 6 } } : {};
  const against = (name, more) => {
    const values = times.get(name);
    const text = `building from ${shown(count)}: ${name.replace('rightful, ', '')}`;
    return { name: text, values, unit: 'time', against: newSet, ratio: costRatios(values, set), ...more };
  };
  const absent = [...slow].filter(([, at]) => at < count).map(([name]) => name);
  // They are given the names in order.
  const library = libraryAgainst(times.get(inOrder), (name) => times.get(name), absent);
  return [
    against(oursByAuthorizer, goal),
    against(inOrder, goal),
    against(holdingsAlone, {}),
    against(unread, {}),
    against(oursFrom, {}),
    against(inOrder, { ratio: undefined, ...library }),
  ];
}

function shown(count) {
  return count.toLocaleString('en-US');
}
