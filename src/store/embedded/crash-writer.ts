/**
 * The process that the crash test kills: many writers at once on one store, each write told on standard output when it
 * was answered, as `revision key value`.
 *
 *   node crash-writer.ts DIRECTORY WRITERS ROUND
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { Operation } from '../store.ts';
import { openEmbeddedStore } from './open.ts';

const [directory = '', writers = '', round = ''] = process.argv.slice(2);
const store = await openEmbeddedStore({ directory, clock: systemClock, log: silentLog });
const pause = new Int32Array(new SharedArrayBuffer(4));
const padding = 'x'.repeat(500);

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));

async function write(writer: number): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const key = `/crash/${writer}/${turn % 20}`;
    const value = `${round}-${writer}-${turn}`;
    const operations: Operation[] = [{ type: 'put', key, value: Buffer.from(`${value} ${padding}`) }];
    if (turn % 7 === 3) operations.push({ type: 'delete', key: `/crash/${writer}/${(turn - 1) % 20}` });
    const result = await store.transact([], operations);
    tell(`${result.revision} ${key} ${value}\n`);
  }
}

/** In one piece and before anything else happens: what the test reads was answered. */
function tell(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      // The pipe is full: the test is slower than the writers.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
