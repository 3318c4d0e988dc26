// Once before all tests: the dashboard as the sources are now, which the administration serves.

import { buildDashboard } from '../../src/admin/ui/build.mjs';

export default async function build() {
  try {
    await buildDashboard();
  } catch (error) {
    // Whoever works on something else is not kept from it: the tests of the dashboard itself fail then.
    if (process.env.CI) throw error;
    console.error(`The dashboard does not build: ${error.message}`);
  }
}
