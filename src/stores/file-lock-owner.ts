// Who holds a lock goes in, whether that process is gone for certain comes out.

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that holds a lock. */
export interface LockOwner {
  readonly pid: number;
  /** Where its number means something: the machine since it was started, and the container. */
  readonly host: string;
  /** When it was started, in whatever unit: another process of the same number was started at another time. */
  readonly started?: string;
}

let self: LockOwner | undefined;

export function thisProcess(): LockOwner {
  self ??= Object.freeze({ pid: process.pid, host: hostOf(), ...startOf(process.pid) });
  return self;
}

function hostOf(): string {
  const booted = attempted(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = attempted(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), booted, namespace].filter((part) => part !== undefined).join(' ');
}

/** Of another machine's process nothing is certain. */
export function isGone({ pid, host, started }: LockOwner): boolean {
  if (host !== thisProcess().host) return false;
  if (!isRunning(pid)) return true;
  const now = startOf(pid);
  return now.state === 'Z' || (started !== undefined && now.started !== undefined && now.started !== started);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

// Where there is a /proc. The fields after the name, which may hold any character: proc(5), /proc/pid/stat, from field 3 on.
function startOf(pid: number): { started?: string; state?: string } {
  const stat = attempted(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === undefined) return {};
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const started = fields[18];
  return { ...(state !== undefined && { state }), ...(started !== undefined && { started }) };
}

function attempted<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
