// What a policy is about goes in, with an access and a request; the questions for the decision point come out.

import type { Access } from '../core/access.ts';
import { expectation, isRecord, secretExpectation } from '../core/options.ts';
import type { Evaluation } from './decision-point.ts';
import { routeAsked } from './route-asked.ts';

/** A subject or a resource, as the standard names it. */
export interface AuthzenEntity {
  type: string;
  id: string;
  properties?: Readonly<Record<string, unknown>>;
}

/** An action, as the standard names it. */
export interface AuthzenAction {
  name: string;
  properties?: Readonly<Record<string, unknown>>;
}

/** A value, or a function that makes it of each request. */
export type OfRequest<Value, Request> = Value | ((access: Access, request: Request) => Value | Promise<Value>);

/** What is asked. What a function throws denies, as with every policy. */
export interface PolicyQuestion<Request> {
  /** Default: the access's own, by kind and id, with its issuer as a property. */
  subject?: OfRequest<AuthzenEntity, Request>;
  /** Its name, or the whole of it. Default: the name of the policy. */
  action?: OfRequest<string | AuthzenAction, Request>;
  /**
   * One, or several, at most 500, that must all be permitted. Default: `{ type: 'route', id: <the path of the request> }`, as it was sent. A path
   * that is not in its normal form (RFC 3986 section 6.2.2: `//`, `..`, `%2e`, a backslash, …), or that the application has rewritten,
   * is then refused. Letter case and a slash at the end are as they were sent, however the router takes them.
   */
  resource?: OfRequest<AuthzenEntity | readonly AuthzenEntity[], Request>;
  /** Default: the scopes of the access, as one string, and its organization. */
  context?: OfRequest<Readonly<Record<string, unknown>>, Request>;
}

/** @throws TypeError when a member cannot be what it must. */
export function checkedQuestion<Request>(given: {
  readonly [Name in keyof PolicyQuestion<Request>]?: unknown;
}): PolicyQuestion<Request> {
  const { subject, action, resource, context } = given;
  const copied = {
    ...(subject !== undefined && { subject: constant(subject, (one) => entityIn(one, 'subject')) }),
    ...(action !== undefined && { action: constant(action, actionIn) }),
    ...(resource !== undefined && { resource: constant(resource, resourcesIn) }),
    ...(context !== undefined && { context: constant(context, contextIn) }),
  };
  return copied as PolicyQuestion<Request>;
}

function constant(value: unknown, read: (value: unknown) => unknown): unknown {
  return typeof value === 'function' ? value : read(value);
}

/** One for each resource; rejects with a TypeError when a function makes something that cannot be asked. */
export async function asked<Request>(
  question: PolicyQuestion<Request>,
  name: string,
  access: Access,
  request: Request,
): Promise<readonly Evaluation[]> {
  const made = (value: unknown): unknown => (typeof value === 'function' ? value(access, request) : value);
  const [subject, action, resources, context] = await Promise.all([
    made(question.subject ?? ownSubject),
    made(question.action ?? name),
    made(question.resource ?? routeOfRequest),
    made(question.context ?? ownContext),
  ]);
  const shared = { subject: entityIn(subject, 'subject'), action: actionIn(action), context: contextIn(context) };
  return resourcesIn(resources).map((resource) => ({ ...shared, resource }));
}

function ownSubject({ subject: { kind, id, issuer } }: Access): AuthzenEntity {
  return { type: kind, id, properties: { issuer } };
}

function ownContext({ scopes, subject: { organization } }: Access): Record<string, unknown> {
  return { scopes: [...scopes].join(' '), ...(organization !== undefined && { organization }) };
}

const routeOfRequest = (_access: Access, request: unknown): AuthzenEntity => routeAsked(request);

function entityIn(value: unknown, name: string): AuthzenEntity {
  if (!isRecord(value)) throw expectation(name, 'an object with a type and an id', value);
  return {
    type: text(value['type'], `${name}.type`),
    id: text(value['id'], `${name}.id`),
    ...propertiesIn(value, name),
  };
}

function actionIn(value: unknown): AuthzenAction {
  if (typeof value === 'string') return { name: text(value, 'action') };
  if (!isRecord(value)) throw expectation('action', 'a name, or an object with one', value);
  return { name: text(value['name'], 'action.name'), ...propertiesIn(value, 'action') };
}

// As many as leave in ten calls.
const maxResources = 500;

/** Of nothing asked, everything would be permitted. */
function resourcesIn(value: unknown): readonly AuthzenEntity[] {
  if (!Array.isArray(value)) return [entityIn(value, 'resource')];
  if (value.length === 0) throw expectation('resource', 'at least one', value);
  if (value.length > maxResources) throw expectation('resource', `at most ${maxResources}`, value);
  return value.map((one) => entityIn(one, 'resource'));
}

function contextIn(value: unknown): Record<string, unknown> {
  return recordIn(value, 'context');
}

function propertiesIn(value: Record<string, unknown>, name: string): Pick<AuthzenEntity, 'properties'> {
  const { properties } = value;
  if (properties === undefined) return {};
  return { properties: recordIn(properties, `${name}.properties`) };
}

/** As JSON has it: what could not be sent is nobody's fault but who asks, and what is changed later was not asked. */
function recordIn(value: unknown, name: string): Record<string, unknown> {
  if (!isRecord(value)) throw expectation(name, 'an object', value);
  const copy = asJson(value, name);
  if (!isRecord(copy)) throw expectation(name, 'an object in JSON, too', copy);
  return copy;
}

function asJson(value: object, name: string): unknown {
  try {
    const json = JSON.stringify(value) as string | undefined;
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    throw secretExpectation(name, 'an object that can be written down as JSON');
  }
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw expectation(name, 'a non-empty string', value);
  return value;
}
