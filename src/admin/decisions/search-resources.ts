// POST /access/v1/search/resource: a subject and a permission go in, the resources of a type that it may be used on come out
// (AuthZEN 1.0 section 8.5). Which resources there are only the API knows: those are listed that privileges name, and where a
// pattern covers more of them the answer says so.

import type { PermissionSet } from '../../core/permission-set.ts';
import type { ResourceDialect } from '../../core/resource.ts';
import type { Administered } from '../administered.ts';
import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';
import { actionIn, contextIn, membersOf, resourceTypeIn, subjectIn } from './asked.ts';
import { Held } from './held.ts';
import { beginningOf, isOneName, wholeApi } from './resources.ts';
import { pageIn, partOf } from './search-page.ts';

export const searchResources: Handle = async ({ access, body, admin }) => {
  const request = membersOf(body);
  const subject = subjectIn(request);
  const permission = admin.catalogue.nameOf(actionIn(request));
  const type = resourceTypeIn(request);
  const context = contextIn(request);
  const page = pageIn(request, 'resource', access);
  const rights = await new Held(admin).by(subject, context);
  const isKnown = permission !== undefined && rights !== undefined;
  const { ids, patterns, except } = isKnown ? reachOf(rights.permissions, permission, type, admin) : nothing;
  const part = partOf(ids, page, (id) => id);
  return ok({
    page: part.page,
    context: { complete: patterns.length === 0, ...(patterns.length > 0 && { patterns, except }) },
    results: part.results.map((id) => ({ type, id })),
  });
};

/** How far a permission reaches among the resources of a type. */
interface ReachOfType {
  /** Those that are named one by one. */
  readonly ids: readonly string[];
  /** What covers more of them than are named. */
  readonly patterns: readonly string[];
  /** What is denied among these. */
  readonly except: readonly string[];
}

const nothing: ReachOfType = { ids: [], patterns: [], except: [] };

function reachOf(permissions: PermissionSet, permission: string, type: string, admin: Administered): ReachOfType {
  const beginning = beginningOf(type, admin);
  if (beginning === undefined) return nothing;
  const { dialect } = admin.way.settings;
  const { reach, granted, denied } = permissions.under(permission, beginning);
  const ids = granted
    .filter((on) => on.startsWith(beginning) && permissions.has(permission, on))
    .map((on) => on.slice(beginning.length))
    .filter((id) => isOneName(id, admin));
  const isWhole = type === wholeApi && permissions.has(permission);
  const wide = granted.filter((on) => isWideUnder(beginning, on, dialect));
  // Held without a resource it has no pattern of its own.
  const patterns = wide.length === 0 && reach !== 'none' ? [dialect.universal] : wide;
  return {
    ids: [...new Set([...ids, ...(isWhole ? [admin.api.identifier] : [])])],
    patterns: [...new Set(patterns)].toSorted(),
    except: [...new Set(denied)].toSorted(),
  };
}

/** Whether a pattern covers more than one resource that begins so. */
function isWideUnder(beginning: string, on: string, dialect: ResourceDialect): boolean {
  const isWide = on.split(/[:/]/).some((name) => !dialect.isOneName(name));
  if (!isWide) return false;
  const set = dialect.newSet();
  set.add(on);
  return set.touches(`${beginning}${dialect.universal}`);
}
