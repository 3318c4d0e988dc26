// What sets of 50 privileges take, a process of its own started with --expose-gc: prints bytes a set as JSON.

import { asReadList } from '../../../dist/core/privilege-reading.js';
import { randomSource } from '../rounds.mjs';
import { bareSet, compiled, contenders, oursByAuthorizer, readList, readerOf } from './contenders.mjs';
import { scenarios } from './scenarios.mjs';

const [name, count] = [process.argv[2], Number(process.argv[3])];
const heldByCaller = process.argv[4] === 'held';
const random = randomSource();
const reader = readerOf({});
const [byName] = scenarios;
const names = byName.scene(500).privileges.map(({ permission }) => permission);
const privileges = readList(names.map((permission) => ({ permission })));
const contender = contenders.find((one) => one.name === name);

await filled(50, []); // what is compiled and allocated once
const choices = Array.from({ length: count }, fifty);
// A cache keeps the list; what an authorizer adds to it is asked for.
const lists = choices.map((choice) => (heldByCaller ? listOf(choice) : choice));
const before = bytesInUse();
const kept = await filled(count, lists);
console.log(JSON.stringify({ bytes: (bytesInUse() - before) / count }));
if (kept.length + lists.length + choices.length > 3 * count) throw new Error('never: keeps them until here');

async function filled(size, given) {
  const made = [];
  for (let at = 0; at < size; at += 1) made.push(await one(given[at] ?? fifty()));
  return made;
}

async function one(given) {
  if (name === bareSet) return new Set(given.map((at) => names[at]));
  if (name === oursByAuthorizer) {
    const list = heldByCaller && typeof given[0] === 'object' ? given : listOf(given);
    // The lists remember what was made of them.
    compiled(list, reader).has(list[0].permission);
    return heldByCaller ? undefined : list;
  }
  const scene = { ...byName.scene(1), privileges: given.map((at) => ({ permission: names[at] })) };
  const made = await contender.create({ ...scene, questions: [{ permission: names[given[0]] }] });
  made.ask(made.input({ permission: names[given[0]] }));
  return made;
}

function listOf(choice) {
  return asReadList(choice.map((at) => privileges[at]));
}

function fifty() {
  const taken = new Set();
  while (taken.size < 50) taken.add(Math.floor(random() * names.length));
  return [...taken];
}

function bytesInUse() {
  for (let time = 0; time < 4; time += 1) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
