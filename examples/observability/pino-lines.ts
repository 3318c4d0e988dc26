// What an authorizer tells goes in, lines of a log come out: each decision, what could not be decided and why, and what to put right.

import type { Logger } from 'pino';
import type { AuthorizerOptions } from 'rightful';

export function logging(log: Logger): Pick<AuthorizerOptions, 'onDecision' | 'onRefused' | 'onWarning'> {
  return {
    onDecision({ decision, permissions, enforced, subject, method, durationMs }) {
      const line = { permissions, subject: subject.digest, enforced, method, durationMs };
      if (decision.permit) log.info(line, 'permitted');
      else if (enforced) log.info({ ...line, lacking: decision.lacking }, 'refused');
      else log.warn({ ...line, lacking: decision.lacking }, 'let through, and would be refused');
    },
    onRefused({ status, code, cause }) {
      if (status === 503) log.error({ code, err: cause }, 'cannot be decided');
    },
    onWarning: (warning) => log.warn(warning, 'to be put right'),
  };
}
