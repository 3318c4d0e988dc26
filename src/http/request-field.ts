// A request goes in, what is known of it comes out again, for as long as the request lives. It stands in a private field of the request
// itself: nobody else can read, list, copy or forge it, and it costs a small part of what an entry of a WeakMap does.

/** What one authorizer knows of requests. */
export interface RequestField<Value extends object> {
  get(request: object): Value | undefined;
  set(request: object, value: Value): void;
  delete(request: object): void;
}

// What a constructor returns is what the fields of a class that extends it are put on.
// oxlint-disable-next-line typescript/no-extraneous-class
class Itself {
  constructor(request: object) {
    // oxlint-disable-next-line no-constructor-return
    return request;
  }
}

/** Each call makes a field of its own, which no other one's `get` sees. */
export function requestField<Value extends object>(): RequestField<Value> {
  // What cannot be extended may not take a field.
  const ofFrozen = new WeakMap<object, Value>();

  class Field extends Itself {
    #value: Value | undefined;

    constructor(request: object, value: Value) {
      super(request);
      this.#value = value;
    }

    static get(request: object): Value | undefined {
      return #value in request ? request.#value : ofFrozen.get(request);
    }

    static set(request: object, value: Value | undefined): void {
      if (#value in request) request.#value = value;
      else if (value === undefined) ofFrozen.delete(request);
      else if (Object.isExtensible(request)) void new Field(request, value);
      else ofFrozen.set(request, value);
    }
  }

  return {
    get: (request) => Field.get(request),
    set: (request, value) => Field.set(request, value),
    delete: (request) => Field.set(request, undefined),
  };
}
