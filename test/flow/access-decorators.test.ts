// Guards as TC39 decorators of methods that take an `Access` and no request.

import { describe, expect, test } from '@jest/globals';
import { allOf, createAuthorizer, inOrganization, NotFoundError, on, policy } from 'rightful';
import type { Access, AccessError, AuthorizerOptions, DecisionEvent } from 'rightful';
import { createGuards as expressGuards } from 'rightful/express';
import { createGuards as koaGuards } from 'rightful/koa';
import { createTestAccess } from 'rightful/testing';
import { options, sleep, tokenOf } from './scene.ts';

const scope = 'read:contacts write:contacts users:read';
const told: DecisionEvent[] = [];
const refused: AccessError[] = [];
const hooks: Partial<AuthorizerOptions> = {
  onDecision: (event) => told.push(event),
  onRefused: (error) => refused.push(error),
};

async function accessFor(authorizer = createAuthorizer(options()), claims = {}): Promise<Access> {
  const token = await tokenOf({ scope, ...claims });
  return authorizer.authenticate({ headers: { authorization: `Bearer ${token}` } });
}

describe.each([
  ['Express', expressGuards],
  ['Koa', koaGuards as unknown as typeof expressGuards],
])('a method that takes an access, guarded from the door of %s', (_, createGuards) => {
  const authorizer = createAuthorizer(options(hooks));
  const { requirePermission } = createGuards(authorizer);
  let mayWait = true;

  class Contacts {
    readonly #names = ['Bob'];
    readonly ran: string[] = [];

    @requirePermission('read:contacts')
    list(access: Access, suffix = ''): string[] {
      this.ran.push(access.subject.id);
      return this.#names.map((name) => name + suffix);
    }

    @requirePermission(on('users:read', 'users:id:{1}'))
    show(_access: Access, id: string | number): string {
      this.ran.push('show');
      return `user ${id}`;
    }

    @requirePermission(on('users:read', 'users:id:{0}'))
    showAccess(_access: Access): void {
      this.ran.push('showAccess');
    }

    @requirePermission(inOrganization('read:contacts', '{1}'))
    async listIn(_access: Access, organization: string): Promise<string> {
      this.ran.push('listIn');
      return organization;
    }

    @requirePermission(
      allOf(
        'read:contacts',
        policy('waits', async () => {
          await sleep(1);
          return mayWait;
        }),
      ),
    )
    async later(_access: Access): Promise<string> {
      this.ran.push('later');
      return 'later';
    }

    @requirePermission(
      allOf(
        'read:contacts',
        policy('is there', () => {
          throw new NotFoundError();
        }),
      ),
    )
    find(_access: Access): void {
      this.ran.push('find');
    }

    @requirePermission('read:contacts')
    @requirePermission('write:contacts')
    static both(this: typeof Contacts, access: Access): string {
      return `${this.name} for ${access.subject.id}`;
    }

    @requirePermission('read:contacts')
    fail(_access: Access): never {
      throw new Error('a fault of the method');
    }
  }

  function thrownBy(run: () => unknown): unknown {
    try {
      return run();
    } catch (error) {
      return error;
    }
  }

  test('runs at once where the access meets the requirement, with its arguments, its `this` and its result', async () => {
    const contacts = new Contacts();
    const access = await accessFor(authorizer);
    expect(contacts.list(access, '!')).toEqual(['Bob!']);
    expect(contacts.show(access, '7')).toBe('user 7');
    expect(contacts.show(access, 7)).toBe('user 7');
    expect(Contacts.both(access)).toBe('Contacts for alice');
    await expect(contacts.later(access)).resolves.toBe('later');
    await expect(contacts.listIn(access, 'org')).resolves.toBe('org');
    expect(() => contacts.fail(access)).toThrow('a fault of the method');
  });

  test('does not run where the scope or the privilege is lacking: the call throws the AccessError, and the hooks are told', async () => {
    const contacts = new Contacts();
    const delegatesLess = await accessFor(authorizer, { scope: 'write:contacts' });
    const holdsNothing = await accessFor(authorizer, { sub: 'bob' });
    told.length = 0;
    refused.length = 0;
    const errors = [
      thrownBy(() => contacts.list(delegatesLess)),
      thrownBy(() => contacts.list(holdsNothing)),
      thrownBy(() => Contacts.both(delegatesLess)),
    ];
    expect(errors).toMatchObject([
      { code: 'insufficient_scope', status: 403, statusCode: 403, scope: 'read:contacts' },
      { code: 'insufficient_privilege', status: 403, missing: [{ permission: 'read:contacts' }] },
      { code: 'insufficient_scope' },
    ]);
    expect(refused).toEqual(errors);
    expect(told.map(({ decision }) => decision.permit)).toEqual([false, false, false]);
    expect(contacts.ran).toEqual([]);
  });

  test.each(['8', '*', '', '7:8', '7/8', ['7'], undefined, null, { toString: () => '7' }])(
    'does not run on a resource that is not held, or that no argument makes: %p',
    async (id) => {
      const contacts = new Contacts();
      const access = await accessFor(authorizer);
      expect(thrownBy(() => contacts.show(access, id as string))).toMatchObject({ code: 'insufficient_privilege' });
      expect(thrownBy(() => contacts.showAccess(access))).toMatchObject({ code: 'insufficient_privilege' });
      expect(contacts.ran).toEqual([]);
    },
  );

  test('rejects where the decision has to be waited for, and keeps the error that a policy throws', async () => {
    const contacts = new Contacts();
    const access = await accessFor(authorizer);
    mayWait = false;
    await expect(contacts.later(access)).rejects.toMatchObject({
      code: 'policy_refused',
      missing: [{ policy: 'waits' }],
    });
    mayWait = true;
    expect(thrownBy(() => contacts.find(access))).toMatchObject({ code: 'not_found', status: 404 });
    expect(contacts.ran).toEqual([]);
  });

  test('does not run for an access of another authorizer, nor for one that none has given', async () => {
    const contacts = new Contacts();
    const made = createTestAccess({ scopes: scope, privileges: ['read:contacts'] });
    for (const access of [await accessFor(), made]) {
      expect(() => contacts.list(access)).toThrow(TypeError);
      expect(() => void contacts.later(access)).toThrow(TypeError);
    }
    expect(contacts.ran).toEqual([]);
  });

  test.each([[[]], [[undefined]], [[null]], [['alice']], [[{}]], [[{ can: () => true }]]])(
    'does not run for what is no access: %j',
    (given) => {
      const contacts = new Contacts();
      expect(() => Reflect.apply(contacts.list, contacts, given)).toThrow(TypeError);
      expect(contacts.ran).toEqual([]);
    },
  );

  test('does not run for an object in the shape of an access, or one that inherits from one', async () => {
    const contacts = new Contacts();
    const access = await accessFor(authorizer);
    for (const given of [{ ...access, can: () => true }, Object.create(access) as Access, new Proxy(access, {})]) {
      expect(() => contacts.list(given)).toThrow(TypeError);
    }
    expect(contacts.ran).toEqual([]);
  });

  test('does not run where the requirement is a function of a request', async () => {
    class Notes {
      @requirePermission(() => 'read:contacts')
      list(_access: Access): string {
        return 'notes';
      }
    }
    const access = await accessFor(authorizer);
    expect(() => new Notes().list(access)).toThrow(TypeError);
  });
});
