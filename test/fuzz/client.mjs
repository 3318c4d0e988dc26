// Bytes go out on a socket, answers come back as they were sent: an HTTP client that corrects nothing (RFC 9112).

import { connect } from 'node:net';

/** @typedef {{ status: number, headers: Map<string, string[]>, body: string }} Answer */

/** So long may an answer take. */
export const patienceMs = 2000;
// A request that Node waits to be complete gets no answer; the end of the sending side makes it one.
const endOfRequestMs = 150;

/** One connection that is kept for the next request. */
export class Connection {
  #port;
  #socket;
  #received = Buffer.alloc(0);
  #notify = () => {};

  /** @param {number} port */
  constructor(port) {
    this.#port = port;
  }

  /**
   * The answer to one request; 'closed' where the server closed without one, 'late' where none came in time.
   *
   * @returns {Promise<Answer | 'closed' | 'late'>}
   */
  async ask(bytes, method) {
    const socket = this.#opened();
    socket.write(bytes);
    const [answer] = await this.#answers({ method, enough: ({ length }) => length > 0 });
    if (answer === undefined || answer === 'late' || closes(answer)) this.close();
    return answer ?? 'closed';
  }

  /**
   * All answers until the server closes.
   *
   * @returns {Promise<(Answer | 'late')[]>}
   */
  async askAll(bytes, method) {
    const socket = this.#opened();
    socket.write(bytes);
    const ending = setTimeout(() => socket.end(), endOfRequestMs);
    const answers = await this.#answers({ method, enough: () => false });
    clearTimeout(ending);
    this.close();
    return answers;
  }

  close() {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #opened() {
    if (this.#socket !== undefined && !this.#socket.destroyed) return this.#socket;
    this.#received = Buffer.alloc(0);
    const socket = connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#notify();
    });
    for (const event of ['end', 'error', 'close']) {
      socket.on(event, () => {
        if (this.#socket === socket) this.#socket = undefined;
        socket.destroy();
        this.#notify();
      });
    }
    this.#socket = socket;
    return socket;
  }

  async #answers({ method, enough }) {
    const answers = [];
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const closed = this.#socket === undefined;
      const read = readAnswer(this.#received, { method, closed });
      if (read !== undefined) {
        this.#received = read.rest;
        if (read.answer.status >= 200) answers.push(read.answer);
        if (enough(answers)) return answers;
      } else if (closed) {
        return answers;
      } else if (Date.now() >= deadline) {
        return [...answers, 'late'];
      } else {
        await this.#news(deadline - Date.now());
      }
    }
  }

  #news(waitMs) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#notify = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** @param {Answer} answer */
function closes({ headers }) {
  return headers.get('connection')?.[0]?.toLowerCase() === 'close';
}

const tokenCharacters = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldValue = /^[\t\x20-\x7E]*$/;

/** @throws {Error} when it is no answer in HTTP/1.1. */
function readAnswer(received, { method, closed }) {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) {
    if (closed && received.length > 0)
      throw new Error(`an answer without an end: ${JSON.stringify(received.toString('latin1'))}`);
    return undefined;
  }
  const [statusLine = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n');
  const [, code] = /^HTTP\/1\.1 (\d{3}) [\x20-\x7E]*$/.exec(statusLine) ?? [];
  if (code === undefined) throw new Error(`no status line: ${JSON.stringify(statusLine)}`);
  const status = Number(code);
  const headers = headersIn(lines);
  const content = contentOf(received.subarray(end + 4), { status, headers, method, closed });
  return content && { answer: { status, headers, body: content.body.toString('utf8') }, rest: content.rest };
}

function headersIn(lines) {
  const headers = new Map();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (!tokenCharacters.test(name) || !fieldValue.test(value))
      throw new Error(`no header line: ${JSON.stringify(line)}`);
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  return headers;
}

function contentOf(bytes, { status, headers, method, closed }) {
  const none = { body: Buffer.alloc(0), rest: bytes };
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return none;
  if (headers.get('transfer-encoding')?.[0] === 'chunked') return chunksOf(bytes);
  const length = headers.get('content-length');
  if (length === undefined) return closed ? { body: bytes, rest: Buffer.alloc(0) } : undefined;
  const size = Number(length[0]);
  return bytes.length < size ? undefined : { body: bytes.subarray(0, size), rest: bytes.subarray(size) };
}

function chunksOf(bytes) {
  const chunks = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(chunks), rest: bytes.subarray(start + 2) };
    chunks.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}

/** The same by fetch, as programs ask. @returns {Promise<Answer | 'closed' | 'late'>} */
export async function askByFetch(port, { target, lines }) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${target}`, {
      headers: lines,
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
    const headers = new Map([...response.headers].map(([name, value]) => [name, [value]]));
    return { status: response.status, headers, body: await response.text() };
  } catch (error) {
    return error.name === 'TimeoutError' ? 'late' : 'closed';
  }
}
