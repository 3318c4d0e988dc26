// A user's code in CommonJS; only compiled.

import rightful = require('rightful');
import guards = require('rightful/express');
import stores = require('rightful/stores');
import testing = require('rightful/testing');

const store: rightful.PrivilegeStore = stores.memoryStore({ users: {} });
const { requirePermission } = guards.createGuards({
  issuer: 'https://issuer.example/',
  audience: 'https://contacts.example',
  store,
});

export = { guard: requirePermission('read:contacts'), issuer: testing.createTestIssuer };
