// What the demo answers to its page, as far as the page reads it.

import type { Client, Person } from '../people.ts';

export type { Client, Person } from '../people.ts';

/** `GET /demo/facts` */
export interface Facts {
  readonly api: string;
  readonly issuer: string;
  readonly audience: string;
  readonly framework: 'express' | 'koa';
  readonly kept: string;
  readonly administration: { readonly dashboard: string };
  readonly people: readonly Person[];
  readonly clients: readonly Client[];
  /** Each permission and what it means to a person. */
  readonly permissions: Readonly<Record<string, string>>;
}

/** A privilege or a denial. */
export interface Held {
  /** In a store also a pattern: `*`, `read:*`. */
  readonly permission: string;
  /** Absent: on every resource. */
  readonly on?: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  readonly source?: { readonly kind: string; readonly role?: string; readonly via?: string };
}

/** `GET /me` */
export interface Me {
  readonly subject: { readonly id: string };
  readonly scopes: readonly string[];
  readonly privileges: readonly Held[];
  readonly denials: readonly Held[];
  /** Those that are effective. */
  readonly permissions: readonly Held[];
}

export type ActionName = 'list' | 'add' | 'show' | 'change' | 'remove' | 'share';

export type Missing = { readonly permission: string; readonly on?: string } | { readonly policy: string };

/** One of `GET /me/actions` */
export interface Action {
  readonly action: ActionName;
  readonly contact?: string;
  readonly permit: boolean;
  readonly lacking?: 'scope' | 'privilege' | 'policy';
  readonly missing?: readonly Missing[];
}

export interface ContactFields {
  readonly name: string;
  readonly email: string;
}

export interface Contact extends ContactFields {
  readonly id: string;
  readonly owner: string;
}

export interface RuleState {
  readonly name: string;
  readonly title: string;
  readonly takesAway: readonly string[];
  readonly on: boolean;
}

/** `GET /demo/rules` */
export interface Rules {
  readonly now: number;
  readonly weekday: boolean;
  readonly rules: readonly RuleState[];
}

/** One of `POST /demo/export` */
export interface ExportRun {
  readonly client: string;
  readonly clientPrivileges: string;
  readonly call: string;
  readonly status: number;
  readonly contacts: number | null;
  readonly code: string | null;
}
