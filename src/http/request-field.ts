// A request goes in, what is known of it comes out again, for as long as the request lives. It stands in a private field of the list
// of its header lines: nobody else can read, list, copy or forge it. A field of the request itself would do as well, but Express
// gives each request another prototype, after which every property that is added to it costs microseconds; so does a WeakMap.

/** What is known of one request. */
export interface Noted {
  /** Which it is: other requests may have been made from it, with the same header lines and another token. */
  readonly request: object;
}

/** Notes of requests. */
export interface RequestField<Note extends Noted> {
  get(request: object): Note | undefined;
  set(note: Note): void;
  delete(request: object): void;
}

// What a constructor returns is what the fields of a class that extends it are put on.
// oxlint-disable-next-line typescript/no-extraneous-class
class Itself {
  constructor(carrier: object) {
    // oxlint-disable-next-line no-constructor-return
    return carrier;
  }
}

/** Each call makes a field of its own, which no other one's `get` sees. */
export function requestField<Note extends Noted>(): RequestField<Note> {
  // Requests without header lines of their own, such as those of tests.
  const others = new WeakMap<object, Note>();
  let hasOthers = false;

  class Field extends Itself {
    #note: Note | undefined;

    constructor(carrier: object, note: Note) {
      super(carrier);
      this.#note = note;
    }

    static get(request: object): Note | undefined {
      const carrier = carrierOf(request);
      if (carrier !== undefined && #note in carrier && carrier.#note?.request === request) return carrier.#note;
      return hasOthers ? others.get(request) : undefined;
    }

    static set(note: Note): void {
      const { request } = note;
      const carrier = carrierOf(request);
      if (carrier !== undefined && #note in carrier) {
        if (carrier.#note === undefined || carrier.#note.request === request) carrier.#note = note;
        else Field.#setOther(note);
      } else if (carrier !== undefined && Object.isExtensible(carrier)) void new Field(carrier, note);
      else Field.#setOther(note);
    }

    static #setOther(note: Note): void {
      hasOthers = true;
      others.set(note.request, note);
    }

    static delete(request: object): void {
      const carrier = carrierOf(request);
      if (carrier !== undefined && #note in carrier && carrier.#note?.request === request) carrier.#note = undefined;
      if (hasOthers) others.delete(request);
    }
  }

  return {
    get: (request) => Field.get(request),
    set: (note) => Field.set(note),
    delete: (request) => Field.delete(request),
  };
}

function carrierOf(request: object): object | undefined {
  const { rawHeaders } = request as { rawHeaders?: unknown };
  return Array.isArray(rawHeaders) ? rawHeaders : undefined;
}
