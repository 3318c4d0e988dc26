// How a child process reads the sources as the tests do: `rightful/stores` is src/stores.ts, and types are taken away.

import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { transform } from '@swc/core';

if (isMainThread) register(import.meta.url);

const jsc = { target: 'es2022', parser: { syntax: 'typescript' } };

export async function resolve(specifier, context, next) {
  const door = /^rightful(?:\/([a-z]+))?$/.exec(specifier);
  if (door === null) return next(specifier, context);
  return next(new URL(`../../src/${door[1] ?? 'index'}.ts`, import.meta.url).href, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = await transform(await readFile(new URL(url), 'utf8'), { jsc, swcrc: false });
  return { format: 'module', shortCircuit: true, source: code };
}
