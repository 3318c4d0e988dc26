// A token goes in, a request that carries it comes out, in all the ways in which one can be sent well and badly.

/**
 * `lines`: header lines as sent. `exact`: every byte reaches the application as it is meant, so the oracle can say what
 * must be answered; otherwise only what must not.
 *
 * @typedef {{ door: string, route: 'plain' | 'list' | 'things', thing?: string, method: string, target: string,
 *   lines: [name: string, value: string][], body: string, form?: string, exact: boolean }} Request
 * @typedef {import('./random.mjs').Random} Random
 */

/** @param {Random} random @param {string} token @returns {Request} */
export function plainRequest(random, token) {
  const door = random.weighted([
    [4, 'cached'],
    [2, 'fresh'],
    [2, 'strict'],
    [2, 'open'],
  ]);
  const route = random.pick(['plain', 'list', 'things']);
  const thing = route === 'things' ? random.pick(['7', '8', 'x']) : undefined;
  return {
    door,
    route,
    ...(thing !== undefined && { thing }),
    method: 'GET',
    target: `/${door}/${route}${thing === undefined ? '' : `/${thing}`}`,
    lines: [['Authorization', `Bearer ${token}`]],
    body: '',
    exact: true,
  };
}

/** @param {Request} request @returns {Buffer} */
export function bytesOf({ method, target, lines, body }, { close = false } = {}) {
  const head = [
    `${method} ${target} HTTP/1.1`,
    'Host: api.example',
    ...(close ? ['Connection: close'] : []),
    ...lines.map(([name, value]) => `${name}: ${value}`),
    ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`]),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

/** @type {Record<string, (request: Request, random: Random, tokens: { token: string, other: string }) => void>} */
export const requestMutations = {
  scheme: (request, random, { token }) => {
    const value = random.pick([
      ...[
        'bearer ',
        'BEARER ',
        'bEaReR ',
        'Bearer  ',
        'Bearer      ',
        'Bearer\t',
        'Bearer \t',
        'Bearer',
        'Bearer=',
        'Bearer,',
      ],
      ...[
        'Basic ',
        'DPoP ',
        'Bearer"',
        'BearerX ',
        'XBearer ',
        'Token ',
        '',
        ' ',
        '\tBearer ',
        '  Bearer ',
        'Bearer token=',
        'Bearer:',
      ],
    ]);
    request.lines = [['Authorization', `${value}${token}`]];
  },
  empty: (request, random) => {
    request.lines = [
      ['Authorization', random.pick(['', 'Bearer', 'Bearer ', 'Bearer =', 'Bearer ==', ' ', 'bearer\t', 'Bearer .'])],
    ];
  },
  trailing: (request, random, { token, other }) => {
    const end = random.pick([
      ' ',
      '\t',
      ' x',
      ',',
      `, Bearer ${other}`,
      ` ${other}`,
      '=',
      '==',
      '=x',
      ';',
      '"',
      '\\',
      '%00',
      '\u00e9',
    ]);
    request.lines = [['Authorization', `Bearer ${token}${end}`]];
  },
  twoLines: (request, random, { token, other }) => {
    const names = ['Authorization', 'authorization', 'AUTHORIZATION'];
    const lines = [token, random.pick([token, other, ''])].map((one) => [random.pick(names), `Bearer ${one}`]);
    if (random.chance(30)) lines.splice(random.below(3), 0, ['X-Between', '1']);
    if (random.chance(30)) lines.push([random.pick(names), random.pick(['Basic eDp5', ''])]);
    request.lines = lines;
  },
  headerName: (request, random, { token }) => {
    const name = random.pick([
      'authorization',
      'AUTHORIZATION',
      'Proxy-Authorization',
      'X-Authorization',
      'Authorisation',
      'Cookie',
    ]);
    request.lines = [[name, `Bearer ${token}`]];
  },
  noHeader: (request) => {
    request.lines = [];
  },
  manyHeaders: (request, random) => {
    for (let left = random.below(60); left > 0; left -= 1) request.lines.unshift([`X-${left}`, '__proto__']);
    request.lines.push([random.pick(['__proto__', 'constructor', 'hasOwnProperty']), 'x']);
  },
  // What a careless client might let through into the header.
  lineBreak: (request, random, { token, other }) => {
    const end = random.pick([
      '\r\nX-Evil: 1',
      '\n',
      '\r',
      '\r\n ',
      `\r\nAuthorization: Bearer ${other}`,
      '\r\n\r\n',
      '\0',
      '\x7f',
      '\x01',
    ]);
    const at = random.below(token.length + 1);
    request.lines = [['Authorization', `Bearer ${token.slice(0, at)}${end}${token.slice(at)}`]];
    request.exact = false;
  },
  oddByte: (request, random, { token }) => {
    const at = random.below(token.length + 1);
    const byte = random.pick(['\x80', '\xff', '\xc3\xa9', '\t', ' ', '"', '\\', '{', ',', '~', '%', ':', '\xa0']);
    request.lines = [['Authorization', `Bearer ${token.slice(0, at)}${byte}${token.slice(at)}`]];
  },
  long: (request, random, { token }) => {
    const length = random.pick([8192, 8193, 12_000, 15_000, 17_000, 70_000]);
    const filler = random.pick(['a', 'a.', '=', ' ', 'Bearer ', 'a,', '\t']);
    request.lines = [['Authorization', `Bearer ${token}${filler.repeat(length / filler.length)}`]];
    // Node refuses headers of more than 16 KiB by itself.
    if (length >= 14_000) request.exact = false;
  },
  query: (request, random, { token, other }) => {
    const name = random.pick([
      'access_token',
      'access_token',
      'access_token[]',
      'Access_Token',
      'access%5Ftoken',
      'token',
    ]);
    const parameters = [
      `${name}=${random.pick([token, encodeURIComponent(token), '', `${token}%00`, `${token}%0d%0aX:1`])}`,
    ];
    if (random.chance(30)) parameters.push(`access_token=${random.pick([token, other, ''])}`);
    if (random.chance(30)) parameters.unshift('a=%zz&__proto__=1');
    if (random.chance(60)) request.lines = [];
    request.target += `${request.target.includes('?') ? '&' : '?'}${parameters.join('&')}`;
  },
  form: (request, random, { token, other }) => {
    const type = random.pick([
      ...[
        'application/x-www-form-urlencoded',
        'application/x-www-form-urlencoded',
        'application/x-www-form-urlencoded; charset=utf-8',
      ],
      ...['application/json', 'multipart/form-data; boundary=x', 'text/plain', 'APPLICATION/X-WWW-FORM-URLENCODED'],
    ]);
    const fields = [`access_token=${encodeURIComponent(token)}`];
    if (random.chance(25)) fields.push(`access_token=${random.pick([token, other])}`);
    if (random.chance(25)) fields.unshift('__proto__=1&toString=2');
    request.method = random.pick(['POST', 'POST', 'PUT', 'PATCH', 'GET', 'DELETE']);
    request.form = fields.join('&');
    request.body = type === 'application/json' ? JSON.stringify({ access_token: token }) : request.form;
    if (random.chance(60)) request.lines = [];
    request.lines = [...request.lines.filter(([name]) => name !== 'Content-Type'), ['Content-Type', type]];
  },
  brokenBody: (request, random) => {
    request.method = 'POST';
    request.lines.push([
      'Content-Type',
      random.pick(['application/json', 'application/x-www-form-urlencoded; charset=x']),
    ]);
    request.body = random.pick(['{', '[1,2', 'null', '"x"', '{"__proto__":{"x":1}}', '\0\0', '{"access_token":{}}']);
    // Parsers of bodies stand before the guard and answer for themselves.
    request.exact = false;
  },
  method: (request, random) => {
    request.method = random.pick([
      'HEAD',
      'POST',
      'PUT',
      'DELETE',
      'PATCH',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
      'PURGE',
      'M-SEARCH',
    ]);
  },
  oddMethod: (request, random) => {
    request.method = random.pick(['get', 'FOO', 'CONNECT', 'G ET', '', 'GET\t', 'PRI']);
    request.exact = false;
  },
  parameter: (request, random) => {
    request.route = 'things';
    const [sent, meant] = random.pick([
      ['%2A', '*'],
      ['*', '*'],
      ['%3A', ':'],
      ['a:b', 'a:b'],
      ['7%2F', '7/'],
      ['%2F7', '/7'],
      ['7%3F', '7?'],
      ['%37', '7'],
      ['7%20', '7 '],
      ['7%00', '7\0'],
      ['%2E', '.'],
      ['%D0%B0', '\u0430'],
      ['__proto__', '__proto__'],
      ['constructor', 'constructor'],
      ['%7Bid%7D', '{id}'],
      ['7%2A', '7*'],
      ['7;a=b', '7;a=b'],
      ['%252A', '%2A'],
      ['x'.repeat(3000), 'x'.repeat(3000)],
    ]);
    request.thing = meant;
    request.target = `/${request.door}/things/${sent}`;
  },
  oddTarget: (request, random) => {
    const { target, door } = request;
    request.target = random.pick([
      ...[
        `/${target}`,
        `${target}/`,
        target.toUpperCase(),
        `http://evil.example${target}`,
        `${target}#x`,
        `${target}?%`,
        '*',
        '/',
      ],
      ...[
        `/${door}/things/%zz`,
        `/${door}/things/%`,
        `/${door}/things/%C0%80`,
        `/${door}/things/..`,
        `/${door}/../cached/plain`,
      ],
      ...[
        `/${door}//plain`,
        `/${door}/things//7`,
        `/${door}/things/7/8`,
        `/${door}/\xe9`,
        `${target} x`,
        'x',
        `${target}?${'a&'.repeat(2000)}`,
      ],
      ...['//', '/..', 'http://', 'http://[', `/${door}/things/7\\8`, `//evil.example${target}`],
    ]);
    request.exact = false;
  },
  host: (request, random) => {
    request.lines.unshift(['X-Forwarded-Host', random.pick(['a/b', '', 'evil.example', '[::1', ',,,'])]);
    request.lines.push(['Origin', 'null'], ['Access-Control-Request-Headers', 'authorization']);
  },
  wire: (request, random) => {
    const lines = [
      ...[
        ['Transfer-Encoding', 'chunked'],
        ['Transfer-Encoding', 'identity'],
        ['Content-Length', '-1'],
        ['Content-Length', '99999'],
      ],
      ...[
        ['Expect', '100-continue'],
        ['Expect', 'x'],
        ['Upgrade', 'h2c'],
        ['Connection', 'upgrade'],
        ['Host', 'x'],
        ['Na me', 'x'],
      ],
      ...[
        ['', 'x'],
        ['Trailer', 'Authorization'],
        ['TE', 'trailers'],
        ['Content-Encoding', 'gzip'],
        ['Authorization ', 'x'],
      ],
    ];
    request.lines.splice(random.below(request.lines.length + 1), 0, random.pick(lines));
    request.exact = false;
  },
};
