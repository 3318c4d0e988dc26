// Makes every call of the management API through one major of the SDK, and prints what came back: `node everything.mjs 7 <domain>`.

import { sdk } from './sdk.mjs';

const [major, domain] = process.argv.slice(2);
const administrator = await sdk(major, domain, { clientId: 'administrator', clientSecret: 'a secret' });
const reader = await sdk(major, domain, { clientId: 'reader', clientSecret: 'another secret' });
const { users, roles, apis, grants } = administrator;

const contacts = 'https://contacts.example/';
const calendar = 'https://api.example.com/';
const user = 'auth0|5f7c8ec7c33c6c004bbafe82';
const others = Array.from({ length: 120 }, (_, at) => `auth0|user/${String(at).padStart(3, '0')}`);
const permissionsOf = (names, identifier = contacts) =>
  names.map((name) => ({ permission_name: name, resource_server_identifier: identifier }));

const told = {};

// -- APIs
const scopes = Array.from({ length: 60 }, (_, at) => ({ value: `read:${at}`, description: `See ${at}` }));
told.apiCreated = await apis.create({ name: 'Calendar', identifier: calendar, scopes, enforce_policies: true });
told.apiById = await apis.get(told.apiCreated.id);
told.apiByIdentifier = await apis.get(calendar);
told.apis = await apis.list();
told.apisNamed = await apis.list({ identifiers: [calendar, contacts] });
told.apiUpdated = await apis.update(told.apiCreated.id, { token_dialect: 'access_token_authz', signing_alg: 'RS256' });

// -- Permissions of a user
told.assigned = await users.assign(user, permissionsOf(['read:contacts', 'write:contacts']));
await users.assign(
  user,
  permissionsOf(
    scopes.map(({ value }) => value),
    calendar,
  ),
);
told.permissions = await users.permissions(user, { per_page: 100 });
// As many as come by themselves: more than one page where the SDK turns pages.
told.permissionsByDefault = await users.permissions(user);
told.removed = await users.remove(
  user,
  permissionsOf(
    scopes.map(({ value }) => value),
    calendar,
  ),
);
told.removedAgain = await users.remove(user, permissionsOf(['read:1'], calendar));
told.permissionsLeft = await users.permissions(user);

// -- Roles
told.role = await roles.create({ name: 'Editor', description: 'Writes' });
told.roleUpdated = await roles.update(told.role.id, { description: 'Writes much' });
told.roleGot = await roles.get(told.role.id);
told.rolesNamed = await roles.list({ name_filter: 'EDIT' });
told.roleAssigned = await roles.assign(told.role.id, permissionsOf(['delete:contacts', 'write:contacts']));
told.rolePermissions = await roles.permissions(told.role.id);
told.rolesAssigned = await users.assignRoles(user, [told.role.id]);
told.userRoles = await users.roles(user);
told.usersAssigned = await roles.assignUsers(told.role.id, others);
told.roleUsers = await roles.users(told.role.id);
told.roleUsersByTen = await roles.users(told.role.id, { take: 10 });
told.both = await users.permissions(user);

// -- Users
told.user = await users.get(user);
told.users = await users.list();

// -- What a user may do in the end
if (users.effective !== undefined) {
  told.effective = await users.effective(user, contacts);
  told.effectiveRoles = await users.effectiveRoles(user);
  told.sources = await users.sources(user, contacts, 'write:contacts');
}

// -- Applications
told.grant = await grants.create({ client_id: 'robot', audience: contacts, scope: ['read:contacts'] });
if (grants.get !== undefined) told.grantGot = await grants.get(told.grant.id);
told.grantUpdated = await grants.update(told.grant.id, { scope: ['write:contacts'] });
told.grants = await grants.list({ client_id: 'robot' });
for (const client of others) await grants.create({ client_id: client, audience: contacts, scope: ['read:contacts'] });
told.grantsByDefault = await grants.list({ audience: contacts });
told.grantDeleted = await grants.delete(told.grant.id);
told.grantsLeft = await grants.list({ client_id: 'robot' });

// -- What is refused
const failed = async (call) => {
  try {
    await call;
    return 'it was not refused';
  } catch (error) {
    // Version 4 leaves its body as it came.
    const body = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
    const { errorCode, error: title, message } = body;
    return { name: error.name, statusCode: error.statusCode, errorCode, title, message };
  }
};
told.refused = {
  noRole: await failed(roles.get('rol_0000000000000000')),
  noApi: await failed(apis.get('https://nothing.example/')),
  noGrant: await failed(grants.delete('cgr_0000000000000000')),
  nameTaken: await failed(roles.create({ name: 'Editor' })),
  identifierTaken: await failed(apis.create({ name: 'Calendar', identifier: calendar })),
  noPermission: await failed(users.assign(user, permissionsOf(['fly:contacts']))),
  noScope: await failed(reader.roles.list()),
  beyondCeiling: await failed(reader.users.assign('auth0|bob', permissionsOf(['read:contacts']))),
};
told.ofReader = await reader.users.permissions(user);

// -- Everything back
told.rolesRemoved = await users.removeRoles(user, [told.role.id]);
told.roleRemoved = await roles.remove(told.role.id, permissionsOf(['write:contacts']));
told.rolePermissionsLeft = await roles.permissions(told.role.id);
told.roleDeleted = await roles.delete(told.role.id);
told.apiDeleted = await apis.delete(calendar);

// JSON leaves out what is undefined.
process.stdout.write(JSON.stringify(told, (_, value) => (value === undefined ? null : value)));
