// What other processes tell goes in, changes come out: all that was told, or that everything may have changed where something may
// have been missed.

import type { Clock } from '../core/in-time.ts';
import { tell } from '../core/tell.ts';
import type { Announcements } from './announcements.ts';
import { everything, readNotice } from './postgres-notices.ts';
import type { Signature } from './postgres-notices.ts';
import type { OpenSession, Session } from './postgres-session.ts';

/** Whether changes that other processes make are heard of. */
export interface ListeningState {
  readonly listening: boolean;
  /** Why not, or what was amiss though it listens. */
  readonly error?: unknown;
}

export interface ListenerSettings {
  readonly open: OpenSession;
  readonly channel: string;
  /** The statement that reads the revision. */
  readonly revisionText: string;
  /** What this process signs with: what it told itself it has heard already. */
  readonly signature: Signature;
  readonly heartbeatMs: number;
  readonly clock: Clock;
  /** 0 or more, less than 1. */
  readonly random: () => number;
  readonly announcements: Announcements;
  readonly onListening: ((state: ListeningState) => unknown) | undefined;
}

const firstDelayMs = 100;
// What is told at the same time as a heartbeat is answered comes a moment later.
const graceMs = 100;

export class Listener {
  readonly #settings: ListenerSettings;
  #session: Session | undefined;
  #cancelTimer: (() => void) | undefined;
  /** The revision up to which everything was heard, or was announced to be unknown. */
  #heard = 0;
  /** Attempts that failed since it last listened. */
  #failures = 0;
  #wasInterrupted = false;
  /** Whether it listens, as far as was told. */
  #isTold: boolean | undefined;
  #isClosed = false;
  #opening: Promise<void> = Promise.resolve();
  /** Each session that is opened; what comes over an older one counts no more. */
  #number = 0;

  constructor(settings: ListenerSettings) {
    this.#settings = settings;
  }

  /** Resolves after the first attempt, whether it listens then or not; further ones follow by themselves. */
  start(): Promise<void> {
    if (!this.#isClosed) this.#opening = this.#open();
    return this.#opening;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    await this.#session?.close();
    await this.#opening;
  }

  async #open(): Promise<void> {
    const number = (this.#number += 1);
    const isCurrent = (): boolean => number === this.#number && !this.#isClosed;
    const { open, channel } = this.#settings;
    let session: Session | undefined;
    try {
      session = await open(channel, {
        heard: (payload) => isCurrent() && this.#hear(payload),
        lost: (error) => isCurrent() && this.#lose(error),
      });
      const revision = await this.#revision(session);
      if (isCurrent()) return this.#listening(session, revision);
    } catch (error) {
      if (isCurrent()) this.#lose(error);
    }
    await session?.close();
  }

  #listening(session: Session, revision: number): void {
    const isMissed = this.#wasInterrupted && (!session.isWithinProcess || revision !== this.#heard);
    this.#session = session;
    session.unref();
    this.#heard = Math.max(revision, this.#heard);
    this.#failures = 0;
    this.#wasInterrupted = false;
    if (isMissed) this.#settings.announcements.announce([everything]);
    if (this.#isTold !== true) this.#tell({ listening: true });
    this.#beatLater();
  }

  #lose(error: unknown): void {
    this.#number += 1;
    this.#cancelTimer?.();
    const session = this.#session;
    this.#session = undefined;
    void session?.close();
    const { announcements, heartbeatMs, random, clock } = this.#settings;
    const isWithinProcess = session?.isWithinProcess === true;
    if (!isWithinProcess) announcements.announce([everything]);
    if (this.#isTold !== false && !isWithinProcess) this.#tell({ listening: false, error });
    this.#wasInterrupted = true;
    if (!isWithinProcess) this.#heard = 0;
    // Never longer than a heartbeat: until it listens again, each attempt announces that everything may have changed.
    const delayMs = Math.min(heartbeatMs, firstDelayMs * 2 ** this.#failures);
    this.#failures += 1;
    const waitMs = isWithinProcess ? 0 : delayMs * (0.5 + random() / 2);
    this.#cancelTimer = clock.after(waitMs, () => void this.start());
  }

  #hear(payload: unknown): void {
    const { announcements, signature } = this.#settings;
    const notice = readNotice(payload);
    if (notice === undefined) return announcements.announce([everything]);
    if (notice.after > this.#heard) announcements.announce([everything]);
    else if (!signature.isOn(notice)) announcements.announce(notice.changes);
    this.#heard = Math.max(this.#heard, notice.revision);
  }

  #beatLater(): void {
    const { clock, heartbeatMs } = this.#settings;
    this.#cancelTimer = clock.after(heartbeatMs, () => void this.#beat(this.#number));
  }

  async #beat(number: number): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const heard = this.#heard;
    try {
      const revision = await this.#revision(session);
      if (revision > this.#heard) await this.#pause();
      if (number !== this.#number || this.#isClosed) return;
      // An older state than there was: another server has taken over, or a backup.
      if (revision > this.#heard || revision < heard) this.#missed(revision);
    } catch (error) {
      if (number !== this.#number || this.#isClosed) return;
      // Whatever goes on in this process may take its time; nothing is lost by that.
      if (!session.isWithinProcess) return this.#lose(error);
    }
    this.#beatLater();
  }

  // Somebody wrote without telling, or what is told does not come through.
  #missed(revision: number): void {
    this.#heard = revision;
    this.#settings.announcements.announce([everything]);
    this.#tell({
      listening: true,
      error: new Error(`Nothing was heard of how the store came to revision ${revision}`),
    });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#settings.clock.after(graceMs, resolve));
  }

  async #revision(session: Session): Promise<number> {
    const [row] = await session.read(this.#settings.revisionText);
    return Number(row?.[0]);
  }

  #tell(state: ListeningState): void {
    const { onListening } = this.#settings;
    this.#isTold = state.listening;
    if (onListening !== undefined) tell(() => onListening(Object.freeze(state)));
  }
}
