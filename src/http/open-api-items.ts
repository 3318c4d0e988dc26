// A path of an OpenAPI document and a method go in, the Operation Object there comes out: found, or made with its parameters.

import { isRecord } from '../core/options.ts';
import { parametersIn } from './open-api-paths.ts';
import type { Operation } from './open-api-paths.ts';

type Members = Record<string, unknown>;

/** Writes Path Item Objects that stand elsewhere in the document where they are used: each path has guards of its own. */
export function inlineItems(document: Members, paths: Members): void {
  for (const [path, item] of Object.entries(paths)) {
    const found = isRecord(item) ? referredTo(document, item) : undefined;
    if (!isRecord(item) || found === undefined) continue;
    const { $ref: _, ...others } = item;
    paths[path] = { ...structuredClone(found), ...others };
  }
}

/** The Operation Object, made where it is missing; undefined where its path stands in another document. */
export function itemOf(
  document: Members,
  paths: Members,
  { method, path }: Operation,
): { item: Members; isNew: boolean } | undefined {
  const methods = recordIn(paths, path);
  if (methods['$ref'] !== undefined) return undefined;
  const isNew = !isRecord(methods[method]);
  const item = recordIn(methods, method);
  if (isNew) {
    const parameters = undescribed(document, path, methods['parameters']);
    if (parameters.length > 0) item['parameters'] = parameters;
    item['responses'] = { default: { description: 'What the handler answers.' } };
  }
  return { item, isNew };
}

/** The member, made where it is missing. */
export function recordIn(record: Members, member: string): Members {
  if (!isRecord(record[member])) record[member] = {};
  return record[member] as Members;
}

function undescribed(document: Members, path: string, given: unknown): object[] {
  const described = (Array.isArray(given) ? (given as unknown[]) : [])
    .filter(isRecord)
    .map((one) => referredTo(document, one) ?? one);
  // What stands in another document may be any of them.
  if (described.some((one) => one['$ref'] !== undefined)) return [];
  const names = new Set(described.filter((one) => one['in'] === 'path').map((one) => one['name']));
  return parametersIn(path)
    .filter((name) => !names.has(name))
    .map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

/** What a Reference Object means; undefined where it is none, or does not point at this document's components. */
function referredTo(document: Members, { $ref }: Members): Members | undefined {
  const [, kind = '', name = ''] = /^#\/components\/(\w+)\/([\w.-]+)$/.exec(String($ref)) ?? [];
  let found: unknown = document;
  for (const member of ['components', kind, name]) {
    found = isRecord(found) && Object.hasOwn(found, member) ? found[member] : undefined;
  }
  return isRecord(found) ? found : undefined;
}
