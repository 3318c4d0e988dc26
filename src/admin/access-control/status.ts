// Whether access control is there: wherever this answers, it is.

import { ok } from '../exchange.ts';
import type { Handle } from '../exchange.ts';

export const status: Handle = () => ok({ enabled: true });
