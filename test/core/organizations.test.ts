// The rights of the organization that a route names, not of the one that the token happens to be bound to.

import { describe, expect, it } from '@jest/globals';
import { allOf, anyOf, inOrganization, on, policy, type Claims, type Privilege, type Requirement } from 'rightful';
import { memoryStore } from 'rightful/stores';
import { issuer, session, type Options } from './authorizing.ts';

const held: Privilege[] = [
  { permission: 'everywhere' },
  { permission: 'there', organization: 'acme' },
  { permission: 'elsewhere', organization: 'globex' },
  { permission: 'refused', organization: 'acme' },
  { permission: 'refused', organization: 'acme', effect: 'deny' },
];
const store = memoryStore({ issuer, users: { alice: { permissions: held } } });
const scope = 'everywhere there elsewhere refused claimed';

async function permits(requirement: Requirement, claims: Claims = {}, params = {}, options: Options = {}) {
  const decision = await session({ store, ...options }).decide({ scope, ...claims }, requirement, { params });
  return decision.permit;
}

describe('inOrganization', () => {
  it.each<[string, string | null, Claims, Claims]>([
    [
      'of a token that is bound to none',
      'acme',
      {},
      { everywhere: true, there: true, elsewhere: false, refused: false },
    ],
    ['of a token bound to the same', 'acme', { org_id: 'acme' }, { everywhere: true, there: true, elsewhere: false }],
    ['of a token bound to another', 'acme', { org_id: 'globex' }, { everywhere: true, there: true, elsewhere: false }],
    ['where nothing is held', 'initech', { org_id: 'acme' }, { everywhere: true, there: false, elsewhere: false }],
    ['in none', null, { org_id: 'acme' }, { everywhere: true, there: false, elsewhere: false }],
  ])('asks for the rights of the organization, %s', async (_, organization, claims, expected) => {
    const found = await Promise.all(
      Object.keys(expected).map(async (name) => [name, await permits(inOrganization(name, organization), claims)]),
    );
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('takes the organization from the route, and refuses one that cannot be used', async () => {
    const requirement = inOrganization('there', '{org}');
    expect(await permits(requirement, {}, { org: 'acme' })).toBe(true);
    expect(await permits(requirement, {}, { org: 'globex' })).toBe(false);
    for (const org of [undefined, '', '*', 'acme:x', ['acme'], 0.5]) {
      expect(await permits(inOrganization('everywhere', '{org}'), {}, { org })).toBe(false);
    }
    expect(await permits(inOrganization('there', '{org}', { org: 'acme' }), {}, { org: 'globex' })).toBe(true);
  });

  it('says what is lacking where the organization cannot be used', async () => {
    const decision = await session({ store }).decide({ scope }, inOrganization(allOf('there', 'everywhere'), '{org}'));
    expect(decision).toMatchObject({
      permit: false,
      lacking: 'privilege',
      missing: [{ permission: 'there' }, { permission: 'everywhere' }],
    });
  });

  it('leaves to the token what it delegates', async () => {
    const decision = await session({ store }).decide({ scope: 'there' }, inOrganization('everywhere', 'acme'));
    expect(decision).toMatchObject({ permit: false, lacking: 'scope', scope: 'everywhere' });
  });

  it.each<[string, Claims, boolean]>([
    ['counts of a token that is bound to none', {}, true],
    ['counts of a token that is bound to the same', { org_id: 'acme' }, true],
    ['does not count of a token that is bound to another', { org_id: 'globex' }, false],
  ])('what the token claims %s', async (_, claims, expected) => {
    const claiming = { permissions: ['claimed'], ...claims };
    expect(await permits(inOrganization('claimed', 'acme'), claiming)).toBe(expected);
    const limited = { permissionsClaim: 'limits' as const };
    const limiting = { permissions: ['there'], ...claims };
    expect(await permits(inOrganization('there', 'acme'), limiting, {}, limited)).toBe(expected);
  });

  it('what scopes assign to a machine does not count in another organization', async () => {
    const machine = { sub: 'app@clients', scope: 'claimed' };
    expect(await permits(inOrganization('claimed', 'acme'), machine)).toBe(true);
    expect(await permits(inOrganization('claimed', 'acme'), { ...machine, org_id: 'globex' })).toBe(false);
    expect(await permits('claimed', { ...machine, org_id: 'globex' })).toBe(true);
  });

  it('hands policies the access in that organization', async () => {
    const seen: unknown[] = [];
    const noting = policy('notes', ({ subject, permissions }) => {
      seen.push(subject.organization, permissions.has('there'), permissions.has('elsewhere'));
      return true;
    });
    expect(await permits(inOrganization(allOf('there', noting), 'acme'), { org_id: 'globex' })).toBe(true);
    expect(seen).toEqual(['acme', true, false]);
  });

  it('changes nothing for requirements that name none', async () => {
    const one = session({ store });
    const access = await one.access({ scope, org_id: 'globex' });
    expect(await one.authorizer.decide(access, inOrganization('there', 'acme'))).toMatchObject({ permit: true });
    expect(await one.authorizer.decide(access, 'there')).toMatchObject({ permit: false });
    expect(await one.authorizer.decide(access, 'elsewhere')).toMatchObject({ permit: true });
  });

  it.each<[string, () => unknown]>([
    ['an empty organization', () => inOrganization('a', '')],
    ['a brace alone', () => inOrganization('a', '{org')],
    ['no organization', () => inOrganization('a', undefined as never)],
    ['no requirement', () => inOrganization(undefined as never, 'acme')],
    ['one inside another', () => inOrganization(inOrganization('a', 'acme'), 'globex')],
    ['one inside allOf', () => allOf('a', inOrganization('a', 'acme'))],
    ['one inside anyOf', () => anyOf('a', inOrganization('a', 'acme'))],
    ['parameters that are none', () => inOrganization('a', '{org}', 'acme' as never)],
    ['a plain object with one inside another', () => session().decide({}, { allOf: [inOrganization('a', 'x')] })],
  ])('refuses %s: TypeError', async (_, making) => {
    await expect((async () => making())()).rejects.toThrow(TypeError);
  });

  it('is plain data', () => {
    expect(inOrganization(on('users:read', 'users:id:{id}'), '{org}')).toEqual({
      inOrganization: '{org}',
      requirement: { permission: 'users:read', on: 'users:id:{id}' },
    });
  });
});
