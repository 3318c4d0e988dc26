// Makes more calls than there is room for through one major of the SDK, one after the other, and prints how many were answered:
// `node hurry.mjs 7 <domain>`.

import { sdk } from './sdk.mjs';

const [major, domain] = process.argv.slice(2);
const { users } = await sdk(major, domain, { clientId: 'administrator', clientSecret: 'a secret' });
let answered = 0;
for (let left = 6; left > 0; left -= 1) {
  await users.permissions('auth0|alice', { per_page: 50, page: 0 });
  answered += 1;
}
process.stdout.write(JSON.stringify({ answered }));
