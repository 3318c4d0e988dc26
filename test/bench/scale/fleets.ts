// The fleets of docs/scale.md: what is the same in all of them, and what each table changes.

import type { Fleet } from './simulation.ts';

/** What a server was measured to take on a processor of its own, rounded: see `what it takes` of `npm run bench:scale`. */
export const serverUs = { lookup: 100, member: 30, change: 1800, notice: 20 } as const;

/** A processor is used to the half, and one server has so many. */
export const usable = { processors: 16, share: 0.5 } as const;

/** What one entry of a cache takes: where all is shared with others who hold the same roles, and with 50 privileges of its own. */
export const entryBytes = { shared: 300, own: 1536 } as const;

const monthSeconds = 30 * 24 * 3600;

export const everyFleet: Fleet = {
  instances: 40,
  simulated: 1,
  seed: 9,
  turnMs: 1,
  turnsAtOnce: 1,
  warmUpSeconds: 120,
  seconds: 120,
  workload: {
    subjects: 1_000_000,
    exponent: 1,
    requestsPerSecondPerInstance: 2500,
    subjectChangesPerSecond: 1_000_000 / monthSeconds,
    roleChangesPerSecond: 0,
    roles: 50,
    roleShare: 0.1,
  },
  cache: { maxSubjects: 10_000, maxAgeMs: 60_000 },
  // Within a data centre, not within a machine.
  database: { queryMs: 0.6, memberMs: 0.03 },
  listening: {
    noticeMs: { p50Ms: 1, p99Ms: 15 },
    heartbeatMs: 2000,
    queryTimeoutMs: 2000,
    lossesPerHour: 0,
    silentShare: 0,
  },
};

export interface Named {
  readonly name: readonly string[];
  readonly fleet: Fleet;
}

/** By size: each subject changes once a month. */
export function sizes(): Named[] {
  const rows: Named[] = [];
  for (const requestsPerSecondPerInstance of [250, 2500]) {
    for (const instances of [4, 40, 400]) {
      for (const subjects of [100_000, 1_000_000, 10_000_000, 100_000_000]) {
        const all = requestsPerSecondPerInstance * instances;
        rows.push({
          name: [shown(instances), shown(all), shown(subjects)],
          fleet: {
            ...everyFleet,
            instances,
            workload: {
              ...everyFleet.workload,
              subjects,
              requestsPerSecondPerInstance,
              subjectChangesPerSecond: subjects / monthSeconds,
            },
          },
        });
      }
    }
  }
  return rows;
}

/** What a larger cache, a greater age and another way of spreading requests do for one large fleet. */
export function bounds(): Named[] {
  const large = { ...everyFleet, instances: 400, workload: { ...everyFleet.workload, subjects: 10_000_000 } };
  const rows: Named[] = [];
  for (const [maxAgeMs, seconds] of [
    [60_000, 120],
    [600_000, 600],
  ] as const) {
    for (const maxSubjects of [10_000, 100_000, 1_000_000]) {
      const cache = { maxSubjects, maxAgeMs };
      const warmUpSeconds = maxAgeMs / 500;
      rows.push({
        name: [shown(maxSubjects), `${maxAgeMs / 1000} s`, 'any'],
        fleet: { ...large, cache, warmUpSeconds, seconds },
      });
    }
  }
  const one = { ...large.workload, subjects: large.workload.subjects / large.instances };
  rows.push({ name: ['10,000', '60 s', 'its own'], fleet: { ...large, workload: one } });
  rows.push({
    name: ['100,000', '600 s', 'its own'],
    fleet: {
      ...large,
      workload: one,
      cache: { maxSubjects: 100_000, maxAgeMs: 600_000 },
      warmUpSeconds: 1200,
      seconds: 600,
    },
  });
  return rows;
}

/** How the outcome depends on what nobody knows beforehand: how unequally often subjects come. */
export function activities(): Named[] {
  return [0.7, 0.8, 1, 1.2].map((exponent) => ({
    name: [String(exponent)],
    fleet: { ...everyFleet, workload: { ...everyFleet.workload, exponent } },
  }));
}

/** What a change of a role does, by how many hold it. */
export function roleChanges(): Named[] {
  return [0.000_001, 0.01, 0.1, 0.5].map((roleShare) => ({
    name: [`${Number((roleShare * 100).toFixed(4))} %`],
    fleet: {
      ...everyFleet,
      cache: { maxSubjects: 100_000, maxAgeMs: 60_000 },
      workload: { ...everyFleet.workload, roleShare, roleChangesPerSecond: 1 / 30 },
    },
  }));
}

/** How long what was changed is still served, by how it is heard of. */
export function ways(): Named[] {
  const { workload, listening, database } = everyFleet;
  // Changed often enough to be counted.
  const changing = { ...everyFleet, workload: { ...workload, subjectChangesPerSecond: 50 } };
  const lost = { ...listening, lossesPerHour: 60 };
  const never = { ...listening, noticeMs: { p50Ms: 1e9, p99Ms: 1e9 } };
  return [
    { name: ['a connection that listens'], fleet: changing },
    { name: ['it breaks once a minute'], fleet: { ...changing, listening: lost } },
    { name: ['it goes silent once a minute'], fleet: { ...changing, listening: { ...lost, silentShare: 1 } } },
    { name: ['`listener: false`'], fleet: { ...changing, listening: never } },
    { name: ['replicas 20 ms behind'], fleet: { ...changing, database: { ...database, lagMs: 20 } } },
    { name: ['replicas 1 s behind'], fleet: { ...changing, database: { ...database, lagMs: 1000 } } },
    {
      name: ['the same, `maxAgeMs: 5_000`'],
      fleet: { ...changing, database: { ...database, lagMs: 1000 }, cache: { maxSubjects: 10_000, maxAgeMs: 5000 } },
    },
  ];
}

export function shown(value: number): string {
  return value.toLocaleString('en-US');
}
