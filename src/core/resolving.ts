// A question goes in, all the names of the resources that it asks about come out, where the application says that they have
// several: a name and an id, a thing and the folder it is in.

import type { Access } from './access.ts';
import type { Asked } from './decision.ts';
import { AccessError, NotFoundError, UnavailableError } from './errors.ts';
import { inTime } from './in-time.ts';
import type { Clock } from './in-time.ts';
import { checkedChoice, checkedFunction, checkedMembers, expectation, isRecord } from './options.ts';
import { hasPolicy, holds, isSatisfied, permissionsAsked, resourceAsked } from './question.ts';
import type { PermissionQuestion } from './question.ts';

/** What a resolver is told beside the resource. */
export interface ResolverContext {
  readonly access: Access;
  /** The framework's own request. */
  readonly request: unknown;
}

/** The other names of a resource; null: there is no such resource; an empty list: it has none that counts, which refuses. */
export type ResourceResolution = string | readonly string[] | null;

/** Knows the other names of the resources that begin alike. */
export interface ResourceResolver {
  resolve(resource: string, context: ResolverContext): ResourceResolution | Promise<ResourceResolution>;
  /**
   * A text that is another one once the resource may have other names. With it, what `resolve` said is remembered for that
   * version, for each organization of each issuer by itself; without it, `resolve` is asked each time.
   */
  versionOf?(resource: string, context: ResolverContext): string | Promise<string>;
  /** Where there is no such resource, whoever does not hold it by the name asked gets 403 (`refuse`, default) or 404. */
  notFound?: 'refuse' | 'not_found';
}

/** A resolver, with what it said so far. */
interface Known extends Required<Pick<ResourceResolver, 'notFound'>> {
  readonly prefix: string;
  readonly resolve: ResourceResolver['resolve'];
  readonly versionOf: ResourceResolver['versionOf'] | undefined;
  /** By issuer, organization and resource: one name may be of another thing in another organization, one organization's at another issuer. */
  readonly remembered: Map<string, { readonly version: string; readonly resolution: ResourceResolution }>;
}

/** By what a resource begins with, the longest first. */
export type Resolvers = readonly Known[];

const maxRemembered = 10_000;

/** @throws TypeError when it is no object from beginnings of resources to resolvers. */
export function checkedResolvers(value: unknown): Resolvers | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) throw expectation('resolvers', 'an object from beginnings of resources to resolvers', value);
  const resolvers = Object.entries(value).map(([prefix, resolver]) => checkedResolver(prefix, resolver));
  return Object.freeze(resolvers.sort((one, other) => other.prefix.length - one.prefix.length));
}

function checkedResolver(prefix: string, value: unknown): Known {
  const what = `resolvers['${prefix}']`;
  if (!/^[^*?]+[:/]$/.test(prefix)) throw expectation(what, 'under a beginning that ends in `:` or `/`', prefix);
  const given = typeof value === 'function' ? { resolve: value } : value;
  const { resolve, versionOf, notFound } = checkedMembers(given, what, ['resolve', 'versionOf', 'notFound']);
  const resolving = checkedFunction<ResourceResolver['resolve']>(resolve, `${what}.resolve`);
  if (resolving === undefined) throw expectation(`${what}.resolve`, 'a function', resolve);
  return Object.freeze({
    prefix,
    resolve: resolving,
    versionOf: checkedFunction<NonNullable<ResourceResolver['versionOf']>>(versionOf, `${what}.versionOf`),
    notFound: checkedChoice(notFound, `${what}.notFound`, ['refuse', 'not_found']),
    remembered: new Map(),
  });
}

/** Who is asked, and how long it may take. */
export interface Resolving {
  readonly resolvers: Resolvers;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * The names, by resource, of those resources in the question that a resolver knows; undefined where none is needed. Who holds a
 * permission by the very name asked, and is denied nothing of it, needs no other; nor does anybody where the rest of the
 * question settles it.
 *
 * @throws UnavailableError (rejects) when a resolver fails, is late, or answers with nonsense.
 * @throws NotFoundError (rejects) when a resource is not there, and its resolver wants that said.
 */
export function namesAsked(
  asked: Asked,
  access: Access,
  request: unknown,
  { resolvers, timeoutMs, clock }: Resolving,
): undefined | Promise<ReadonlyMap<string, readonly string[]>> {
  const needed = permissionsAsked(asked.question).flatMap((one) => {
    const resource = resourceAsked(one, asked.params);
    const resolver = resolvers.find(({ prefix }) => resource?.startsWith(prefix) === true);
    if (resource === undefined || resolver === undefined) return [];
    const { permissions } = access;
    const settled = permissions.has(one.permission, resource) && !permissions.isDeniedSomewhere(one.permission);
    return settled ? [] : [{ one, resource, resolver }];
  });
  if (needed.length === 0 || isSettled(asked, access, new Set(needed.map(({ one }) => one)))) return undefined;
  const context: ResolverContext = Object.freeze({ access, request });
  const all = Promise.all(
    needed.map(async ({ resource, resolver }) => [resource, await namesOf(resource, resolver, context)] as const),
  );
  return inTime(all, { what: 'A resolver', timeoutMs, clock }).then((names) => new Map(names));
}

/** Whether it comes to the same whatever the names are. */
function isSettled(asked: Asked, { permissions }: Access, open: ReadonlySet<PermissionQuestion>): boolean {
  const isPermitted = (ifOpen: boolean): boolean =>
    isSatisfied(asked.question, (one) => (open.has(one) ? ifOpen : holds(permissions, one, asked)), undefined);
  // Which policies have a say depends on which permissions are held.
  return !isPermitted(true) || (isPermitted(false) && !hasPolicy(asked.question));
}

async function namesOf(resource: string, resolver: Known, context: ResolverContext): Promise<readonly string[]> {
  const resolution = await resolutionOf(resource, resolver, context);
  if (resolution === null) {
    if (resolver.notFound === 'not_found') throw new NotFoundError();
    return [resource];
  }
  const others = typeof resolution === 'string' ? [resolution] : resolution;
  // Resolved to nothing: no name counts, the asked one neither.
  return others.length === 0 ? [] : [...new Set([resource, ...others])];
}

async function resolutionOf(
  resource: string,
  { resolve, versionOf, remembered }: Known,
  context: ResolverContext,
): Promise<ResourceResolution> {
  try {
    if (versionOf === undefined) return checkedResolution(await resolve(resource, context));
    const version = await versionOf(resource, context);
    if (typeof version !== 'string') throw expectation('the answer of `versionOf`', 'a string', version);
    const { issuer, organization = null } = context.access.subject;
    const key = JSON.stringify([issuer, organization, resource]);
    const known = remembered.get(key);
    if (known?.version === version) return known.resolution;
    const resolution = checkedResolution(await resolve(resource, context));
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(key, { version, resolution });
    return resolution;
  } catch (cause) {
    throw cause instanceof AccessError ? cause : new UnavailableError(undefined, { cause });
  }
}

function checkedResolution(value: unknown): ResourceResolution {
  const names: unknown[] = Array.isArray(value) ? value : [value];
  const isReadable = value === null || names.every((name) => typeof name === 'string' && name !== '');
  if (!isReadable) throw expectation('the answer of a resolver', 'a resource, a list of them, or null', value);
  return Array.isArray(value) ? Object.freeze([...(value as string[])]) : (value as string | null);
}
