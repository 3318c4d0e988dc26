// An OpenAPI document goes in, every place where it is not as OpenAPI 3.1 says comes out: the structure as far as an API without
// callbacks, links and webhooks has it (https://spec.openapis.org/oas/v3.1.1).

type Members = Record<string, unknown>;

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const itemMembers = new Set(['$ref', 'summary', 'description', 'servers', 'parameters', ...methods]);
const operationMembers = new Set(
  'tags summary description externalDocs operationId parameters requestBody responses callbacks deprecated security servers'.split(
    ' ',
  ),
);
const flowMembers: Record<string, readonly string[]> = {
  implicit: ['authorizationUrl', 'scopes'],
  password: ['tokenUrl', 'scopes'],
  clientCredentials: ['tokenUrl', 'scopes'],
  authorizationCode: ['authorizationUrl', 'tokenUrl', 'scopes'],
};

/** What is wrong, each with the place of it; none: the document is one. */
export function faultsOf(document: unknown): string[] {
  const faults: string[] = [];
  const check = (isTrue: boolean, fault: string): boolean => {
    if (!isTrue) faults.push(fault);
    return isTrue;
  };
  if (!check(isMembers(document), 'the document is no object') || !isMembers(document)) return faults;
  check(/^3\.1\.\d+$/.test(String(document['openapi'])), 'openapi');
  const info = membersOf(document['info']);
  check(isText(info['title']) && isText(info['version']), 'info');
  const { paths, components } = document;
  check(paths !== undefined || components !== undefined, 'no paths and no components (4.8.1)');
  for (const [kind, named] of Object.entries(membersOf(components))) {
    for (const name of Object.keys(membersOf(named)))
      check(/^[\w.-]+$/.test(name), `the name components.${kind}.${name} (4.8.7)`);
  }
  for (const [name, scheme] of Object.entries(membersOf(membersOf(components)['securitySchemes'])))
    checkScheme(name, scheme);
  checkSecurity('the document', document['security']);
  const shapes = new Set<string>();
  for (const [path, item] of Object.entries(membersOf(paths))) {
    check(path.startsWith('/'), `the path ${path}`);
    const shape = path.replaceAll(/\{[^}]*\}/g, '{}');
    check(!shapes.has(shape), `${path} is there twice (4.8.8)`);
    shapes.add(shape);
    checkItem(path, membersOf(item));
  }
  return faults;

  function target(value: unknown, where: string): Members {
    const { $ref } = membersOf(value);
    if ($ref === undefined) return membersOf(value);
    let found: unknown = document;
    for (const part of String($ref).replace(/^#\//, '').split('/')) found = membersOf(found)[part];
    check(isMembers(found), `${where}: ${String($ref)} is nowhere`);
    return membersOf(found);
  }

  function checkScheme(name: string, given: unknown): void {
    const scheme = target(given, name);
    switch (scheme['type']) {
      case 'http':
        check(isText(scheme['scheme']), `${name}.scheme (4.8.27)`);
        break;
      case 'openIdConnect':
        check(isText(scheme['openIdConnectUrl']), `${name}.openIdConnectUrl (4.8.27)`);
        break;
      case 'oauth2':
        check(isMembers(scheme['flows']), `${name}.flows (4.8.27)`);
        for (const [kind, flow] of Object.entries(membersOf(scheme['flows']))) {
          for (const member of flowMembers[kind] ?? ['no such flow'])
            check(membersOf(flow)[member] !== undefined, `${name}.flows.${kind}.${member} (4.8.29)`);
        }
        break;
      default:
        check(scheme['type'] === 'apiKey' || scheme['type'] === 'mutualTLS', `${name}.type (4.8.27)`);
    }
  }

  function checkSecurity(where: string, security: unknown): void {
    if (security === undefined) return;
    if (!check(Array.isArray(security), `${where}: security is no list`)) return;
    const schemes = membersOf(membersOf(components)['securitySchemes']);
    for (const requirement of security as unknown[]) {
      for (const [name, scopes] of Object.entries(membersOf(requirement))) {
        check(Object.hasOwn(schemes, name), `${where}: no scheme is called ${name} (4.8.30)`);
        check(Array.isArray(scopes) && scopes.every(isText), `${where}: the scopes of ${name} (4.8.30)`);
      }
    }
  }

  function checkItem(path: string, item: Members): void {
    for (const member of Object.keys(item))
      check(itemMembers.has(member) || member.startsWith('x-'), `${path}.${member} (4.8.9)`);
    check(
      item['$ref'] === undefined || methods.every((method) => !(method in item)),
      `${path}: $ref and methods (4.8.9)`,
    );
    for (const method of methods) {
      if (item[method] !== undefined) checkOperation(path, `${method} ${path}`, item, membersOf(item[method]));
    }
  }

  function checkOperation(path: string, where: string, item: Members, operation: Members): void {
    for (const member of Object.keys(operation))
      check(operationMembers.has(member) || member.startsWith('x-'), `${where}.${member} (4.8.10)`);
    checkSecurity(where, operation['security']);
    checkResponses(where, operation['responses']);
    const given = [item['parameters'], operation['parameters']].map((list) => (Array.isArray(list) ? list : []));
    for (const list of given) {
      const keys = list.map((one) => `${String(target(one, where)['in'])} ${String(target(one, where)['name'])}`);
      check(new Set(keys).size === keys.length, `${where}: a parameter is there twice (4.8.10)`);
    }
    const described = given.flat().map((one) => target(one, where));
    const inPath = new Set<unknown>();
    for (const parameter of described) {
      check(isText(parameter['name']) && isText(parameter['in']), `${where}: a parameter (4.8.12)`);
      const hasForm = isMembers(parameter['schema']) !== isMembers(parameter['content']);
      check(hasForm, `${where}: the schema of ${String(parameter['name'])} (4.8.12)`);
      if (parameter['in'] !== 'path') continue;
      check(parameter['required'] === true, `${where}: ${String(parameter['name'])} is not required (4.8.12)`);
      inPath.add(parameter['name']);
    }
    const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
    check(new Set(names).size === names.length, `${where}: a name is there twice in the path (4.8.8)`);
    for (const name of names) check(inPath.has(name), `${where}: nothing describes {${String(name)}} (4.8.12)`);
    for (const name of inPath)
      check(names.includes(String(name)), `${where}: the path has no {${String(name)}} (4.8.12)`);
  }

  function checkResponses(where: string, responses: unknown): void {
    const all = Object.entries(membersOf(responses));
    if (responses !== undefined) check(all.length > 0, `${where}: no responses (4.8.16)`);
    for (const [status, given] of all) {
      check(/^(?:[1-5](?:\d\d|XX)|default)$/.test(status), `${where}: the status ${status} (4.8.16)`);
      const response = target(given, where);
      check(isText(response['description']), `${where}: ${status} has no description (4.8.17)`);
      for (const media of Object.values(membersOf(response['content'])))
        target(membersOf(media)['schema'], `${where} ${status}`);
    }
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function membersOf(value: unknown): Members {
  return isMembers(value) ? value : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
