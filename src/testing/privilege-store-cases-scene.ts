// A scene goes in: who holds what and who is asked about. It is played on a store that the tester makes.

import { frozenDeep } from '../core/frozen.ts';
import { expectation, isRecord } from '../core/options.ts';
import type { PrivilegeStore, Subject } from '../core/privilege.ts';
import { issuer, subjectOf } from './privilege-store-cases-seed.ts';
import type { SeedRole, SeedSubject, StoreSeed } from './privilege-store-cases-seed.ts';
import { TriedStore } from './privilege-store-cases-tried.ts';
import type { StoreQuestion } from './privilege-store-cases-tried.ts';

/** How many issuers' subjects a store tells apart: see {@link PrivilegeStoreCasesOptions}. */
export type HeldIssuers = 'many' | 'one' | 'any';

/** What `create` gives for a seed. */
export type CreatedStore =
  | PrivilegeStore
  | {
      readonly store: PrivilegeStore;
      /** Called when the case is over, after the store's own `close`. */
      readonly cleanup?: () => void | Promise<void>;
    };

/** Makes a store that holds what the seed says, and nothing else. */
export type CreateStore = (seed: StoreSeed) => CreatedStore | Promise<CreatedStore>;

export interface Scene {
  readonly subjects: readonly SeedSubject[];
  readonly roles?: readonly SeedRole[];
  /** Asked about though nothing is held for them. */
  readonly strangers?: readonly Subject[];
  /** The organizations that each is asked about in; none unless given. */
  readonly organizations?: readonly (string | undefined)[];
  /** The APIs that ask; one unless given. */
  readonly audiences?: readonly (readonly string[])[];
  /** Whether `create` may refuse such a seed by an error, and the store such a question. */
  readonly mayRefuse?: boolean;
}

/** What is done with the questions; unless given, each is asked in turn and must be answered as the seed says. */
export type Check = (tried: TriedStore, questions: readonly StoreQuestion[], issuers: HeldIssuers) => Promise<void>;

/** One rule, and the scene that shows it; made anew for each run, since time goes on. */
export interface Rule {
  readonly name: string;
  readonly scene: () => Scene;
  readonly check?: Check;
}

export async function play({ name, scene, check }: Rule, create: CreateStore, issuers: HeldIssuers): Promise<void> {
  const played = scene();
  const { mayRefuse = false } = played;
  const seed = seedOf(played, issuers);
  const { store, cleanup } = await made(create, seed, mayRefuse);
  if (store === undefined) return;
  const tried = new TriedStore(name, store, seed);
  try {
    await tried.call('ready');
    await (check ?? (mayRefuse ? whereAnswered : inTurn))(tried, questionsOf(played, issuers), issuers);
  } finally {
    try {
      await tried.call('close');
    } finally {
      await cleanup?.();
    }
  }
}

const inTurn: Check = async (tried, questions) => {
  for (const question of questions) await tried.check(question);
};

const whereAnswered: Check = async (tried, questions) => {
  for (const question of questions) {
    let answer: unknown;
    try {
      answer = await tried.answer(question);
    } catch {
      continue;
    }
    tried.verify(question, answer);
  }
};

/** A store of one issuer is given that issuer's subjects only; the others are then strangers to it. */
function seedOf({ subjects, roles = [] }: Scene, issuers: HeldIssuers): StoreSeed {
  const held = subjects.filter((subject) => issuers === 'many' || subject.issuer === issuer);
  return frozenDeep(structuredClone({ issuer, subjects: held, roles }));
}

/** A store that holds for any issuer is never asked about a second one: an authorizer sees to that. */
function questionsOf(scene: Scene, issuers: HeldIssuers): StoreQuestion[] {
  const { subjects, strangers = [], organizations = [undefined], audiences = [['https://api.example']] } = scene;
  const asked = organizations.flatMap((organization) => subjects.map((one) => subjectOf(one, organization)));
  return [...asked, ...strangers]
    .filter((subject) => issuers !== 'any' || subject.issuer === issuer)
    .flatMap((subject) => audiences.map((audience) => ({ subject, audience })));
}

async function made(
  create: CreateStore,
  seed: StoreSeed,
  mayRefuse: boolean,
): Promise<{ store?: PrivilegeStore; cleanup?: () => void | Promise<void> }> {
  let created: unknown;
  try {
    created = await create(seed);
  } catch (error) {
    if (mayRefuse) return {};
    throw error;
  }
  const answer = isStore(created) ? { store: created } : created;
  if (isRecord(answer) && isStore(answer['store'])) return answer;
  throw expectation('the answer of `create`', 'a privilege store, or `{ store, cleanup }`', created);
}

function isStore(value: unknown): value is PrivilegeStore {
  return isRecord(value) && typeof value['privilegesOf'] === 'function';
}
