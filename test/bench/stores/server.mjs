// A real PostgreSQL server, the one that the tests have; what tells its processes apart from others is written there.

import '../../stores/file-child-modules.mjs';

const { postgresBinaries, startPostgres } = await import('../../postgres/server.ts');
const { watched } = await import('../../postgres/pools.ts');

export { startPostgres, watched };

/** Whether there is a server for this platform. */
export const hasServer = postgresBinaries !== undefined;
