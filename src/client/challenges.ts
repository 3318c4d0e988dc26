// The value of WWW-Authenticate goes in, its challenges come out (RFC 9110 sections 5.6 and 11.6.1).

/** One challenge; the names of its parameters are in lower case. */
export interface Challenge {
  /** In lower case: `bearer`. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^_`|~\\w-]+";
// A parameter, or a scheme with what may stand behind it, or an empty place of the list.
const parameter = new RegExp(`(${token})[ \\t]*=[ \\t]*(?:(${token})|"((?:[^"\\\\]|\\\\.)*)")[ \\t]*(?:,|$)`, 'y');
const scheme = new RegExp(`(${token})(?: +(?:[\\w.~+/-]+=*[ \\t]*(?=,|$))?|[ \\t]*(?=,|$))`, 'y');
const gap = /[ \t,]*/y;

/** Those that can be read; from a place on that is none of the grammar, nothing is believed. */
export function challengesIn(value: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(value);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  for (next(gap); at < value.length; next(gap)) {
    const last = challenges.at(-1);
    const pair = last && next(parameter);
    if (pair) {
      const [, name = '', plain, quoted = ''] = pair;
      last.parameters.set(name.toLowerCase(), plain ?? quoted.replace(/\\(.)/g, '$1'));
      continue;
    }
    const found = next(scheme);
    if (found === null) break;
    challenges.push({ scheme: (found[1] as string).toLowerCase(), parameters: new Map() });
  }
  return challenges;
}
