// Questions go in one by one, queries come out: the rules by which postgresStore asks together, in simulated time.

export interface Database {
  /** How long a query about one subject takes. */
  readonly queryMs: number;
  /** And for each further subject in it. */
  readonly memberMs: number;
  /** By how much what is read is older than what is written: of a replica that is not waited for. */
  readonly lagMs?: number;
}

/** A query on its way. */
export interface Query {
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly subjects: readonly number[];
}

// As src/stores/postgres-batches.ts has them.
const [maxQueries, maxMembers] = [4, 500];

export class Queries {
  readonly #database: Database;
  #gathering = new Set<number>();
  #underWay = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  ask(subject: number): void {
    this.#gathering.add(subject);
  }

  answered(): void {
    this.#underWay -= 1;
  }

  /** Whatever has gathered, as far as may be: at the end of a turn, and when a query has been answered. */
  send(nowMs: number): Query | undefined {
    if (this.#underWay >= maxQueries || this.#gathering.size === 0) return undefined;
    const asked = [...this.#gathering];
    const subjects = asked.slice(0, maxMembers);
    this.#gathering = new Set(asked.slice(maxMembers));
    this.#underWay += 1;
    const { queryMs, memberMs } = this.#database;
    return { sentMs: nowMs, answeredMs: nowMs + queryMs + memberMs * (subjects.length - 1), subjects };
  }
}
