// Serves the contacts of `contacts-api.ts`: the issuer by `ISSUER`, the port by `PORT`.

import { contactsApi } from './contacts-api.ts';

const issuer = process.env['ISSUER'] ?? 'https://your-tenant.eu.auth0.com/';

export const server = contactsApi(issuer).listen(Number(process.env['PORT'] ?? 3000));
