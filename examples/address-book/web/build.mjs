// The sources of the page go in, three files that a browser reads come out, beside this one under built/.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** `alias`: where packages are found that are not built yet. */
export async function buildPage({ alias = {} } = {}) {
  const { outputFiles } = await build({
    entryPoints: { page: `${here}main.tsx` },
    outdir: `${here}built`,
    alias,
    write: false,
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
  await mkdir(`${here}built`, { recursive: true });
  for (const { path, contents } of outputFiles) await put(path, contents);
  await put(`${here}built/index.html`, await readFile(`${here}index.html`));
}

// Whoever serves a file meanwhile serves all of it.
async function put(path, contents) {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, contents);
  await rename(draft, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
