import express from 'express';
import { definePermissions } from 'rightful';
import { createGuards } from 'rightful/express';
import { memoryStore } from 'rightful/stores';

const permissions = definePermissions({ 'read:contacts': 'See contacts', 'write:contacts': 'Change contacts' });
const store = memoryStore({ users: { 'auth0|alice': { permissions: ['read:contacts'] } } });
const issuer = process.env['ISSUER'] ?? 'https://your-tenant.eu.auth0.com/';
const audience = 'https://contacts.example/';
const { requirePermission, accessOf } = createGuards({ issuer, audience, permissions, store });

const app = express();
app.get('/contacts', requirePermission('read:contacts'), (req, res) => {
  res.json({ contacts: ['Bob'], for: accessOf(req).subject.id });
});
export const server = app.listen(Number(process.env['PORT'] ?? 3000));
