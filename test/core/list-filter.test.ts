// Which rows of a list somebody may see: as ids, and as a condition that a database understands.

import { describe, expect, it, test } from '@jest/globals';
import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { checker, effectivePermissions, filterFor, PermissionSet, type Dialect, type Privilege } from 'rightful';
import { createTestAccess } from 'rightful/testing';
import vectors from './vectors/lists.json' with { type: 'json' };

const read = 'contacts:read';
const prefix = 'contacts:id:';
const on = (...patterns: string[]): Privilege[] => patterns.map((one) => ({ permission: read, on: one }));
const not = (...patterns: string[]): Privilege[] =>
  patterns.map((one) => ({ permission: read, on: one, effect: 'deny' }));
const ids = ['1', '2', '3', '7:a', '7/a', '70', 'x%', 'x_', "o'neil", '*', '[1]'];

/** The ids that are let through, by the filter itself. */
function seen(privileges: (Privilege | string)[], dialect: Dialect = 'prefix'): string[] {
  const filter = filterFor(PermissionSet.from(privileges, { dialect }), read, prefix);
  return ids.filter((id) => filter.includes(id));
}

describe('filterFor', () => {
  it.each<[string, (Privilege | string)[], string[]]>([
    ['nothing is held', [], []],
    ['another permission is held', ['contacts:write'], []],
    ['it is held everywhere', [read], ids],
    ['everything is held', ['*'], ids],
    ['it is held on all of them', on('contacts:*'), ids],
    ['it is held by the id of all', on('contacts:id:*'), ids],
    ['it is held on some', on('contacts:id:1', 'contacts:id:3'), ['1', '3']],
    ['it is held on what is no row', on('contacts:id:9'), []],
    ['it is held on other things', on('notes:id:1', 'contacts:name:1', 'contacts:id:'), []],
    ['it is held on no resource', on(''), []],
    ['it is held on a pattern that is none', on('contacts:id:1*'), []],
    ['one is denied', [read, ...not('contacts:id:2')], ids.filter((id) => id !== '2')],
    ['all of them are denied', [read, ...not('contacts:*')], []],
    ['it is denied whole', [read, ...not('')], []],
    ['a denial cannot be read', [read, ...not('contacts:id:1*')], []],
    ['everything is denied', [read, { permission: '*', effect: 'deny' }], []],
    ['what is below one is denied', [read, ...not('contacts:id:7:*')], ids.filter((id) => id !== '7:a')],
    ['of some one is denied', [...on('contacts:id:1', 'contacts:id:2'), ...not('contacts:id:2')], ['1']],
    ['something else is denied', [read, ...not('notes:*')], ids],
    ['what a denial names looks like a pattern', [read, ...not('contacts:id:[1]')], ids.filter((id) => id !== '[1]')],
  ])('where %s', (_, privileges, expected) => {
    // Where a name looks like a pattern of some dialect nothing is let through that is not granted by itself.
    const exact = seen(privileges);
    if (JSON.stringify(privileges).includes('[1]')) expect(expected).toEqual(expect.arrayContaining(exact));
    else expect(exact).toEqual(expected);
  });

  it.each<[string, (Privilege | string)[], string[]]>([
    ['all of one name', on('contacts:id:*'), ids.filter((id) => !/[:/]/.test(id))],
    ['all', on('contacts:**'), ids],
    ['a pattern of some', on('contacts:id:{1,2}'), []],
    ['one of them', on('contacts:id:1'), ['1']],
    ['all, with a pattern denied', [...on('**'), ...not('contacts:id:?')], []],
    ['one, with a pattern denied', [...on('contacts:id:70'), ...not('contacts:id:?')], ['70']],
  ])('reads globs: %s', (_, privileges, expected) => {
    expect(seen(privileges, 'glob')).toEqual(expected);
  });

  it('lets through what each of several permissions does', () => {
    const held = PermissionSet.from([
      ...on('contacts:id:1', 'contacts:id:2'),
      { permission: 'contacts:write' },
      { permission: 'contacts:write', on: 'contacts:id:2', effect: 'deny' },
    ]);
    expect(filterFor(held, [read, 'contacts:write'], prefix)).toMatchObject({ kind: 'some', ids: ['1'] });
    expect(filterFor(held, [read, 'contacts:delete'], prefix).kind).toBe('none');
    expect(filterFor(held, ['contacts:write', 'contacts:write'], prefix)).toMatchObject({ kind: 'all', except: ['2'] });
  });

  it('looks at what is delegated', () => {
    const cut = effectivePermissions({ scopes: 'other', privileges: [read] });
    expect(filterFor(cut, read, prefix).kind).toBe('none');
    const access = createTestAccess({ scopes: read, privileges: on('contacts:id:1') });
    expect(filterFor(access, read, prefix).ids).toEqual(['1']);
    expect(checker(access, read)('contacts:id:1')).toBe(true);
    expect(checker(access, read)('contacts:id:2')).toBe(false);
  });

  it.each<[string, () => unknown]>([
    ['no permission', () => filterFor(PermissionSet.from([read]), [] as never, prefix)],
    ['no access', () => filterFor(undefined as never, read, prefix)],
    ['a prefix without an end', () => filterFor(PermissionSet.from([]), read, 'contacts')],
    ['a prefix that is a pattern', () => filterFor(PermissionSet.from([]), read, '*:')],
    ['a checker of nothing', () => checker(PermissionSet.from([]), '')],
  ])('refuses %s: TypeError', (_, making) => {
    expect(making).toThrow(TypeError);
  });
});

describe('a condition', () => {
  const filter = (...held: (Privilege | string)[]) => filterFor(PermissionSet.from(held), read, prefix);

  it('holds ids as parameters only', () => {
    const held = filter(...on('contacts:id:1', "contacts:id:x' or 1=1 --"));
    expect(held.sql({ column: 'c.id' })).toEqual({ text: 'c.id = any($1)', values: [['1', "x' or 1=1 --"]] });
    expect(held.sql({ column: 'id', placeholders: 'question' })).toEqual({
      text: 'id in (?, ?)',
      values: ['1', "x' or 1=1 --"],
    });
    expect(held.sql({ column: 'id', type: 'integer', firstParameter: 4 })).toEqual({
      text: 'id = any($4)',
      values: [[1]],
    });
  });

  it('leaves out no denial of a glob where ids are numbers', () => {
    const held = [{ permission: read }, ...not('contacts:id:1*')];
    const cut = filterFor(PermissionSet.from(held, { dialect: 'glob' }), read, prefix);
    expect([cut.includes('12'), cut.includes('2')]).toEqual([false, true]);
    expect(cut.sql({ column: 'id', type: 'integer' })).toEqual({ text: '1 = 0', values: [] });
    expect(filter(read, ...not('contacts:id:7:*')).sql({ column: 'id', type: 'integer' }).text).toBe('1 = 1');
  });

  it.each([0, 1.5, -1, Number.NaN, '1'])('refuses %s as the number of its first parameter', (firstParameter) => {
    const options = { column: 'id', firstParameter: firstParameter as number };
    expect(() => filter(...on('contacts:id:1')).sql(options)).toThrow(/`firstParameter`/);
  });

  it('says that nothing, or everything, fits', () => {
    expect(filter().sql({ column: 'id' })).toEqual({ text: '1 = 0', values: [] });
    expect(filter(read).sql({ column: 'id' })).toEqual({ text: '1 = 1', values: [] });
    expect(filter(...on('contacts:id:x')).sql({ column: 'id', type: 'integer' }).text).toBe('1 = 0');
  });

  it.each(['id; drop table x', 'a.b.c.d', '', '1', 'lower(id)', '"', 'a b', undefined])(
    'refuses the column %s',
    (column) => {
      expect(() => filter(read).sql({ column: column as never })).toThrow(TypeError);
    },
  );
});

describe('in a database', () => {
  test('a condition lets the same rows through as the filter, and a checker no row less', async () => {
    const database = await PGlite.create();
    await database.exec('create table contacts (id text primary key)');
    for (const id of ids) await database.query('insert into contacts values ($1)', [id]);
    const pattern = fc.constantFrom(
      'contacts:*',
      'contacts:id:*',
      'contacts:id:7:*',
      'contacts:id:7/*',
      'contacts:id:x%',
      'notes:*',
      '*',
      ...ids.map((id) => prefix + id),
    );
    const privilege = fc.record({ on: pattern, denies: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(privilege, { maxLength: 6 }), async (held) => {
        const set = PermissionSet.from(held.flatMap((one) => (one.denies ? not(one.on) : on(one.on))));
        const filter = filterFor(set, read, prefix);
        const { text, values } = filter.sql({ column: 'contacts.id' });
        const { rows } = await database.query<{ id: string }>(`select id from contacts where ${text}`, [...values]);
        const found = new Set(rows.map(({ id }) => id));
        const may = checker(set, read);
        for (const id of ids) {
          expect([id, found.has(id)]).toEqual([id, filter.includes(id)]);
          // By an id that looks like a pattern a checker is asked for all of them: nobody should make one.
          if (found.has(id) && id !== '*') expect([id, may(prefix + id)]).toEqual([id, true]);
        }
      }),
      { numRuns: 150 },
    );
    await database.close();
  });
});

describe('vectors', () => {
  const rows = Array.from({ length: 10 }, (_, at) => String(at + 1));

  it.each([...vectors.listFilter, ...vectors.listFilterOurs])('$name', ({ prefix, actions, permissions, expected }) => {
    const held = Object.entries(permissions).flatMap(([permission, scopes]) =>
      scopes.map((scope) => ({ permission, on: scope })),
    );
    const filter = filterFor(PermissionSet.from(held), actions as [string, ...string[]], prefix);
    const idOf = (row: string): string => (prefix.includes(':uid:') ? `uid${row}` : row);
    expect(rows.filter((row) => filter.includes(idOf(row)))).toEqual(expected);
  });

  it.each(vectors.resourceMetadata)('metadata of $permissions', ({ permissions, expected }) => {
    const held = Object.entries(permissions as Record<string, string[]>).flatMap(([permission, scopes]) =>
      scopes.map((scope) => ({ permission, on: scope })),
    );
    const set = PermissionSet.from(held);
    const actions = Object.keys(permissions);
    const found = ['1', '2', '3'].map((id) => [id, actions.filter((one) => checker(set, one)(`resources:id:${id}`))]);
    expect(Object.fromEntries(found.filter(([, names]) => names!.length > 0))).toEqual(expected);
  });

  it.each(vectors.checkerCounts)('$expected of 99 where $held is held', ({ held, expected }) => {
    const set = PermissionSet.from((held ?? []).map((one) => ({ permission: 'dashboards:read', on: one })));
    const may = checker(set, 'dashboards:read');
    const passing = Array.from({ length: 99 }, (_, at) => at + 1).filter(
      (at) => may(`dashboards:uid:${at}`) || may(`folders:uid:${at + 100}`),
    );
    expect(passing).toHaveLength(expected);
  });
});
