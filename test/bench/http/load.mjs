// A port goes in; connections that are kept alive come out, on which requests are sent as fast as they are answered, or at a
// given rate. Every answer must be a 200.

import { once } from 'node:events';
import { connect } from 'node:net';
import { randomSource } from '../rounds.mjs';

const digitTwo = 0x32;
const headEnd = '\r\n\r\n';
// Also where a short time brings less: the connections begin all at once, which is not how they go on.
const fewest = 250;

/** @typedef {() => Buffer | string} Source the next request */

/** One connection, with one request under way at most. */
class Connection {
  #socket;
  #lane;
  #begun = '';
  /** For whoever has sent the request. */
  sentForMs = 0;

  constructor(socket, lane) {
    this.#socket = socket;
    this.#lane = lane;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('close', () => lane.fail(new Error('The server has closed a connection')));
    socket.on('error', (cause) => lane.fail(cause));
  }

  send(request) {
    if (typeof request === 'string') this.#socket.write(request, 'latin1');
    else this.#socket.write(request);
  }

  close() {
    this.#socket.removeAllListeners('close').destroy();
  }

  #take(chunk) {
    // All answers of a route are of one length, so most are known to be whole at a glance.
    const isWhole = this.#begun === '' && chunk.length === this.#lane.answerLength && chunk[9] === digitTwo;
    if (isWhole || this.#isReadWhole(chunk)) this.#lane.answered(this);
  }

  #isReadWhole(chunk) {
    this.#begun += chunk.toString('latin1');
    const end = this.#begun.indexOf(headEnd);
    if (end === -1) return false;
    const head = this.#begun.slice(0, end);
    const length = end + headEnd.length + Number(/^content-length: *(\d+)$/im.exec(head)?.[1]);
    if (!(this.#begun.length >= length)) return false;
    const status = Number(head.slice(9, 12));
    if (status !== 200) this.#lane.fail(new Error(`The server answers ${status}: ${this.#begun}`));
    this.#lane.answerLength = length;
    this.#begun = '';
    return true;
  }
}

/** All connections to one server. */
export class Lane {
  /** How long a whole answer was last. */
  answerLength = 0;
  #connections = [];
  #onAnswer = () => undefined;
  #failure;
  #onFailure = () => undefined;

  /** @param {number} port @param {number} count */
  static async open(port, count) {
    const lane = new Lane();
    for (let number = 0; number < count; number += 1) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      lane.#connections.push(new Connection(socket, lane));
    }
    return lane;
  }

  answered(connection) {
    this.#onAnswer(connection);
  }

  fail(cause) {
    this.#failure ??= cause;
    this.#onFailure(this.#failure);
  }

  close() {
    for (const connection of this.#connections) connection.close();
  }

  /**
   * As fast as they are answered: for so long, or so many.
   *
   * @param {Source} next @param {{ forMs?: number, count?: number }} limit
   * @returns {Promise<{ requests: number, tookMs: number }>}
   */
  async saturate(next, { forMs = Infinity, count = Infinity }) {
    let [sent, answered] = [0, 0];
    const began = performance.now();
    const isLong = () => sent >= fewest && performance.now() - began >= forMs;
    const isOver = () => sent >= count || isLong();
    return this.#until((done) => {
      const send = (connection) => {
        sent += 1;
        connection.send(next());
      };
      this.#onAnswer = (connection) => {
        answered += 1;
        if (!isOver()) send(connection);
        else if (answered === sent) done({ requests: answered, tookMs: performance.now() - began });
      };
      for (const connection of this.#connections) if (sent < count) send(connection);
    });
  }

  /**
   * At times that do not depend on the answers, as users come: the gaps are exponential, and the same for the same seed. Each latency
   * counts from when a request was due, so that one that had to wait for a connection has waited.
   *
   * @param {Source} next @param {{ perSecond: number, forMs: number, seed: number }} pace
   * @returns {Promise<number[]>} milliseconds, one of each request
   */
  async pace(next, { perSecond, forMs, seed }) {
    const random = randomSource(seed);
    const gap = () => (-Math.log(1 - random()) * 1000) / perSecond;
    const free = [...this.#connections];
    const latencies = [];
    const began = performance.now();
    let dueMs = began + gap();
    return this.#until((done) => {
      let underWay = 0;
      this.#onAnswer = (connection) => {
        latencies.push(performance.now() - connection.sentForMs);
        underWay -= 1;
        free.push(connection);
        sendDue();
      };
      const sendDue = () => {
        const now = performance.now();
        while (dueMs <= now && dueMs - began < forMs && free.length > 0) {
          const connection = free.pop();
          connection.sentForMs = dueMs;
          underWay += 1;
          connection.send(next());
          dueMs += gap();
        }
      };
      // Timers are too coarse, and the core has nothing else to do.
      const turn = () => {
        sendDue();
        if (this.#failure !== undefined) return;
        if (dueMs - began < forMs || underWay > 0) setImmediate(turn);
        else done(latencies);
      };
      turn();
    });
  }

  async #until(start) {
    if (this.#failure !== undefined) throw this.#failure;
    return new Promise((resolve, reject) => {
      this.#onFailure = reject;
      start(resolve);
    });
  }
}
