// The parts of a glob go in, an automaton comes out that answers: does it match a text, does it have a text in common with another,
// does it match all that another does? It walks all its ways at once, so that no pattern takes it longer than its length.

import type { CodePoints, GlobPart } from './glob-parser.ts';

/** Where there is nothing to read a state leads on; `end` has no way on. */
interface State {
  /** What is read here; undefined: nothing. */
  readonly reads: CodePoints | undefined;
  readonly next: readonly number[];
}

/** How much a question may cost that is about two patterns, or about many pairs. */
export class Budget {
  #left: number;

  constructor(steps = 50_000) {
    this.#left = steps;
  }

  /** False when there is none left. */
  spend(cost: number): boolean {
    this.#left -= cost;
    return this.#left >= 0;
  }
}

type States = ReadonlySet<number>;

const end = 0;

export class Automaton {
  readonly #states: State[] = [{ reads: undefined, next: [] }];
  readonly #start: States;

  constructor(parts: readonly GlobPart[]) {
    this.#start = this.#reached([this.#sequence(parts, end)]);
  }

  // From the last part to the first: each is told where the way goes on.
  #sequence(parts: readonly GlobPart[], then: number): number {
    return parts.reduceRight((next, part) => this.#part(part, next), then);
  }

  #part(part: GlobPart, then: number): number {
    if (part.kind === 'either') return this.#add(undefined, ...part.ways.map((way) => this.#sequence(way, then)));
    if (part.kind === 'one') return this.#add(part.of, then);
    const fork = this.#add(undefined, then);
    const next = [this.#add(part.of, fork), then];
    this.#states[fork] = { reads: undefined, next };
    return fork;
  }

  #add(reads: CodePoints | undefined, ...next: number[]): number {
    return this.#states.push({ reads, next }) - 1;
  }

  /** The states that read something, or end, and are reached from these without reading. */
  #reached(from: Iterable<number>): States {
    const seen = new Set<number>();
    const reached = new Set<number>();
    const waiting = [...from];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const { reads, next } = this.#states[at] as State;
      if (reads !== undefined || at === end) reached.add(at);
      else waiting.push(...next);
    }
    return reached;
  }

  #step(states: States, point: number): States {
    const next: number[] = [];
    for (const at of states) {
      const state = this.#states[at] as State;
      if (state.reads !== undefined && holds(state.reads, point)) next.push(...state.next);
    }
    return this.#reached(next);
  }

  #reads(at: number): CodePoints {
    return this.#states[at]?.reads ?? [];
  }

  #after(at: number): States {
    return this.#reached(this.#states[at]?.next ?? []);
  }

  /** Undefined where the budget ends before it is known. */
  matches(text: string, budget?: Budget): boolean | undefined {
    let states = this.#start;
    for (const character of text) {
      if (budget?.spend(states.size) === false) return undefined;
      states = this.#step(states, character.codePointAt(0) as number);
      if (states.size === 0) return false;
    }
    return states.has(end);
  }

  /** True also where the budget ends before it is known. */
  intersects(other: Automaton, budget: Budget): boolean {
    const seen = new Set<number>();
    const waiting = pairsOf(this.#start, other.#start);
    for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
      const [here, there] = pair;
      if (here === end && there === end) return true;
      const key = here * other.#states.length + there;
      if (seen.has(key) || !overlap(this.#reads(here), other.#reads(there))) continue;
      seen.add(key);
      const next = pairsOf(this.#after(here), other.#after(there));
      if (!budget.spend(1 + next.length)) return true;
      waiting.push(...next);
    }
    return false;
  }

  /** Whether all that `other` matches is matched here. False also where the budget ends before it is known. */
  includes(other: Automaton, budget: Budget): boolean {
    const seen = new Set<string>();
    const waiting = [...other.#start].map((at): [number, States] => [at, this.#start]);
    for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
      const [there, here] = pair;
      if (there === end) {
        if (!here.has(end)) return false;
        continue;
      }
      const key = [there, ...[...here].toSorted((one, another) => one - another)].join();
      if (seen.has(key)) continue;
      seen.add(key);
      const points = this.#kinds(other.#reads(there), here);
      if (!budget.spend((1 + here.size) * (1 + points.length))) return false;
      for (const point of points) {
        const next = this.#step(here, point);
        // From every state there is a way to the end.
        if (next.size === 0) return false;
        for (const after of other.#after(there)) waiting.push([after, next]);
      }
    }
    return true;
  }

  /** One code point of each kind that these states tell apart. */
  #kinds(points: CodePoints, states: States): number[] {
    const edges = new Set<number>();
    for (const [at, point] of points.entries()) if (at % 2 === 0) edges.add(point);
    for (const state of states) {
      for (const [at, point] of this.#reads(state).entries()) {
        const edge = at % 2 === 0 ? point : point + 1;
        if (holds(points, edge)) edges.add(edge);
      }
    }
    return [...edges];
  }
}

function pairsOf(these: States, those: States): [number, number][] {
  return [...these].flatMap((here) => [...those].map((there): [number, number] => [here, there]));
}

function holds(points: CodePoints, point: number): boolean {
  for (let at = 0; at < points.length; at += 2) {
    if (point < (points[at] as number)) return false;
    if (point <= (points[at + 1] as number)) return true;
  }
  return false;
}

function overlap(these: CodePoints, those: CodePoints): boolean {
  for (let at = 0; at < these.length; at += 2) {
    for (let other = 0; other < those.length; other += 2) {
      const from = Math.max(these[at] as number, those[other] as number);
      if (from <= Math.min(these[at + 1] as number, those[other + 1] as number)) return true;
    }
  }
  return false;
}
