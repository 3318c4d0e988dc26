// Guards of Express go in, nanoseconds of processor time of one request come out: without
// the framework, and without the network.

// About as many requests are under way at a time; more of them would be a strain on memory that no API has.
const atOnce = 50;

/**
 * @typedef {(request: object, response: object, next: (error?: unknown) => void) => void} Guard
 *
 * @param {Guard[]} guards one after the other is asked
 * @param {{ tokens: string[], count: number, rounds: number }} given tokens come one after the other, each time as a new text
 * @returns {Promise<{ nanoseconds: number[] }>} of each round of so many requests
 */
export async function guardsAlone(guards, { tokens, count, rounds }) {
  const nanoseconds = [];
  let number = 0;
  for (let round = 0; round < rounds; round += 1) {
    let took = 0;
    let asked = 0;
    while (asked < count) {
      const calls = Array.from({ length: Math.min(atOnce, count - asked) }, () => {
        number += 1;
        return { guard: guards[number % guards.length], request: requestWith(tokens[number % tokens.length]) };
      });
      took += await tookAll(calls);
      asked += calls.length;
    }
    nanoseconds.push(took / count);
  }
  return { nanoseconds };
}

// All threads, so that what is collected meanwhile counts; and whatever else the machine does, does not.
async function tookAll(calls) {
  let passed = 0;
  let awaited;
  const next = () => {
    passed += 1;
    awaited?.resolve();
  };
  const refuse = (text) => {
    throw new Error(`The guard refuses: ${text}`);
  };
  const response = { headersSent: false, setHeader() {}, end: refuse };
  const began = process.cpuUsage();
  for (const [at, { guard, request }] of calls.entries()) {
    guard(request, response, next);
    if (passed === at) await new Promise((resolve) => (awaited = { resolve }));
    awaited = undefined;
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) * 1000;
}

/** As Express has it by then. */
function requestWith(token) {
  const authorization = Buffer.from(`Bearer ${token}`, 'latin1').toString('latin1');
  return {
    method: 'GET',
    url: '/users/7',
    params: { id: '7' },
    headers: { host: 'api.book.example', accept: 'application/json', authorization, 'user-agent': 'bench' },
    rawHeaders: [
      ...['Host', 'api.book.example', 'Accept', 'application/json'],
      ...['Authorization', authorization, 'User-Agent', 'bench'],
    ],
  };
}
