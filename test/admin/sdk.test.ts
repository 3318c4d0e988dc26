// The management API through Auth0's own SDK, the newest major and those before it: every call as its users write it.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { contactsApi } from './admin-scene.ts';
import { item, direct } from './management-scene.ts';
import { sdkScene } from './sdk-scene.ts';
import type { Major, SdkScene } from './sdk-scene.ts';

afterAll(stopServers);

const earlierAreInstalled = existsSync(
  fileURLToPath(new URL('../sdk/node_modules/.package-lock.json', import.meta.url)),
);
const majors = ([4, 5, 6, 7] as const).filter((major) => major === 7 || earlierAreInstalled);

describe.each(majors)('the SDK in version %i', (major) => {
  const calendar = 'https://api.example.com/';
  const user = 'auth0|5f7c8ec7c33c6c004bbafe82';
  let scene: SdkScene;
  let told: Record<string, unknown>;
  beforeAll(async () => {
    scene = await sdkScene();
    told = (await scene.run('everything', major)) as Record<string, unknown>;
  }, 120_000);
  afterAll(() => scene.close());

  const nothing = major === 4 ? [null, ''] : [null, '', {}];
  const ids = (list: unknown, name: string): unknown[] => (list as Record<string, unknown>[]).map((one) => one[name]);

  it('gets its token by a form and keeps it', () => {
    const form = expect.stringContaining('application/x-www-form-urlencoded') as unknown;
    expect(scene.tokenRequests).toEqual([form, form]);
  });

  it('makes, finds and changes APIs, by id and by identifier', () => {
    const { id } = told['apiCreated'] as { id: string };
    expect(told['apiCreated']).toMatchObject({ name: 'Calendar', identifier: calendar, enforce_policies: true });
    expect(told['apiById']).toEqual(told['apiCreated']);
    expect(told['apiByIdentifier']).toEqual(told['apiCreated']);
    expect(ids(told['apis'], 'identifier')).toEqual([contactsApi, `https://${scene.domain}/api/v2/`, calendar]);
    expect(ids(told['apisNamed'], 'identifier')).toEqual([calendar, contactsApi]);
    expect(told['apiUpdated']).toEqual({ ...(told['apiCreated'] as object), token_dialect: 'access_token_authz' });
    expect(id).toMatch(/^[0-9a-f]{24}$/);
    expect(nothing).toContainEqual(told['apiDeleted']);
  });

  it('assigns permissions to a user, lists them page after page, and takes them back', () => {
    expect(nothing.concat({})).toContainEqual(told['assigned']);
    expect(told['permissions']).toHaveLength(62);
    const byDefault = told['permissionsByDefault'] as unknown[];
    // Version 4 asks for one page without saying how long; version 5 stops at a short page, later ones at an empty one.
    expect(byDefault).toEqual((told['permissions'] as unknown[]).slice(0, major === 4 ? 50 : 62));
    expect(nothing).toContainEqual(told['removed']);
    expect(nothing).toContainEqual(told['removedAgain']);
    expect(told['permissionsLeft']).toEqual([
      { ...item('read:contacts', 'See contacts'), sources: [direct] },
      { ...item('write:contacts', 'Change contacts'), sources: [direct] },
    ]);
  });

  it('makes, finds, fills and deletes roles', () => {
    const role = told['role'] as { id: string };
    expect(role).toEqual({ id: expect.stringMatching(/^rol_[A-Za-z0-9]{16}$/), name: 'Editor', description: 'Writes' });
    expect(told['roleUpdated']).toEqual({ ...role, description: 'Writes much' });
    expect(told['roleGot']).toEqual(told['roleUpdated']);
    // One of the roles that are there from the start has that in its name, too.
    expect(told['rolesNamed']).toContainEqual(told['roleUpdated']);
    expect(told['rolePermissions']).toEqual([
      item('delete:contacts', 'Delete contacts'),
      item('write:contacts', 'Change contacts'),
    ]);
    expect(told['rolePermissionsLeft']).toEqual([item('delete:contacts', 'Delete contacts')]);
    expect(scene.exchanges).toContainEqual(
      expect.objectContaining({ method: 'DELETE', url: `/api/v2/roles/${role.id}`, status: 200 }),
    );
  });

  it('gives roles to users from either side, and lists who has them', () => {
    const role = told['role'] as { id: string };
    expect(told['userRoles']).toEqual([told['roleUpdated']]);
    // Version 4 asks for one page.
    expect(told['roleUsers']).toHaveLength(major === 4 ? 50 : 121);
    expect(new Set(ids(told['roleUsersByTen'], 'user_id')).size).toBe(major === 4 ? 10 : 121);
    const ofRole = { source_id: role.id, source_name: 'Editor', source_type: 'ROLE' };
    expect(told['both']).toEqual([
      { ...item('delete:contacts', 'Delete contacts'), sources: [ofRole] },
      { ...item('read:contacts', 'See contacts'), sources: [direct] },
      { ...item('write:contacts', 'Change contacts'), sources: [direct, ofRole] },
    ]);
    expect(told['user']).toEqual({ user_id: user });
    expect(ids(told['users'], 'user_id')).toContain(user);
    expect(told['users']).toHaveLength(major === 4 ? 50 : 121);
  });

  it('reads what a user may do in the end, and through what', () => {
    if (major === 4) return expect(told).not.toHaveProperty('effective');
    expect(told['effective']).toEqual([
      { ...item('delete:contacts', 'Delete contacts'), sources: ['roles'] },
      { ...item('read:contacts', 'See contacts'), sources: ['direct'] },
      { ...item('write:contacts', 'Change contacts'), sources: ['direct', 'roles'] },
    ]);
    expect(told['effectiveRoles']).toEqual([{ ...(told['roleUpdated'] as object), sources: ['direct'] }]);
    expect(told['sources']).toEqual(told['effectiveRoles']);
  });

  it('grants, changes, lists and deletes what an application may', () => {
    const grant = { client_id: 'robot', audience: contactsApi, scope: ['read:contacts'], subject_type: 'client' };
    expect(told['grant']).toEqual({ id: expect.stringMatching(/^cgr_[\w-]+$/), ...grant });
    if (major !== 4) expect(told['grantGot']).toEqual(told['grant']);
    expect(told['grantUpdated']).toEqual({ ...(told['grant'] as object), scope: ['write:contacts'] });
    expect(told['grants']).toEqual([told['grantUpdated']]);
    // The administrator's own privilege has no audience: it is one more.
    expect(new Set(ids(told['grantsByDefault'], 'id')).size).toBe(major === 4 ? 50 : 122);
    expect(nothing).toContainEqual(told['grantDeleted']);
    expect(told['grantsLeft']).toEqual([]);
  });

  it('throws its own errors, with what was wrong', () => {
    const named = (name: string): string => (major === 4 ? 'ManagementApiError' : name);
    expect(told['refused']).toEqual({
      noRole: error(named('NotFoundError'), 404, 'The role does not exist.'),
      noApi: error(named('NotFoundError'), 404, 'The resource server does not exist', 'inexistent_resource_server'),
      noGrant: error(expect.any(String), 404, 'The client grant does not exist.', 'inexistent_client_grant'),
      nameTaken: error(named('ConflictError'), 409, 'The role already exists.', 'role_name_taken'),
      identifierTaken: error(
        named('ConflictError'),
        409,
        'A resource server with the same identifier already exists.',
        'identifier_taken',
      ),
      noPermission: error(named('BadRequestError'), 400, expect.stringContaining('fly:contacts'), 'invalid_body'),
      noScope: error(
        named('ForbiddenError'),
        403,
        'Insufficient privilege, expected any of: read:roles',
        'insufficient_privilege',
      ),
      beyondCeiling: error(named('ForbiddenError'), 403, expect.any(String), 'beyond_ceiling'),
    });
    expect(told['ofReader']).toEqual(told['both']);
  });

  it('leaves nothing behind but what was given and not taken back', async () => {
    const { privileges, roles } = await scene.store.subject({ issuer: scene.issuer, id: user, kind: 'user' });
    expect(privileges.map(({ permission }) => permission).sort()).toEqual(['read:contacts', 'write:contacts']);
    expect(roles).toEqual([]);
    expect((await scene.store.apis()).items).toEqual([]);
  });
});

describe.each(majors)('a caller in a hurry, with the SDK in version %i', (major) => {
  it('waits as long as it is told to, and is answered each time', async () => {
    const scene = await sdkScene({ rateLimit: { burst: 2, perSecond: 2 } });
    expect(await scene.run('hurry', major)).toEqual({ answered: 6 });
    const refused = scene.exchanges.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(scene.exchanges.filter(({ status }) => status === 200)).toHaveLength(6);
    for (const { headers } of refused) {
      expect(headers).toMatchObject({ 'x-ratelimit-remaining': '0', 'retry-after': '1' });
    }
    await scene.close();
  }, 60_000);
});

it('a token asked for by JSON and a call by hand do as well', async () => {
  const scene = await sdkScene();
  expect(await scene.run('by-hand', 3)).toEqual({ status: 201, body: {} });
  const { privileges } = await scene.store.subject({ issuer: scene.issuer, id: 'auth0|alice', kind: 'user' });
  expect(privileges.map(({ permission }) => permission)).toEqual(['read:contacts', 'write:contacts']);
  expect(scene.tokenRequests).toEqual(['application/json']);
  await scene.close();
});

const missing = 'versions 4 to 6 of the SDK are not installed: npm ci --prefix test/sdk';
const shouldBeThere = process.env['CI'] !== undefined;
(earlierAreInstalled || shouldBeThere ? it : it.skip)(
  earlierAreInstalled ? 'versions 4 to 6 of the SDK are driven as well' : missing,
  () => {
    expect(majors).toEqual([4, 5, 6, 7] satisfies Major[]);
  },
);

function error(name: unknown, statusCode: number, message: unknown, errorCode?: string): object {
  return {
    name,
    statusCode,
    message,
    title: expect.any(String),
    errorCode: errorCode ?? null,
  };
}
