// Listeners go in, changes go out to each of them, whatever the others do.

import { tell } from '../core/tell.ts';
import { checkedFunction, expectation } from '../core/options.ts';
import type { PrivilegeChange } from '../core/privilege.ts';

export class Announcements {
  readonly #listeners = new Set<(change: PrivilegeChange) => void>();

  /** The same function given twice is told twice, and each is taken back by itself. */
  readonly onChange = (listener: (change: PrivilegeChange) => void): (() => void) => {
    const told = checkedFunction<(change: PrivilegeChange) => void>(listener, 'listener');
    if (told === undefined) throw expectation('listener', 'a function', listener);
    const one = (change: PrivilegeChange): void => told(change);
    this.#listeners.add(one);
    return () => void this.#listeners.delete(one);
  };

  announce(changes: readonly PrivilegeChange[]): void {
    for (const change of changes) for (const listener of this.#listeners) tell(() => listener(change));
  }

  clear(): void {
    this.#listeners.clear();
  }
}
