// The contracts of a privilege store and of a role store, kept by a store in a file.

import { describe, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { fileStore } from 'rightful/stores';
import type { Subject } from 'rightful/stores';
import { privilegeStoreCases, roleStoreCases } from 'rightful/testing';
import type {
  CreatedRoleStore,
  CreateStore,
  PrivilegeStoreCasesOptions,
  Reopen,
  RoleStoreCasesOptions,
  SeedSubject,
  StoreSeed,
} from 'rightful/testing';

type Form = (value: unknown) => string;
const asYaml: Form = (value) => stringify(value, { aliasDuplicateObjects: false });
const asJson: Form = (value) => JSON.stringify(value, null, 2);

function inDirectory(name: string, text: string): { path: string; cleanup: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'rightful-contract-'));
  const path = join(directory, name);
  writeFileSync(path, text);
  return { path, cleanup: () => rmSync(directory, { recursive: true, force: true }) };
}

const subjectsOf = (subjects: readonly SeedSubject[]): unknown => {
  const of = (kind: Subject['kind']): unknown =>
    Object.fromEntries(
      subjects
        .filter((one) => one.kind === kind)
        .map(({ id, privileges, roles }) => [id, { permissions: privileges, roles }]),
    );
  return { users: of('user'), clients: of('client') };
};

const rolesOf = ({ roles }: StoreSeed): unknown => Object.fromEntries(roles.map((one) => [one.name, one.privileges]));

const documents: [string, PrivilegeStoreCasesOptions, (seed: StoreSeed) => object][] = [
  ['any issuer', { issuers: 'any' }, (seed) => ({ ...(subjectsOf(seed.subjects) as object), roles: rolesOf(seed) })],
  [
    'one issuer',
    { issuers: 'one' },
    (seed) => ({ issuer: seed.issuer, ...(subjectsOf(seed.subjects) as object), roles: rolesOf(seed) }),
  ],
  [
    'many issuers',
    { issuers: 'many' },
    (seed) => {
      const issuers = [...new Set(seed.subjects.map((one) => one.issuer))];
      const of = (issuer: string): unknown => subjectsOf(seed.subjects.filter((one) => one.issuer === issuer));
      return { roles: rolesOf(seed), issuers: Object.fromEntries(issuers.map((issuer) => [issuer, of(issuer)])) };
    },
  ],
];

const forms: [string, string, Form][] = [
  ['YAML', 'privileges.yaml', asYaml],
  ['JSON', 'privileges.json', asJson],
];

describe.each(forms)('fileStore on %s', (_form, name, asText) => {
  describe.each(documents)('of %s', (_of, options, documentOf) => {
    const create: CreateStore = (seed) => {
      const { path, cleanup } = inDirectory(name, asText(documentOf(seed)));
      return { store: fileStore(path), cleanup };
    };
    it.each(privilegeStoreCases(create, options))('$name', ({ run }) => run());
  });
});

// Where a file names no issuer, what was written there by one store says nothing of it to another.
const empty: [string, string, string, RoleStoreCasesOptions?][] = [
  ['YAML', 'privileges.yaml', 'issuers: {}\n'],
  ['JSON', 'privileges.json', '{"issuers":{}}'],
  ['an empty YAML file', 'privileges.yaml', '', { issuers: 'any', handles: 'one' }],
];

// Each change writes the whole file, so not all is tried in all forms: what takes longest in the one that is read fastest, and of the
// rules each third on an empty file, and another third in JSON; after the first change they differ in how they are written alone.
const isLong = ({ name }: { readonly name: string }): boolean => name.includes('10,000');
const thirds = ['an empty YAML file', 'JSON'];

describe.each(empty)('fileStore administered, on %s', (form, name, text, options) => {
  const create = (): CreatedRoleStore => {
    const { path, cleanup } = inDirectory(name, text);
    const open: Reopen = (given) => fileStore(path, { pollMs: 50, ...given });
    return { store: fileStore(path, { pollMs: 50 }), reopen: open, cleanup };
  };
  const cases = roleStoreCases(create, options).filter((one, at) => {
    if (isLong(one)) return form === 'JSON';
    return form === 'YAML' || at % 3 === thirds.indexOf(form);
  });
  it.each(cases)('$name', ({ run }) => run(), 60_000);
});
