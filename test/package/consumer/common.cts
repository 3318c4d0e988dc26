// A user's code in CommonJS; only compiled.

import rightful = require('rightful');
import guards = require('rightful/express');
import koa = require('rightful/koa');
import stores = require('rightful/stores');
import testing = require('rightful/testing');

const store: rightful.PrivilegeStore = stores.memoryStore({ users: {} });
const options = { issuer: 'https://issuer.example/', audience: 'https://contacts.example', store };
const { requirePermission } = guards.createGuards(options);
const { requirePermission: requireOnKoa } = koa.createGuards(options);

export = {
  guards: [requirePermission('read:contacts'), requireOnKoa('read:contacts')],
  issuer: testing.createTestIssuer,
};
