// A role of the store goes in, what the management API says of it comes out.

import type { Role } from '../../core/role-store.ts';

export interface RoleItem {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
}

export function roleItem({ uid, name, description }: Pick<Role, 'uid' | 'name' | 'description'>): RoleItem {
  return { id: uid, name, ...(description !== undefined && { description }) };
}
