// What went wrong here goes in, and comes to the operator's ears.

import type { Administered } from './administered.ts';

export function report({ onFault }: Administered, cause: unknown, request: Request): void {
  try {
    onFault?.(cause, request);
  } catch {
    // What it throws is ignored.
  }
}
