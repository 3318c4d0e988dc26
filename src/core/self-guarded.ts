// A handler that asks for a token by itself goes in, and can be told from others: what looks for forgotten guards leaves it be.

const handlers = new WeakSet<object>();

export function guardingItself<Handler extends object>(handler: Handler): Handler {
  handlers.add(handler);
  return handler;
}

export function guardsItself(handler: object): boolean {
  return handlers.has(handler);
}
