// What a route asks, as plain data: `'read:contacts'`, `on(…)`, `anywhere(…)`, `allOf(…)`, `anyOf(…)`, `inOrganization(…)`,
// `policy(…)`.

import type { Access } from './access.ts';
import { expectation, isRecord } from './options.ts';
import { checkPermissionName } from './permission.ts';
import { placeholder } from './resource.ts';
import type { AccessRequest } from './token.ts';

/** A permission on one resource. */
export interface OnRequirement<Name extends string = string> {
  readonly permission: Name;
  /** The resource, perhaps with places for parameters: `users:id:{id}`. */
  readonly on: string;
  /** Values for those places, where the route's own parameters are not meant. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A permission on at least one resource, whichever. */
export interface AnywhereRequirement<Name extends string = string> {
  readonly permission: Name;
  readonly anywhere: true;
}

/** Every one of these. */
export interface AllOfRequirement<Name extends string = string> {
  readonly allOf: readonly Requirement<Name>[];
}

/** At least one of these. */
export interface AnyOfRequirement<Name extends string = string> {
  readonly anyOf: readonly Requirement<Name>[];
}

/** A condition of the API's own, asked after the permissions around it. */
export interface PolicyRequirement {
  readonly policy: string;
  readonly test: PolicyTest;
}

/** A requirement that is asked in one organization, whichever the token is bound to. */
export interface InOrganizationRequirement<Name extends string = string> {
  /** The organization, perhaps with places for parameters: `{org}`; null: in none, so that only what is held in all counts. */
  readonly inOrganization: string | null;
  readonly requirement: Requirement<Name>;
  /** Values for those places, where the route's own parameters are not meant. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Only `true`, or a promise of it, permits. */
// The request is whatever the framework has; each policy says in its own signature what it takes.
// oxlint-disable-next-line typescript/no-explicit-any
export type PolicyTest<Request = any> = (access: Access, request: Request) => boolean | Promise<boolean>;

/** What a route asks. A bare name asks for the permission on all resources. */
export type Requirement<Name extends string = string> =
  | Name
  | OnRequirement<Name>
  | AnywhereRequirement<Name>
  | AllOfRequirement<Name>
  | AnyOfRequirement<Name>
  | InOrganizationRequirement<Name>
  | PolicyRequirement;

/** The permission names in a requirement. */
export type NamesIn<Asked> = Asked extends string
  ? Asked
  : Asked extends { readonly permission: infer Name extends string }
    ? Name
    : Asked extends AllOfRequirement<infer Name> | AnyOfRequirement<infer Name> | InOrganizationRequirement<infer Name>
      ? Name
      : never;

/**
 * `permission` on the resource that `resource` spells, with `{name}` for parameters: those of the route, or `parameters`
 * where given. A parameter that is missing, empty, a list, or holds `*`, `?`, `:` or `/` is a refusal when it is asked.
 *
 * @throws TypeError when the permission cannot be one, or `resource` is empty or has a brace without its other half.
 */
export function on<const Name extends string>(
  permission: Name,
  resource: string,
  parameters?: Readonly<Record<string, unknown>>,
): OnRequirement<Name> {
  checkPermissionName(permission, 'permission');
  checkTemplate(resource, 'resource', parameters);
  return Object.freeze({
    permission,
    on: resource,
    ...(parameters !== undefined && { parameters: Object.freeze({ ...parameters }) }),
  });
}

function checkTemplate(text: unknown, name: string, parameters: unknown): asserts text is string {
  if (typeof text !== 'string' || text === '') throw expectation(name, 'a non-empty text', text);
  if (/[{}]/.test(text.replaceAll(placeholder, ''))) {
    throw expectation(name, 'a text with braces around names of parameters only', text);
  }
  if (parameters !== undefined && !isRecord(parameters)) throw expectation('parameters', 'an object', parameters);
}

/**
 * `requirement`, asked in the organization that `organization` spells, with `{name}` for parameters: those of the route, or
 * `parameters` where given; null: in none. What the subject holds there counts, and what it holds in every organization; a
 * token that is bound to another organization still delegates, but what it claims does not count there. The handler's Access
 * is the one in that organization: `accessOf(req).subject.organization`. Around a whole requirement only.
 *
 * @throws TypeError when the requirement is none, or `organization` is empty or has a brace without its other half.
 */
export function inOrganization<const Asked extends Requirement>(
  requirement: Asked,
  organization: string | null,
  parameters?: Readonly<Record<string, unknown>>,
): InOrganizationRequirement<NamesIn<Asked>> {
  checkRequirement(requirement);
  checkNotBound(requirement);
  if (organization !== null) checkTemplate(organization, 'organization', parameters);
  return Object.freeze({
    inOrganization: organization,
    requirement: requirement as Requirement<NamesIn<Asked>>,
    ...(parameters !== undefined && { parameters: Object.freeze({ ...parameters }) }),
  });
}

function checkNotBound(requirement: Requirement): void {
  if (typeof requirement === 'string' || !('inOrganization' in requirement)) return;
  throw new TypeError('Expected `inOrganization` to stand around a whole requirement, got one inside another');
}

/**
 * `permission` on at least one resource: for a list that the handler then filters by `access.can`.
 *
 * @throws TypeError when the permission cannot be one.
 */
export function anywhere<const Name extends string>(permission: Name): AnywhereRequirement<Name> {
  checkPermissionName(permission, 'permission');
  return Object.freeze({ permission, anywhere: true });
}

/**
 * Every one of these requirements.
 *
 * @throws TypeError when there is none, or one is no requirement.
 */
export function allOf<const Asked extends readonly [Requirement, ...Requirement[]]>(
  ...requirements: Asked
): AllOfRequirement<NamesIn<Asked[number]>> {
  checkRequirements(requirements, 'allOf');
  return Object.freeze({ allOf: Object.freeze([...requirements]) }) as AllOfRequirement<NamesIn<Asked[number]>>;
}

/**
 * At least one of these requirements.
 *
 * @throws TypeError when there is none, one is no requirement, or one asks for no permission at all.
 */
export function anyOf<const Asked extends readonly [Requirement, ...Requirement[]]>(
  ...requirements: Asked
): AnyOfRequirement<NamesIn<Asked[number]>> {
  checkRequirements(requirements, 'anyOf');
  return Object.freeze({ anyOf: Object.freeze([...requirements]) }) as AnyOfRequirement<NamesIn<Asked[number]>>;
}

/**
 * A condition of the API's own under a name that refusals and logs show. It runs after the permissions around it; only
 * `true` permits; a throw denies and is reported, and a thrown `AccessError` is the answer.
 *
 * @throws TypeError when `name` is empty or `test` is no function.
 */
export function policy<Request = AccessRequest>(name: string, test: PolicyTest<Request>): PolicyRequirement {
  if (typeof name !== 'string' || name === '') throw expectation('name', 'the name of a policy', name);
  if (typeof test !== 'function') throw expectation('test', 'a function', test);
  return Object.freeze({ policy: name, test });
}

function checkRequirements(requirements: readonly unknown[], what: 'allOf' | 'anyOf'): void {
  if (requirements.length === 0) throw new TypeError(`Expected \`${what}\` to be given at least one requirement`);
  for (const requirement of requirements) {
    checkRequirement(requirement);
    checkNotBound(requirement);
    if (what === 'anyOf') checkAsksPermission(requirement, 'each alternative of `anyOf`');
  }
}

/** @throws TypeError when `value`, or anything in it, is no requirement. */
export function checkRequirement(value: unknown): asserts value is Requirement {
  if (typeof value === 'string') return checkPermissionName(value, 'requirement');
  if (!isRecord(value)) throw expectation('requirement', forms, value);
  // Its own members and no others: what nobody reads would be taken as asked.
  switch (Object.keys(value).toSorted().join()) {
    case 'on,permission':
    case 'on,parameters,permission':
      on(value['permission'] as string, value['on'] as string, value['parameters'] as Record<string, unknown>);
      return;
    case 'anywhere,permission':
      if (value['anywhere'] !== true) throw expectation('anywhere', 'true', value['anywhere']);
      return checkPermissionName(value['permission'], 'permission');
    case 'allOf':
      return checkList(value['allOf'], 'allOf');
    case 'anyOf':
      return checkList(value['anyOf'], 'anyOf');
    case 'inOrganization,requirement':
    case 'inOrganization,parameters,requirement':
      inOrganization(
        value['requirement'] as Requirement,
        value['inOrganization'] as string | null,
        value['parameters'] as Record<string, unknown>,
      );
      return;
    case 'policy,test':
      policy(value['policy'] as string, value['test'] as PolicyTest);
      return;
    default:
      throw expectation('requirement', forms, value);
  }
}

const forms = 'a permission, or what on, anywhere, allOf, anyOf, inOrganization or policy make';

function checkList(value: unknown, what: 'allOf' | 'anyOf'): void {
  if (!Array.isArray(value)) throw expectation(what, 'a list of requirements', value);
  checkRequirements(value, what);
}

/** @throws TypeError when a requirement holds policies alone. */
export function checkAsksPermission(requirement: unknown, what: string): void {
  if (permissionsIn(requirement as Requirement).length === 0) {
    throw new TypeError(`Expected ${what} to ask for at least one permission, got policies alone`);
  }
}

/** Every permission name that a requirement asks for, in order, without repetition. */
export function permissionsIn(requirement: Requirement): string[] {
  if (typeof requirement === 'string') return [requirement];
  if ('permission' in requirement) return [requirement.permission];
  if ('policy' in requirement) return [];
  if ('inOrganization' in requirement) return permissionsIn(requirement.requirement);
  const parts = 'allOf' in requirement ? requirement.allOf : requirement.anyOf;
  return [...new Set(parts.flatMap(permissionsIn))];
}
