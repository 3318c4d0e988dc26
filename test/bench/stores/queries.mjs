// A database goes in; what a lookup costs beside a bare select of the same rows comes out, and what asking together saves.

import assert from 'node:assert/strict';
import { postgresStore } from '../../../dist/stores.js';
import { costRatios } from '../figures.mjs';
import { quantile } from '../tokens/timing.mjs';
import { audience, collector, subjectOf } from './people.mjs';
import { watched } from './server.mjs';

const options = Object.freeze({ audience });

/** @param {import('./databases.mjs').Database} database @returns {Promise<import('../figures.mjs').Figure[]>} */
export async function queryFigures({ pool }, people, size) {
  const store = postgresStore({ pool });
  await store.ready();
  const few = people.filter((one) => one !== collector).map(subjectOf);
  const figures = [
    await besideSelect(store, pool, few, { ...size, title: '20 rows' }),
    await besideSelect(store, pool, [subjectOf(collector)], { ...size, title: '20 roles, 500 privileges' }),
    ...(await together(store, pool, few.slice(0, 200), size)),
  ];
  await store.close();
  return figures;
}

/** The same rows in a table of their own, found by an index and sent in one prepared statement: less cannot be done. */
async function besideSelect(store, pool, subjects, { rounds, lookups, title }) {
  await pool.query('drop table if exists bare');
  await pool.query(
    'create table bare (subject text, permission text, resource text, denied boolean, expires_at float8, role text, giver text)',
  );
  const expected = [];
  for (const { id } of subjects) {
    const privileges = await store.privilegesOf({ ...subjects[0], id }, options);
    expected.push(privileges.length);
    const column = (of) => privileges.map(of);
    await pool.query(
      `insert into bare select $1, permission, resource, false, null, role, null
       from unnest($2::text[], $3::text[], $4::text[]) as given (permission, resource, role)`,
      [id, column(({ permission }) => permission), column(({ on }) => on), column(({ source }) => source.role)],
    );
  }
  await pool.query('create index on bare (subject)');
  await pool.query('vacuum analyze bare');
  const text = 'select permission, resource, denied, expires_at, role, giver from bare where subject = $1';
  const select = async ({ id }) => {
    const { rows } = await pool.query({
      text,
      name: `bare ${title}`,
      values: [id],
      rowMode: 'array',
      types: asWritten,
    });
    return rows.length;
  };
  const lookup = async (subject) => (await store.privilegesOf(subject, options)).length;
  for (const [at, subject] of subjects.entries()) {
    assert.equal(await select(subject), expected[at]);
    assert.equal(await lookup(subject), expected[at]);
  }
  const [own, bare] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const turns = [
      [lookup, own],
      [select, bare],
    ];
    if (round % 2 === 1) turns.reverse();
    const times = [[], []];
    // One after the other, so that both meet the same moment.
    for (let at = 0; at < lookups; at += 1) {
      const subject = subjects[(round * lookups + at) % subjects.length];
      for (const [number, [ask]] of turns.entries()) times[number].push(await tookAsking(ask, subject));
    }
    for (const [number, [, medians]] of turns.entries()) medians.push(quantile(times[number], 0.5));
  }
  return {
    name: `cold lookup on PostgreSQL, ${title}: p50`,
    values: own,
    unit: 'time',
    against: 'a bare prepared select of the same rows',
    ratio: costRatios(own, bare),
    goal: { of: 'ratio', most: 1.5 },
  };
}

const asWritten = { getTypeParser: () => (text) => text };

async function tookAsking(ask, subject) {
  const began = process.hrtime.bigint();
  await ask(subject);
  return Number(process.hrtime.bigint() - began);
}

async function together(store, pool, subjects, { rounds }) {
  const { pool: counted, texts } = watched(pool);
  const counting = postgresStore({ pool: counted, listener: false });
  await counting.ready();
  texts.length = 0;
  const atOnce = (asked) => Promise.all(subjects.map((subject) => asked.privilegesOf(subject, options)));
  const oneByOne = async () => {
    const answers = [];
    for (const subject of subjects) answers.push(await store.privilegesOf(subject, options));
    return answers;
  };
  assert.deepEqual(sizes(await atOnce(counting)), sizes(await oneByOne()));
  const queries = texts.length;
  await counting.close();
  const [batch, single] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const turns = [
      [() => atOnce(store), batch],
      [oneByOne, single],
    ];
    if (round % 2 === 1) turns.reverse();
    for (const [ask, times] of turns) times.push(await tookAsking(ask));
  }
  const name = `${subjects.length} subjects at once on PostgreSQL`;
  return [
    { name: `${name}: queries`, values: [queries], unit: 'count', goal: { of: 'value', most: 10 } },
    { name: `${name}: time`, values: batch, unit: 'time', against: 'one by one', ratio: costRatios(batch, single) },
  ];
}

function sizes(answers) {
  return answers.map(({ length }) => length);
}
