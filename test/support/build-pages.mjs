// Once before all tests: the dashboard, which the administration serves, and the page of the demo, as the sources are now.

import { fileURLToPath } from 'node:url';
import { buildPage } from '../../examples/address-book/web/build.mjs';
import { buildDashboard } from '../../src/admin/ui/build.mjs';

const client = fileURLToPath(new URL('../../src/client.ts', import.meta.url));

export default async function build() {
  try {
    await buildDashboard();
    await buildPage({ alias: { 'rightful/client': client } });
  } catch (error) {
    // Whoever works on something else is not kept from it: the tests of the pages themselves fail then.
    if (process.env.CI) throw error;
    console.error(`The pages do not build: ${error.message}`);
  }
}
