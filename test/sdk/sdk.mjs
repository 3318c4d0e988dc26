// A major of Auth0's SDK goes in, its client for an administration comes out, its calls under one set of names: version 4 puts ids
// into objects and answers with `data`, later ones list page after page by themselves.

const packages = {
  4: () => import('auth0-4'),
  5: () => import('auth0-5'),
  6: () => import('auth0-6'),
  7: () => import('auth0'),
};

export async function sdk(major, domain, { clientId, clientSecret }) {
  const { ManagementClient } = await packages[major]();
  const client = new ManagementClient({ domain, clientId, clientSecret });
  return Number(major) === 4 ? version4(client) : laterVersion(client);
}

/** Every item of a list, fetched as its users do. */
async function all(page) {
  const items = [];
  for await (const item of await page) items.push(item);
  return items;
}

function laterVersion(client) {
  const { users, roles, resourceServers, clientGrants } = client;
  return {
    users: {
      list: (query) => all(users.list(query)),
      get: (id) => users.get(id),
      permissions: (id, query) => all(users.permissions.list(id, query)),
      assign: (id, permissions) => users.permissions.create(id, { permissions }),
      remove: (id, permissions) => users.permissions.delete(id, { permissions }),
      roles: (id) => all(users.roles.list(id)),
      assignRoles: (id, ids) => users.roles.assign(id, { roles: ids }),
      removeRoles: (id, ids) => users.roles.delete(id, { roles: ids }),
      effective: (id, api) => all(users.effectivePermissions.list(id, { resource_server_identifier: api })),
      effectiveRoles: (id) => all(users.effectiveRoles.list(id)),
      sources: (id, api, name) =>
        all(
          users.effectivePermissions.sources.roles.list(id, {
            resource_server_identifier: api,
            permission_name: name,
          }),
        ),
    },
    roles: {
      list: (query) => all(roles.list(query)),
      get: (id) => roles.get(id),
      create: (body) => roles.create(body),
      update: (id, body) => roles.update(id, body),
      delete: (id) => roles.delete(id),
      permissions: (id) => all(roles.permissions.list(id)),
      assign: (id, permissions) => roles.permissions.add(id, { permissions }),
      remove: (id, permissions) => roles.permissions.delete(id, { permissions }),
      users: (id, query) => all(roles.users.list(id, query)),
      assignUsers: (id, ids) => roles.users.assign(id, { users: ids }),
    },
    apis: {
      list: (query) => all(resourceServers.list(query)),
      get: (id) => resourceServers.get(id),
      create: (body) => resourceServers.create(body),
      update: (id, body) => resourceServers.update(id, body),
      delete: (id) => resourceServers.delete(id),
    },
    grants: {
      list: (query) => all(clientGrants.list(query)),
      get: (id) => clientGrants.get(id),
      create: (body) => clientGrants.create(body),
      update: (id, body) => clientGrants.update(id, body),
      delete: (id) => clientGrants.delete(id),
    },
  };
}

/** What it cannot do is not there. */
function version4(client) {
  const { users, roles, resourceServers, clientGrants } = client;
  const data = async (answer) => (await answer).data;
  return {
    users: {
      list: (query) => data(users.getAll(query)),
      get: (id) => data(users.get({ id })),
      permissions: (id, query) => data(users.getPermissions({ id, ...query })),
      assign: (id, permissions) => data(users.assignPermissions({ id }, { permissions })),
      remove: (id, permissions) => data(users.deletePermissions({ id }, { permissions })),
      roles: (id) => data(users.getRoles({ id })),
      assignRoles: (id, ids) => data(users.assignRoles({ id }, { roles: ids })),
      removeRoles: (id, ids) => data(users.deleteRoles({ id }, { roles: ids })),
    },
    roles: {
      list: (query) => data(roles.getAll(query)),
      get: (id) => data(roles.get({ id })),
      create: (body) => data(roles.create(body)),
      update: (id, body) => data(roles.update({ id }, body)),
      delete: (id) => data(roles.delete({ id })),
      permissions: (id) => data(roles.getPermissions({ id })),
      assign: (id, permissions) => data(roles.addPermissions({ id }, { permissions })),
      remove: (id, permissions) => data(roles.deletePermissions({ id }, { permissions })),
      users: async (id, query) => {
        const page = await data(roles.getUsers({ id, ...query }));
        return page.users ?? page;
      },
      assignUsers: (id, ids) => data(roles.assignUsers({ id }, { users: ids })),
    },
    apis: {
      list: (query) => data(resourceServers.getAll(query)),
      get: (id) => data(resourceServers.get({ id })),
      create: (body) => data(resourceServers.create(body)),
      update: (id, body) => data(resourceServers.update({ id }, body)),
      delete: (id) => data(resourceServers.delete({ id })),
    },
    grants: {
      list: (query) => data(clientGrants.getAll(query)),
      create: (body) => data(clientGrants.create(body)),
      update: (id, body) => data(clientGrants.update({ id }, body)),
      delete: (id) => data(clientGrants.delete({ id })),
    },
  };
}
