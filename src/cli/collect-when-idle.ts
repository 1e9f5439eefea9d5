/**
 * Gives memory back after load. The engine collects garbage while it makes new objects; a server that falls idle would keep
 * what its last busy minute left, for as long as it stays idle.
 *
 * Looked at every `everyMs`: when hardly anything was done since the last look, and much more is in use than the last
 * collection left, it is collected. That takes a fifth of a second for 60,000 objects, at a time when nobody waits.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../base/clock.ts';

const everyMs = 3000;
const idleShare = 0.1;
const worthwhileBytes = 24 * 1024 * 1024;

export interface Usage {
  /** CPU time of all threads, in milliseconds. */
  readonly cpuMs: number;
  readonly heapBytes: number;
}

/** `collect`: returns what is in use afterwards. */
export interface Engine {
  usage(): Usage;
  collect(): number;
}

/** Returns what stops it. */
export function collectWhenIdle(clock: Clock, engine: Engine = ownEngine()): () => void {
  let before = engine.usage();
  let leftBytes = before.heapBytes;
  let busySince = false;
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
      const collect = runInNewContext('gc') as () => void;
      setFlagsFromString('--no-expose-gc');
      collect();
      return usage().heapBytes;
    },
  };
}
