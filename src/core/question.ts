// A requirement goes in, a question that can be put to any set of permissions comes out: made once, when the guard is made.

import type { ScopePermissions } from './delegation.ts';
import { scopeToAskFor } from './delegation.ts';
import type { Missing } from './errors.ts';
import { expectation } from './options.ts';
import { ownName } from './own-names.ts';
import type { PermissionCatalogue } from './permission.ts';
import type { PermissionSet } from './permission-set.ts';
import { checkAsksPermission, checkRequirement, permissionsIn } from './requirement.ts';
import type { PolicyTest, Requirement } from './requirement.ts';
import { filledTemplate, resourceTemplate } from './resource.ts';
import type { ResourceDialect, ResourceTemplate } from './resource.ts';
import type { Warnings } from './warnings.ts';

/** One permission, asked on all resources, on any one, or on a certain one. */
export type PermissionQuestion =
  | { readonly kind: 'permission'; readonly permission: string; readonly where: 'everywhere' | 'anywhere' }
  | {
      readonly kind: 'permission';
      readonly permission: string;
      readonly where: 'on';
      readonly template: ResourceTemplate;
      /** Given with the requirement; undefined: the route's. */
      readonly parameters: object | undefined;
    };

export type Question =
  | PermissionQuestion
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Question[] }
  | { readonly kind: 'policy'; readonly policy: string; readonly test: PolicyTest };

/** A question, and the organization that it is asked in. */
export interface RouteQuestion {
  readonly question: Question;
  /** Undefined: the token's own. */
  readonly organization: OrganizationAsked | undefined;
}

/** The organization that a requirement names. */
export interface OrganizationAsked {
  /** Undefined: none. */
  readonly template: ResourceTemplate | undefined;
  /** Given with the requirement; undefined: the route's. */
  readonly parameters: object | undefined;
}

/** @throws TypeError when it is no requirement, asks for no permission, or names one that the catalogue does not hold. */
export function questionOf(
  requirement: unknown,
  catalogue: PermissionCatalogue | undefined,
  dialect: ResourceDialect,
  warnings?: Warnings,
): RouteQuestion {
  checkRequirement(requirement);
  checkAsksPermission(requirement, 'a requirement');
  for (const permission of permissionsIn(requirement)) {
    if (catalogue === undefined) continue;
    const means = catalogue.nameOf(permission);
    if (means === undefined) throw expectation('requirement', 'made of permissions of the catalogue', permission);
    if (means !== permission) warnings?.warn({ code: 'other_name', permission, means, where: 'requirement' });
  }
  const nameOf = (name: string): string => ownName(name, catalogue);
  const templateOf = (text: string): ResourceTemplate => resourceTemplate(text, dialect);
  if (typeof requirement === 'string' || !('inOrganization' in requirement)) {
    return { question: compiled(requirement, nameOf, templateOf), organization: undefined };
  }
  const { inOrganization, requirement: inner, parameters } = requirement;
  const template = inOrganization === null ? undefined : templateOf(inOrganization);
  return { question: compiled(inner, nameOf, templateOf), organization: { template, parameters } };
}

function compiled(
  requirement: Requirement,
  nameOf: (name: string) => string,
  templateOf: (text: string) => ResourceTemplate,
): Question {
  const part = (one: Requirement): Question => compiled(one, nameOf, templateOf);
  if (typeof requirement === 'string') {
    return { kind: 'permission', permission: nameOf(requirement), where: 'everywhere' };
  }
  if ('policy' in requirement) return { kind: 'policy', policy: requirement.policy, test: requirement.test };
  if ('allOf' in requirement) return { kind: 'all', parts: requirement.allOf.map(part) };
  if ('anyOf' in requirement) return { kind: 'any', parts: requirement.anyOf.map(part) };
  if ('inOrganization' in requirement) return part(requirement.requirement);
  const permission = nameOf(requirement.permission);
  if ('anywhere' in requirement) return { kind: 'permission', permission, where: 'anywhere' };
  const { on, parameters } = requirement;
  return { kind: 'permission', permission, where: 'on', template: templateOf(on), parameters };
}

/** Whether anything in it is asked of a function of the application. */
export function hasPolicy(question: Question): boolean {
  if (question.kind === 'policy') return true;
  return question.kind === 'permission' ? false : question.parts.some(hasPolicy);
}

export function permissionsAsked(question: Question): PermissionQuestion[] {
  if (question.kind === 'permission') return [question];
  return question.kind === 'policy' ? [] : question.parts.flatMap(permissionsAsked);
}

/** How one permission of a question is answered by what it is put to: one function for all requests. */
export type Answer<Of> = (question: PermissionQuestion, of: Of) => boolean;

/** Whether the permissions suffice; policies are taken as permitting. */
export function isSatisfied<Of>(question: Question, answer: Answer<Of>, of: Of): boolean {
  switch (question.kind) {
    case 'permission':
      return answer(question, of);
    case 'policy':
      return true;
    case 'all':
      for (const part of question.parts) if (!isSatisfied(part, answer, of)) return false;
      return true;
    case 'any':
      for (const part of question.parts) if (isSatisfied(part, answer, of)) return true;
      return false;
  }
}

/** What fills the places in a question. */
export interface Circumstances {
  /** The route's parameters. */
  readonly params?: object | undefined;
  /** All the names of each resource that has several. */
  readonly names?: ReadonlyMap<string, readonly string[]> | undefined;
}

/** Whether `set` holds what is asked. */
export function holds(set: PermissionSet, question: PermissionQuestion, circumstances: Circumstances): boolean {
  const { permission } = question;
  if (question.where !== 'on') return question.where === 'anywhere' ? set.hasAnywhere(permission) : set.has(permission);
  const resource = filledTemplate(question.template, question.parameters ?? circumstances.params);
  if (resource === undefined) return false;
  const names = circumstances.names?.get(resource);
  return names === undefined ? set.has(permission, resource) : set.hasUnderAny(permission, names);
}

/** Whether `set` suffices for the question; policies are taken as permitting. */
export function isHeld(set: PermissionSet, question: Question, circumstances: Circumstances): boolean {
  if (question.kind === 'permission') return holds(set, question, circumstances);
  return isSatisfied(question, isHeldIn, { set, circumstances });
}

function isHeldIn(question: PermissionQuestion, of: { set: PermissionSet; circumstances: Circumstances }): boolean {
  return holds(of.set, question, of.circumstances);
}

/** The resource asked about; undefined: all, any, or one that the parameters do not make. */
export function resourceAsked(question: PermissionQuestion, params: object | undefined): string | undefined {
  return question.where === 'on' ? filledTemplate(question.template, question.parameters ?? params) : undefined;
}

export function asMissing(question: PermissionQuestion, params: object | undefined): Missing {
  const { permission } = question;
  if (question.where !== 'on') return { permission };
  return { permission, on: resourceAsked(question, params) ?? question.template.text };
}

/** The permissions of one way to satisfy the question: of alternatives the one that costs least. */
export function cheapestWay(
  question: Question,
  cost: (permissions: readonly PermissionQuestion[]) => number,
): readonly PermissionQuestion[] {
  switch (question.kind) {
    case 'permission':
      return [question];
    case 'policy':
      return [];
    case 'all':
      return question.parts.flatMap((part) => cheapestWay(part, cost));
    case 'any': {
      const ways = question.parts.map((part) => cheapestWay(part, cost));
      return ways.reduce((best, way) => (cost(way) < cost(best) ? way : best));
    }
  }
}

/** The scopes that delegate these permissions, without repetition; `sent`: those in the token. */
export function scopesFor(
  permissions: readonly PermissionQuestion[],
  coarse: ScopePermissions,
  sent: ReadonlySet<string>,
): string[] {
  return [...new Set(permissions.map(({ permission }) => scopeToAskFor(permission, coarse, sent)))];
}
