// The sources of the dashboard go in, three files that a browser reads come out, beside this one under built/.

import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

export async function buildDashboard() {
  const outdir = `${here}built`;
  await mkdir(outdir, { recursive: true });
  const { outputFiles } = await build({
    write: false,
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
  await put(`${outdir}/index.html`, (file) => copyFile(`${here}index.html`, file));
  for (const { path, contents } of outputFiles) {
    await put(`${outdir}/${basename(path)}`, (file) => writeFile(file, contents));
  }
}

// Whoever reads a file meanwhile has the whole of the old one, or of the new one.
async function put(path, write) {
  const beside = `${path}.${process.pid}`;
  await write(beside);
  await rename(beside, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildDashboard();
