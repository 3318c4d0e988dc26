// Decisions go in, a span and a count of each come out. Nothing in them says who it was, or what the request was sent with.

import type { Meter, Tracer } from '@opentelemetry/api';
import type { DecisionEvent } from 'rightful';

export function tracing(tracer: Tracer, meter: Meter): (event: DecisionEvent) => void {
  const decisions = meter.createCounter('rightful.decisions', { description: 'Decisions on access' });
  return ({ decision, permissions, enforced, subject, method, durationMs }) => {
    const labels = {
      'rightful.outcome': decision.permit ? 'permit' : decision.lacking,
      'rightful.permissions': permissions.join(' '),
      'rightful.enforced': enforced,
    };
    decisions.add(1, labels);
    const now = Date.now();
    const attributes = {
      ...labels,
      'enduser.pseudo.id': subject.digest,
      ...(method && { 'http.request.method': method }),
    };
    tracer.startSpan('rightful.decide', { startTime: now - durationMs, attributes }).end(now);
  };
}
