/** What a process holds at a moment, and what it holds more than before. */
import { readdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryObjects } from 'node:v8';

/** Counts by name. */
export type Counts = Readonly<Record<string, number>>;

/** Open file descriptors, as Linux counts them. */
export const DESCRIPTORS = 'file descriptors';

/** ms in which what was closed must be gone. */
const PATIENCE = 5000;
const LOOK_INTERVAL = 10;

/** What keeps a process alive (`TCPSocketWrap`, `Timeout` …), listeners, and file descriptors. */
export const heldNow = (): Counts => {
  const held: Record<string, number> = {
    [DESCRIPTORS]: readdirSync('/proc/self/fd').length,
    'listeners of the process': process
      .eventNames()
      .reduce((sum, event) => sum + process.listenerCount(event), 0),
  };
  for (const kind of process.getActiveResourcesInfo()) held[kind] = (held[kind] ?? 0) + 1;
  return held;
};

/** Objects that are still in memory after everything was collected, also those that hold nothing. */
export const objectsNow = (): Counts => {
  const timer = setTimeout(() => {}, 0);
  clearTimeout(timer);
  const classes = {
    'sockets in memory': Socket,
    'readables in memory': Readable,
    'writables in memory': Writable,
    'timers in memory': timer.constructor,
    'abort signals in memory': AbortSignal,
    'promises in memory': Promise,
  };
  return Object.fromEntries(
    Object.entries(classes).map(([name, each]) => [name, queryObjects(each, { format: 'count' })]),
  );
};

/** Waits until nothing is held beyond `base`. @returns what still is, after a while, by name */
export const leftOver = async (base: Counts): Promise<Counts> => {
  for (let waited = 0; ; waited += LOOK_INTERVAL) {
    const more = beyond(base, heldNow());
    if (Object.keys(more).length === 0 || waited >= PATIENCE) return more;
    await sleep(LOOK_INTERVAL);
  }
};

/** By how much each count is larger than it was; those that are not are left out. */
const beyond = (base: Counts, now: Counts): Counts =>
  Object.fromEntries(
    Object.entries(now)
      .map(([name, count]) => [name, count - (base[name] ?? 0)] as const)
      .filter(([, more]) => more > 0),
  );
