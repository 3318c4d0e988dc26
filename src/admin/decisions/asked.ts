// The JSON of a request goes in, what it asks comes out (AuthZEN 1.0 section 5); what is missing or of another type is a 400 that
// names the member. Members that nobody here knows are ignored, as section 10.1.1 wants it.

import { isRecord } from '../../core/options.ts';
import { isScopeToken } from '../../core/permission.ts';
import { RequestFault } from '../faults.ts';

export interface SubjectAsked {
  readonly type: string;
  readonly id: string;
  /** Whose subject; undefined: that of the administration's issuer. */
  readonly issuer: string | undefined;
}

export interface ResourceAsked {
  readonly type: string;
  readonly id: string;
}

export interface ContextAsked {
  /** What a token delegates; undefined: privileges alone are asked about. */
  readonly scopes: readonly string[] | undefined;
  /** Whose rights; undefined: those held in every organization. */
  readonly organization: string | undefined;
}

/** One question. */
export interface Asked {
  readonly subject: SubjectAsked;
  readonly action: string;
  readonly resource: ResourceAsked;
  readonly context: ContextAsked;
}

type Members = Readonly<Record<string, unknown>>;

/** @throws RequestFault when the body is no JSON object. */
export function membersOf(body: unknown): Members {
  if (!isRecord(body)) throw fault('the body', 'a JSON object');
  return body;
}

/** @throws RequestFault when a member is missing, or of another type. */
export function askedIn(request: Members): Asked {
  return {
    subject: subjectIn(request),
    action: actionIn(request),
    resource: resourceIn(request),
    context: contextIn(request),
  };
}

export function subjectIn(request: Members): SubjectAsked {
  const subject = entity(request, 'subject');
  return { type: text(subject, 'type', 'subject'), id: text(subject, 'id', 'subject'), issuer: issuerIn(subject) };
}

/** Of whom a search asks: an id is ignored (section 8.4.1). */
export function subjectTypeIn(request: Members): Omit<SubjectAsked, 'id'> {
  const subject = entity(request, 'subject');
  return { type: text(subject, 'type', 'subject'), issuer: issuerIn(subject) };
}

export function actionIn(request: Members): string {
  return text(entity(request, 'action'), 'name', 'action');
}

export function resourceIn(request: Members): ResourceAsked {
  const resource = entity(request, 'resource');
  return { type: text(resource, 'type', 'resource'), id: text(resource, 'id', 'resource') };
}

/** Of what a search asks: an id is ignored (section 8.5.1). */
export function resourceTypeIn(request: Members): string {
  return text(entity(request, 'resource'), 'type', 'resource');
}

// One context may be that of many questions, and long: it is read once.
const contextsRead = new WeakMap<object, ContextAsked | RequestFault>();

/** What cuts an answer is never skipped because it cannot be read. */
export function contextIn(request: Members): ContextAsked {
  const context = own(request, 'context');
  if (context === undefined) return { scopes: undefined, organization: undefined };
  if (!isRecord(context)) throw fault('context', 'an object');
  const read = contextsRead.get(context) ?? readContext(context);
  contextsRead.set(context, read);
  if (read instanceof RequestFault) throw read;
  return read;
}

function readContext(context: Members): ContextAsked | RequestFault {
  try {
    return { scopes: scopesOf(own(context, 'scopes')), organization: optionalText(context, 'organization', 'context') };
  } catch (cause) {
    if (cause instanceof RequestFault) return cause;
    throw cause;
  }
}

function scopesOf(given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const scopes = typeof given === 'string' ? given.split(' ').filter((one) => one !== '') : given;
  if (!Array.isArray(scopes) || !scopes.every(isScope)) {
    throw fault('context.scopes', 'a scope string, or a list of scopes (RFC 6749 section 3.3)');
  }
  return scopes;
}

function isScope(value: unknown): value is string {
  return typeof value === 'string' && isScopeToken(value);
}

// A `sub` is unique at its issuer only: who names another one means somebody else.
function issuerIn(subject: Members): string | undefined {
  const properties = own(subject, 'properties');
  return isRecord(properties) ? optionalText(properties, 'issuer', 'subject.properties') : undefined;
}

function entity(request: Members, name: 'subject' | 'action' | 'resource'): Members {
  const value = own(request, name);
  if (!isRecord(value)) throw fault(name, 'an object');
  const properties = own(value, 'properties');
  if (properties !== undefined && !isRecord(properties)) throw fault(`${name}.properties`, 'an object');
  return value;
}

function text(members: Members, name: string, of: string): string {
  const value = own(members, name);
  if (typeof value !== 'string' || value === '') throw fault(`${of}.${name}`, 'a non-empty string');
  return value;
}

function optionalText(members: Members, name: string, of: string): string | undefined {
  return own(members, name) === undefined ? undefined : text(members, name, of);
}

export function own(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

export function fault(name: string, expected: string): RequestFault {
  const what = name.includes(' ') ? name : `\`${name}\``;
  return new RequestFault(400, `Expected ${what} to be ${expected}`, { code: 'invalid_body' });
}
