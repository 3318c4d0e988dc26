// The organization that was checked is the one that the handler is given; a resource that is not there is a 404 where that is asked.

import { describe, expect, test } from '@jest/globals';
import { inOrganization, on } from 'rightful';
import { memoryStore, withCache } from 'rightful/stores';
import { ask } from './answers.ts';
import { frameworks } from './frameworks.ts';
import { issuer, options, tokenOf } from './scene.ts';

const held = ['acme', 'globex'].map((organization) => ({ permission: 'read:contacts', organization }));
const store = memoryStore({ issuer: issuer.issuer, users: { alice: { permissions: held } } });

describe.each(frameworks)('on $name', (framework) => {
  test('a guard asks in the organization of the route, and hands it to the handler', async () => {
    const { requirePermission, accessOf } = framework.createGuards(options({ store }));
    const guards = [requirePermission(inOrganization('read:contacts', '{org}'))];
    const handle = (given: Parameters<typeof accessOf>[0]): unknown => accessOf(given).subject.organization ?? 'none';
    const served = await framework.serve([{ path: '/:org/contacts', guards, handle }]);
    const token = await tokenOf({ scope: 'read:contacts', org_id: 'acme' });
    const asked = async (org: string): Promise<unknown> => {
      const { status, text } = await ask(`${served.address}/${org}/contacts`, { token });
      return status === 200 ? text : status;
    };
    expect([await asked('acme'), await asked('globex'), await asked('initech')]).toEqual(['"acme"', '"globex"', 403]);
  });

  test('one token is asked in any number of organizations, in any order, and in each holds what it holds there', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `org-${at}`);
    const permissions = names
      .filter((_, at) => at % 2 === 0)
      .map((name) => ({ permission: 'read:contacts', organization: name }));
    const many = withCache(memoryStore({ issuer: issuer.issuer, users: { alice: { permissions } } }));
    const { requirePermission, accessOf } = framework.createGuards(options({ store: many }));
    const guards = [requirePermission(inOrganization('read:contacts', '{org}'))];
    const handle = (given: Parameters<typeof accessOf>[0]): unknown => accessOf(given).subject.organization;
    const served = await framework.serve([{ path: '/:org/contacts', guards, handle }]);
    const token = await tokenOf({ scope: 'read:contacts', org_id: 'org-0' });
    for (const name of [...names, ...names.toReversed(), 'org-0', 'org-1', 'org-0', 'org-1']) {
      const { status, text } = await ask(`${served.address}/${name}/contacts`, { token });
      const isHeld = names.indexOf(name) % 2 === 0;
      expect([name, status]).toEqual([name, isHeld ? 200 : 403]);
      if (isHeld) expect(text).toBe(JSON.stringify(name));
    }
  });

  test('a resource that is not there is a 404 where the application wants that said', async () => {
    const resolvers = { 'contacts:name:': { resolve: () => null, notFound: 'not_found' as const } };
    const { requirePermission } = framework.createGuards(options({ resolvers }));
    const guards = [requirePermission(on('read:notes', 'contacts:name:{name}'))];
    const served = await framework.serve([{ path: '/:name', guards }]);
    const token = await tokenOf({ scope: 'read:notes' });
    const answer = await ask(`${served.address}/bob`, { token });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([404, null]);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 404, code: 'not_found' });
  });
});
