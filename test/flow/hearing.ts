// The hooks of an operator, and what they were told, in order.

import type { AccessError, AuthorizerOptions, DecisionEvent, Warning } from 'rightful';

export interface Heard {
  readonly decisions: DecisionEvent[];
  readonly refusals: [code: string, enforced: boolean][];
  readonly warnings: Warning[];
  readonly hooks: Partial<AuthorizerOptions>;
}

export function hearing(): Heard {
  const [decisions, refusals, warnings]: [DecisionEvent[], [string, boolean][], Warning[]] = [[], [], []];
  const hooks: Partial<AuthorizerOptions> = {
    onDecision: (event) => decisions.push(event),
    onRefused: ({ code }: AccessError, _, { enforced }) => refusals.push([code, enforced]),
    onWarning: (warning) => warnings.push(warning),
  };
  return { decisions, refusals, warnings, hooks };
}
