// Who is timed: each is made of privileges, and says whether a permission may be used, on a resource where one is named.

import { setFlagsFromString } from 'node:v8';
import { AbilityBuilder, createMongoAbility, subject as resourceOf } from '@casl/ability';
import cedar from '@cedar-policy/cedar-wasm/nodejs';
import { AccessControl } from 'accesscontrol';
import { newEnforcer, newModelFromString } from 'casbin';
import { prefixDialect } from '../../../dist/core/prefix.js';
import { asReadList, readPrivilege } from '../../../dist/core/privilege-reading.js';
import { StoreReader } from '../../../dist/core/store-answer.js';
import { costRatios } from '../figures.mjs';
import { quantile } from '../tokens/timing.mjs';
import { definePermissions, PermissionSet } from '../../../dist/index.js';

// The V8 of Node 20 may end the process where code into which it has inlined a call of WebAssembly is no longer valid.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls');

/** @typedef {import('./scenarios.mjs').Question} Question @typedef {import('./scenarios.mjs').Scene} Scene */

/**
 * `library`: who is to be beaten. `takesPatterns`: whether it knows patterns over names. `create`: made anew, with `input`, what a
 * question is to it, and `ask`.
 *
 * @typedef {{ input: (question: Question) => unknown, ask: (input: any) => boolean }} Made
 * @typedef {{ name: string, library?: boolean, takesPatterns: boolean, create: (scene: Scene) => Made | Promise<Made> }} Contender
 */

export const oursByAuthorizer = 'rightful, as an authorizer builds it';
export const oursFrom = 'rightful, PermissionSet.from';
export const bareSet = 'a bare Set.has';

/** @type {Contender[]} */
export const contenders = [
  { name: oursByAuthorizer, takesPatterns: true, create: byAuthorizer },
  { name: oursFrom, takesPatterns: true, create: byPermissionSet },
  { name: bareSet, takesPatterns: true, create: bySet },
  { name: '@casl/ability', library: true, takesPatterns: false, create: byCasl },
  { name: 'accesscontrol', library: true, takesPatterns: false, create: byAccessControl },
  { name: 'casbin', library: true, takesPatterns: true, create: byCasbin },
  { name: '@cedar-policy/cedar-wasm', library: true, takesPatterns: true, create: byCedar },
];

/**
 * What ours is against: the library that comes closest, and who is missing.
 *
 * @param {number[]} own @param {(name: string) => number[] | undefined} timesOf @param {string[]} absent
 */
export function libraryAgainst(own, timesOf, absent) {
  const without = absent.length === 0 ? '' : ` (without ${absent.map(shortName).join(', ')})`;
  const [closest] = contenders
    .filter(({ library, name }) => library === true && timesOf(name) !== undefined)
    .map(({ name }) => ({ name, ratio: costRatios(own, timesOf(name)) }))
    .sort((one, other) => quantile(other.ratio, 0.5) - quantile(one.ratio, 0.5));
  if (closest === undefined) return { against: `no library${without}` };
  return { against: `${shortName(closest.name)}${without}`, ratio: closest.ratio, goal: { of: 'ratio', below: 1 } };
}

function shortName(name) {
  return /casl|cedar/.exec(name)?.[0] ?? name;
}

function asked(set, takesResource) {
  if (!takesResource) return { input: ({ permission }) => permission, ask: (permission) => set.has(permission) };
  return { input: (question) => question, ask: ({ permission, resource }) => set.has(permission, resource) };
}

function isOnResource({ questions }) {
  return questions[0].resource !== undefined;
}

function byPermissionSet(scene) {
  const permissions = catalogueOf(scene);
  const set = PermissionSet.from(scene.privileges, permissions === undefined ? {} : { permissions });
  return asked(set, isOnResource(scene));
}

function byAuthorizer(scene) {
  return asked(compiled(readList(scene.privileges), readerOf(scene)), isOnResource(scene));
}

function bySet({ usable, questions, asked }) {
  const set = new Set(usable);
  const texts = new Map(questions.map((question, at) => [question, asked?.[at]]));
  return { input: (question) => texts.get(question) ?? question.permission, ask: (text) => set.has(text) };
}

function catalogueOf({ names }) {
  return names === undefined ? undefined : definePermissions(Object.fromEntries(names.map((name) => [name, name])));
}

const clock = { now: () => Date.now(), after: () => () => undefined };

/** What all the sets of one authorizer share. @param {Pick<Scene, 'names'>} scene */
export function readerOf(scene) {
  return new StoreReader({ catalogue: catalogueOf(scene), dialect: prefixDialect, timeoutMs: 1000, clock });
}

/** A list as a cache gives it: read, frozen, its members shared. */
export function readList(privileges) {
  return asReadList(privileges.map((one) => readPrivilege({ ...one, source: { kind: 'role', role: 'r1' } })));
}

const subject = Object.freeze({ issuer: 'https://issuer.example/', id: 'auth0|65f1c2d3e4', kind: 'user' });
const audience = Object.freeze(['https://api.example/']);

/** The set of what a store says, as an authorizer makes it. */
export function compiled(answer, reader) {
  const { holdings } = reader.loaded({ privilegesOf: () => answer }, { subject, audience });
  return PermissionSet.of({ store: holdings });
}

function byCasl(scene) {
  const { can, cannot, build } = new AbilityBuilder(createMongoAbility);
  for (const { permission, on, effect } of scene.privileges) {
    const say = effect === undefined ? can : cannot;
    if (on === undefined) say(permission, 'all');
    else say(permission, 'Resource', { path: on.endsWith('*') ? { $regex: `^${on.slice(0, -1)}` } : on });
  }
  const ability = build();
  if (!isOnResource(scene)) {
    return { input: ({ permission }) => permission, ask: (permission) => ability.can(permission, 'all') };
  }
  return {
    input: ({ permission, resource }) => ({ permission, resource: resourceOf('Resource', { path: resource }) }),
    ask: ({ permission, resource }) => ability.can(permission, resource),
  };
}

function byAccessControl(scene) {
  const grants = scene.privileges.map(({ permission, on, effect = 'grant' }) => {
    const [action, resource] = permission.split(':');
    const rule = { role: 'user', resource, action: `${action}:any`, attributes: ['*'], effect };
    if (on === undefined) return rule;
    const path = on.endsWith('*') ? ['$.path', 'startsWith', on.slice(0, -1)] : ['$.path', '==', on];
    return { ...rule, condition: path };
  });
  const control = new AccessControl(grants);
  return {
    input: ({ permission, resource: path }) => {
      const [action, resource] = permission.split(':');
      return { action: `${action}:any`, resource, context: path === undefined ? undefined : { path } };
    },
    ask: ({ action, resource, context }) => control.can('user', context).do(action, resource).granted,
  };
}

async function byCasbin(scene) {
  const onResource = isOnResource(scene);
  const name = scene.names === undefined ? 'r.act == p.act' : 'keyMatch(r.act, p.act)';
  const fields = onResource ? 'sub, act, obj' : 'sub, act';
  const enforcer = await newEnforcer(
    newModelFromString(`
      [request_definition]
      r = ${fields}
      [policy_definition]
      p = ${fields}, eft
      [policy_effect]
      e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
      [matchers]
      m = r.sub == p.sub && ${name}${onResource ? ' && keyMatch(r.obj, p.obj)' : ''}`),
  );
  await enforcer.addPolicies(
    scene.privileges.map(({ permission, on, effect }) => {
      return ['user', permission, ...(onResource ? [on] : []), effect ?? 'allow'];
    }),
  );
  if (!onResource) return { input: (question) => question, ask: (one) => enforcer.enforceSync('user', one.permission) };
  return { input: (question) => question, ask: (one) => enforcer.enforceSync('user', one.permission, one.resource) };
}

function byCedar(scene) {
  const text = (value) => JSON.stringify(value);
  const staticPolicies = scene.privileges.map(({ permission, on, effect }) => {
    const word = effect === undefined ? 'permit' : 'forbid';
    const isPattern = permission.endsWith('*');
    const conditions = [
      ...(isPattern ? [`context.name like ${text(permission)}`] : []),
      ...(on?.endsWith('*') ? [`context.path like ${text(on)}`] : []),
    ];
    const action = isPattern ? 'action' : `action == Action::${text(permission)}`;
    const resource = on === undefined || on.endsWith('*') ? 'resource' : `resource == Resource::${text(on)}`;
    const when = conditions.length === 0 ? '' : ` when { ${conditions.join(' && ')} }`;
    return `${word}(principal, ${action}, ${resource})${when};`;
  });
  // One of each size at a time: what is kept under a name goes when there is another.
  const preparsedPolicySetId = `of ${staticPolicies.length}`;
  const { type } = cedar.preparsePolicySet(preparsedPolicySetId, { staticPolicies: staticPolicies.join('\n') });
  if (type !== 'success') throw new Error('Cedar does not take the policies');
  return {
    input: ({ permission, resource = 'all' }) => ({
      principal: { type: 'User', id: 'user' },
      action: { type: 'Action', id: permission },
      resource: { type: 'Resource', id: resource },
      context: { name: permission, path: resource },
      preparsedPolicySetId,
      entities: [],
    }),
    ask: (call) => cedar.statefulIsAuthorized(call).response.decision === 'allow',
  };
}
