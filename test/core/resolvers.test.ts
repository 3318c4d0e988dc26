// Resources that have several names: what is held under one of them is held, and what is denied under one is denied.

import { describe, expect, it } from '@jest/globals';
import {
  allOf,
  anyOf,
  NotFoundError,
  on,
  policy,
  type Decision,
  type Privilege,
  type Requirement,
  type ResourceResolution,
  type ResourceResolver,
} from 'rightful';
import { errorOf, issuer, session, storeOf, type Options } from './authorizing.ts';

const scope = 'sources:read';
const asked = on(scope, 'sources:name:{name}');
const names: Record<string, ResourceResolution> = {
  main: ['sources:id:1', 'folders:id:9'],
  other: 'sources:id:2',
  nameless: [],
  gone: null,
};

function deciding(held: (Privilege | string)[], resolver: unknown = byName, options: Options = {}) {
  const one = session({
    store: storeOf(...held),
    resolvers: { 'sources:name:': resolver as ResourceResolver },
    ...options,
  });
  return async (name: string): Promise<Decision> => one.decide({ scope }, asked, { params: { name } });
}

const byName = (resource: string): ResourceResolution => names[resource.slice('sources:name:'.length)] ?? null;
const reading = (on: string, effect?: 'deny'): Privilege => ({ permission: scope, on, ...(effect && { effect }) });

describe('a resource with several names', () => {
  it.each<[string, Privilege[], string, boolean]>([
    ['held by the name asked', [reading('sources:name:main')], 'main', true],
    ['held by another name', [reading('sources:id:1')], 'main', true],
    ['held by the folder it is in', [reading('folders:id:9')], 'main', true],
    ['held by a wildcard', [reading('sources:*')], 'main', true],
    ['held elsewhere', [reading('sources:id:2')], 'main', false],
    ['of one other name', [reading('sources:id:2')], 'other', true],
    ['denied by another name', [reading('sources:*'), reading('folders:id:9', 'deny')], 'main', false],
    ['denied by the name asked', [reading('sources:id:1'), reading('sources:name:main', 'deny')], 'main', false],
    ['denied elsewhere', [reading('sources:*'), reading('folders:id:8', 'deny')], 'main', true],
    ['without any name that counts', [reading('sources:id:1')], 'nameless', false],
    ['that is not there, held by a wildcard', [reading('sources:*')], 'gone', true],
    ['that is not there, held nowhere', [reading('sources:id:1')], 'gone', false],
  ])('%s: %s %s', async (_, held, name, expected) => {
    expect((await deciding(held)(name)).permit).toBe(expected);
  });

  it('is looked up only where the name asked does not settle it', async () => {
    const seen: string[] = [];
    const noting = (resource: string): ResourceResolution => (seen.push(resource), byName(resource));
    await deciding([reading('sources:*')], noting)('main');
    expect(seen).toEqual([]);
    await deciding([reading('sources:id:1')], noting)('main');
    await deciding([reading('sources:*'), reading('x:1', 'deny')], noting)('main');
    expect(seen).toEqual(['sources:name:main', 'sources:name:main']);
  });

  it('is not looked up for a token that delegates too little', async () => {
    const never = (): never => {
      throw new Error('asked');
    };
    const one = session({ store: storeOf(), resolvers: { 'sources:name:': never } });
    expect(await one.decide({ scope: 'other' }, asked, { params: { name: 'main' } })).toMatchObject({
      lacking: 'scope',
    });
  });

  it('is known by the longest beginning that fits', async () => {
    const resolvers = { 'sources:': () => 'wide:1', 'sources:name:': () => 'narrow:1' };
    const one = session({ store: storeOf(reading('narrow:1')), resolvers });
    expect(await one.decide({ scope }, asked, { params: { name: 'x' } })).toMatchObject({ permit: true });
  });

  it('tells its names in the reasons', async () => {
    const { because } = await deciding([reading('folders:id:9')])('main');
    expect(because).toMatchObject([{ on: 'sources:name:main', granted: [{ on: 'folders:id:9' }] }]);
  });

  it('is told who asks, and with which request', async () => {
    let told: unknown;
    const resolver = (_: string, context: unknown): null => ((told = context), null);
    const one = session({ store: storeOf(), resolvers: { 'sources:name:': resolver } });
    await one.decide({ scope }, asked, { params: { name: 'x' }, request: 'the request' });
    expect(told).toMatchObject({ access: { subject: { id: 'alice' } }, request: 'the request' });
  });
});

describe('a resolver', () => {
  it('may ask that a missing resource be a 404', async () => {
    const resolver = { resolve: byName, notFound: 'not_found' };
    const error = await errorOf(deciding([reading('sources:id:1')], resolver)('gone'));
    expect(error).toBeInstanceOf(NotFoundError);
    expect([error.status, error.code]).toEqual([404, 'not_found']);
    expect((await deciding([reading('sources:*')], resolver)('gone')).permit).toBe(true);
    expect((await deciding([], resolver)('main')).permit).toBe(false);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['answers with a number', () => 7],
    ['answers with nothing', () => undefined],
    ['answers with a list that has an empty name', () => ['a', '']],
    ['never answers', () => new Promise(() => {})],
  ])('that %s is a 503', async (_, resolver) => {
    const decide = deciding([reading('sources:id:1')], resolver, { storeTimeoutMs: 30 });
    expect((await errorOf(decide('main'))).code).toBe('unavailable');
  });

  it('keeps the status of an AccessError that it throws', async () => {
    const resolver = (): never => {
      throw new NotFoundError();
    };
    expect((await errorOf(deciding([], resolver)('main'))).status).toBe(404);
  });

  it('is remembered for as long as the version is the same, and no longer', async () => {
    let version = 'one';
    let id = 1;
    let calls = 0;
    const resolver = {
      resolve: () => ((calls += 1), `sources:id:${id}`),
      versionOf: () => version,
    };
    const decide = deciding([reading('sources:id:1')], resolver);
    expect([(await decide('a')).permit, (await decide('a')).permit, calls]).toEqual([true, true, 1]);
    // Deleted and made anew under the same name.
    [id, version] = [2, 'two'];
    expect([(await decide('a')).permit, calls]).toEqual([false, 2]);
  });

  it('is remembered in each organization for itself', async () => {
    const resolver: ResourceResolver = {
      resolve: (_, { access }) => `sources:id:${access.subject.organization}`,
      versionOf: () => 'one',
    };
    const one = session({ store: storeOf(reading('sources:id:acme')), resolvers: { 'sources:name:': resolver } });
    const may = async (org_id: string): Promise<boolean> =>
      (await one.decide({ scope, org_id }, asked, { params: { name: 'main' } })).permit;
    expect([await may('acme'), await may('globex'), await may('acme')]).toEqual([true, false, true]);
  });

  it('is remembered for each issuer by itself, whose organizations may be called alike', async () => {
    const other = 'https://other.example/';
    const resolver: ResourceResolver = {
      resolve: (_, { access }) => `sources:id:${access.subject.issuer}`,
      versionOf: () => 'one',
    };
    const one = session({
      issuer: [{ issuer }, { issuer: other }],
      store: storeOf(reading(`sources:id:${issuer}`)),
      resolvers: { 'sources:name:': resolver },
    });
    const may = async (iss: string): Promise<boolean> =>
      (await one.decide({ scope, iss, org_id: 'acme' }, asked, { params: { name: 'main' } })).permit;
    expect([await may(issuer), await may(other), await may(issuer)]).toEqual([true, false, true]);
  });

  it.each<[string, Requirement, (Privilege | string)[], boolean]>([
    ['something else is lacking', allOf('sources:write', asked), [], false],
    ['an alternative is held', anyOf('sources:write', asked), ['sources:write'], true],
  ])('is not asked where %s', async (_, requirement, held, expected) => {
    const never = (): never => {
      throw new Error('asked');
    };
    const one = session({ store: storeOf(...held), resolvers: { 'sources:name:': never } });
    const decision = await one.decide({ scope: `${scope} sources:write` }, requirement, { params: { name: 'main' } });
    expect(decision.permit).toBe(expected);
  });

  it('is asked before a policy has a say that its answer would silence', async () => {
    const requirement = anyOf(
      allOf(
        'sources:write',
        policy('refuses', () => false),
      ),
      allOf(
        asked,
        policy('permits', () => true),
      ),
    );
    const held = ['sources:write', reading('sources:*'), reading('sources:id:1', 'deny')];
    const one = session({ store: storeOf(...held), resolvers: { 'sources:name:': byName } });
    const claims = { scope: `${scope} sources:write` };
    expect((await one.decide(claims, requirement, { params: { name: 'main' } })).permit).toBe(false);
    expect((await one.decide(claims, requirement, { params: { name: 'other' } })).permit).toBe(true);
  });

  it.each<[string, unknown]>([
    ['resolvers that are a list', []],
    ['a beginning without an end', { 'sources:name': byName }],
    ['a pattern for a beginning', { 'sources:*:': byName }],
    ['a resolver that is no function', { 'sources:': {} }],
    ['an unknown member', { 'sources:': { resolve: byName, cache: true } }],
    ['another word for a missing one', { 'sources:': { resolve: byName, notFound: 404 } }],
    ['a version that is no function', { 'sources:': { resolve: byName, versionOf: '1' } }],
  ])('refuses %s: TypeError', (_, resolvers) => {
    expect(() => session({ resolvers: resolvers as never })).toThrow(TypeError);
  });
});
