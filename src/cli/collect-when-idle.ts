/**
 * Gives memory back after load. The engine collects garbage while it makes new objects; a server that falls idle would keep
 * what its last busy minute left, for as long as it stays idle.
 *
 * Looked at every `everyMs`: when hardly anything was done since the last look, and much more is in use than the last
 * collection left, it is collected, and what is empty then goes back to the system. That takes a seventh of a second for
 * 60,000 objects, at a time when nobody waits; a heap that would take much longer is collected without the second.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../base/clock.ts';

const everyMs = 3000;
const idleShare = 0.1;
const worthwhileBytes = 24 * 1024 * 1024;
const giveBackBelowBytes = 400 * 1024 * 1024;

export interface Usage {
  /** CPU time of all threads, in milliseconds. */
  readonly cpuMs: number;
  readonly heapBytes: number;
}

/** Of the engine's own `gc`; the last resort leaves no room to spare. */
interface CollectOptions {
  readonly type: 'major';
  readonly execution: 'sync';
  readonly flavor: 'regular' | 'last-resort';
}

/** `collect`: returns what is in use afterwards. */
export interface Engine {
  usage(): Usage;
  collect(): number;
}

/** Returns what stops it. */
export function collectWhenIdle(clock: Clock, engine: Engine = ownEngine()): () => void {
  let before = engine.usage();
  // The start is work like any other, and nothing was collected yet.
  let leftBytes = 0;
  let busySince = true;
  let cancel: () => void;
  const look = (): void => {
    const now = engine.usage();
    const idle = now.cpuMs - before.cpuMs < idleShare * everyMs;
    before = now;
    if (!idle) busySince = true;
    else if (busySince && now.heapBytes > leftBytes + worthwhileBytes) {
      busySince = false;
      leftBytes = engine.collect();
      before = engine.usage();
    }
    cancel = clock.after(everyMs, look);
  };
  cancel = clock.after(everyMs, look);
  return () => cancel();
}

function ownEngine(): Engine {
  const usage = (): Usage => {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000, heapBytes: getHeapStatistics().used_heap_size };
  };
  return {
    usage,
    collect() {
      // The engine shows its collector only to contexts that are made while this flag is set.
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as (how: CollectOptions) => void;
      setFlagsFromString('--no-expose-gc');
      const flavor = usage().heapBytes < giveBackBelowBytes ? 'last-resort' : 'regular';
      collect({ type: 'major', execution: 'sync', flavor });
      return usage().heapBytes;
    },
  };
}
