// The examples of AuthZEN Authorization API 1.0, as data: what is sent, and what is answered where the standard says so.

import { definePermissions } from 'rightful';
import type { Privilege } from 'rightful';

export const permissions = definePermissions({
  can_read: 'Read it',
  can_write: 'Write it',
  can_edit: 'Edit it',
  read: 'Read it',
  'extend-loan': 'Keep a book for longer',
});

const on = (permission: string, ...resources: string[]): Privilege[] =>
  resources.map((resource) => ({ permission, on: resource }));

/** Who may do what, so that the decisions are those of the examples. */
export const users = {
  // Who asks holds nothing of what is asked about.
  root: { permissions: ['evaluate:access', 'search:access'] },
  'alice@example.com': {
    permissions: [
      ...on('can_read', 'account:id:123', 'account:id:456', 'account:id:789', 'document:id:boxcarring.md', 'todo:id:1'),
      ...on('can_write', 'account:id:123'),
      ...on('read', 'document:id:1', 'document:id:3'),
      ...on('extend-loan', 'book:id:123'),
    ],
  },
  'bob@example.com': { permissions: on('can_read', 'account:id:123') },
};

const alice = { type: 'user', id: 'alice@example.com' };
const canRead = { name: 'can_read' };
const time = '2024-05-31T15:22-07:00';
const context = { time };
const document = (id: string): object => ({ type: 'document', id });
const drafts = ['boxcarring.md', 'subject-search.md', 'resource-search.md'];

/** Section 6.1.1 and 10.1.4, and the entities of section 5 in their place. */
export const single: readonly [name: string, request: object, decision: boolean][] = [
  [
    'an action with properties',
    {
      subject: alice,
      resource: { type: 'account', id: '123' },
      action: { name: 'can_read', properties: { method: 'GET' } },
      context: { time: '1985-10-26T01:22-07:00' },
    },
    true,
  ],
  [
    'a to-do',
    {
      subject: alice,
      resource: { type: 'todo', id: '1' },
      action: canRead,
      context: { time: '1985-10-26T01:22-07:00' },
    },
    true,
  ],
  [
    'a subject with a department',
    {
      subject: { ...alice, properties: { department: 'Sales' } },
      resource: { type: 'account', id: '123' },
      action: canRead,
    },
    true,
  ],
  [
    'a subject with an address and a device, and a context with a schema',
    {
      subject: { ...alice, properties: { ip_address: '172.217.22.14', device_id: '8:65:ee:17:7e:0b' } },
      resource: { type: 'account', id: '123' },
      action: canRead,
      context: {
        time: '1985-10-26T01:22-07:00',
        schema: 'https://schema.example.com/access-request.schema.json',
      },
    },
    true,
  ],
  [
    'a resource with properties, and an action with a period',
    {
      subject: alice,
      resource: {
        type: 'book',
        id: '123',
        properties: { library_record: { title: 'AuthZEN in Action', isbn: '978-0593383322' } },
      },
      action: { name: 'extend-loan', properties: { period: '2W' } },
    },
    true,
  ],
];

const semantic = (evaluations_semantic: string): object => ({
  subject: alice,
  action: { name: 'read' },
  options: { evaluations_semantic },
  evaluations: ['1', '2', '3'].map((id) => ({ resource: document(id) })),
});

/** Sections 7.1, 7.1.1, 7.1.2, 7.1.2.1 and 10.1.4. */
export const several: readonly [name: string, request: object, decisions: boolean[]][] = [
  [
    'no default values',
    { evaluations: drafts.map((id) => ({ subject: alice, action: canRead, resource: document(id), context })) },
    [true, false, false],
  ],
  [
    'a default subject and context',
    { subject: alice, context, evaluations: drafts.map((id) => ({ action: canRead, resource: document(id) })) },
    [true, false, false],
  ],
  [
    'a default action that one overrides',
    {
      subject: alice,
      context,
      action: canRead,
      evaluations: [
        { resource: document('boxcarring.md') },
        { resource: document('subject-search.md') },
        { action: { name: 'can_edit' }, resource: document('resource-search.md') },
      ],
    },
    [true, false, false],
  ],
  [
    'options that nobody knows, and an evaluation without an action',
    {
      evaluations: [{ resource: { type: 'doc', id: '1' }, subject: { type: 'doc', id: '2' } }],
      options: { evaluations_semantic: 'execute_all', another_option: 'value' },
    },
    [false],
  ],
  ['execute all', semantic('execute_all'), [true, false, true]],
  ['deny on first deny', semantic('deny_on_first_deny'), [true, false]],
  ['permit on first permit', semantic('permit_on_first_permit'), [true]],
];

const account = { type: 'account', id: '123' };

/** Sections 8.4.2, 8.5.2 and 8.6.2, and 10.1.4. */
export const searches: readonly [path: string, request: object, results: object[]][] = [
  [
    'subject',
    { subject: { type: 'user' }, action: canRead, resource: account, context: { time: '2024-10-26T01:22-07:00' } },
    [alice, { type: 'user', id: 'bob@example.com' }],
  ],
  [
    'resource',
    { subject: alice, action: canRead, resource: { type: 'account' } },
    ['123', '456', '789'].map((id) => ({ type: 'account', id })),
  ],
  [
    'action',
    { subject: alice, resource: account, context: { time: '2024-10-26T01:22-07:00' } },
    [{ name: 'can_read' }, { name: 'can_write' }],
  ],
];

/** Section 8.2.3: three results, two of them at first. The token is the service's own. */
export const paged = {
  first: { subject: alice, action: canRead, resource: { type: 'account' }, page: { limit: 2 } },
  second: (token: string): object => ({
    subject: alice,
    action: canRead,
    resource: { type: 'account' },
    page: { token },
  }),
};
