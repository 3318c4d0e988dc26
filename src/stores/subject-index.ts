// A subject goes in, what is filed under it comes out; its organization does not matter. Map in map rather than one text for all of
// a subject: no text has to be made to look it up, and none can be that of two.

import type { Person } from '../core/role-store.ts';

/** Whatever is told apart as a subject is. */
type Filed = Omit<Person, 'kind'> & { readonly kind: string };

export class SubjectIndex<Value> {
  readonly #byKind = new Map<string, Map<string, Map<string, Value>>>();
  readonly #ignoresIssuer: boolean;

  /** `ignoresIssuer`: the same kind and id at any issuer are one. */
  constructor(ignoresIssuer: boolean) {
    this.#ignoresIssuer = ignoresIssuer;
  }

  get(subject: Filed): Value | undefined {
    return this.#byKind.get(subject.kind)?.get(this.#issuerOf(subject))?.get(subject.id);
  }

  /** `undefined`: nothing is filed under it any more. */
  set(subject: Filed, value: Value | undefined): void {
    const { kind, id } = subject;
    const issuer = this.#issuerOf(subject);
    const byIssuer = this.#byKind.get(kind) ?? new Map<string, Map<string, Value>>();
    const byId = byIssuer.get(issuer) ?? new Map<string, Value>();
    if (value === undefined) byId.delete(id);
    else byId.set(id, value);
    if (byId.size === 0) byIssuer.delete(issuer);
    else byIssuer.set(issuer, byId);
    this.#byKind.set(kind, byIssuer);
  }

  *values(): Generator<Value, void> {
    for (const byIssuer of this.#byKind.values()) for (const byId of byIssuer.values()) yield* byId.values();
  }

  #issuerOf({ issuer }: Filed): string {
    return this.#ignoresIssuer ? '' : issuer;
  }
}

export function isSamePerson(one: Filed, other: Filed, ignoresIssuer: boolean): boolean {
  return one.kind === other.kind && one.id === other.id && (ignoresIssuer || one.issuer === other.issuer);
}
