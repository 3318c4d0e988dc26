// What the package ships, from its sources: `dist`, with the dashboard in it.

import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildDashboard } from './src/admin/ui/build.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: ['ignore', 2, 2],
});
if (status !== 0) process.exit(1);
await buildDashboard();
cpSync(`${root}src/admin/ui/built`, `${root}dist/admin/ui/built`, { recursive: true });
