// What is odd but no error goes in, and is told once: for an operator who tidies up.

import { tell } from './tell.ts';

/** Something that works, and should be put right. */
export type Warning =
  /** A name was used that a permission only has beside its own: `means`. */
  | {
      readonly code: 'other_name';
      readonly permission: string;
      readonly means: string;
      readonly where: 'store' | 'requirement';
    }
  /** The store holds a privilege of a permission that the catalogue does not know. No requirement can ask for it. */
  | { readonly code: 'unknown_permission'; readonly permission: string; readonly where: 'store' }
  /** A guard was made that reports and does not refuse; the requirement is in words, as `routesOf` has it. */
  | { readonly code: 'not_enforced'; readonly requirement: string };

// More are not told: who has so many reads none.
const maxWarnings = 1000;

/** Tells each warning once. */
export class Warnings {
  readonly #hook: ((warning: Warning) => void) | undefined;
  readonly #told = new Set<string>();

  constructor(hook: ((warning: Warning) => void) | undefined) {
    this.#hook = hook;
  }

  warn(warning: Warning): void {
    const hook = this.#hook;
    if (hook === undefined || this.#told.size >= maxWarnings) return;
    const text = JSON.stringify(warning);
    if (this.#told.has(text)) return;
    this.#told.add(text);
    tell(() => hook(Object.freeze(warning)));
  }
}
