// The sources of the dashboard go in, three files that a browser reads come out, beside this one under built/.

import { cp, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

export async function buildDashboard() {
  const outdir = `${here}built`;
  await mkdir(outdir, { recursive: true });
  await build({
    entryPoints: { dashboard: `${here}main.tsx` },
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  });
  await cp(`${here}index.html`, `${outdir}/index.html`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildDashboard();
