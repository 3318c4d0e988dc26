// What a page is about goes in, its address comes out.

import type { Kind } from './answers.ts';
import { hrefTo } from './router.ts';

export const sections = { user: 'users', client: 'clients' } as const satisfies Record<Kind, string>;

export const toSubject = ({ kind, id }: { kind: Kind; id: string }): string => hrefTo([sections[kind], id]);
export const toRole = (uid: string): string => hrefTo(['roles', uid]);
export const toNewRole = hrefTo(['new-role']);
export const toRoleMatrix = (name: string): string => hrefTo(['role-matrix'], { name });
export const toHolders = (permission: string): string => hrefTo(['permissions', permission]);
export const toAudit = (query: Record<string, string>): string => hrefTo(['audit'], query);
export const toWhy = (query: Record<string, string>): string => hrefTo(['why'], query);
