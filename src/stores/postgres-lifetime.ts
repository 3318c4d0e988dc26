// How a store starts and ends goes in, whether it may be used comes out: it starts once, again where that failed, and never after
// its end.

import { UnavailableError } from '../core/errors.ts';

export interface LifetimeSteps {
  readonly start: () => Promise<void>;
  readonly end: () => Promise<void>;
}

export class Lifetime {
  readonly #steps: LifetimeSteps;
  #starting: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #isUsable = false;

  constructor(steps: LifetimeSteps) {
    this.#steps = steps;
  }

  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** Rejects with whatever keeps it from starting. */
  ready(): Promise<void> {
    if (this.#ending !== undefined)
      return Promise.reject(new UnavailableError(undefined, { cause: 'The store is closed' }));
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    try {
      await this.#steps.start();
      this.#isUsable = this.#ending === undefined;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }

  /** @throws UnavailableError */
  async usable(): Promise<void> {
    try {
      await this.ready();
    } catch (cause) {
      throw cause instanceof UnavailableError ? cause : new UnavailableError(undefined, { cause });
    }
  }

  close(): Promise<void> {
    this.#isUsable = false;
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    await this.#steps.end();
  }
}
