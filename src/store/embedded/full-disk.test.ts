import { test } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { checkFullDisk } from './full-disk.ts';
import { openEmbeddedStore } from './open.ts';

test('A store that has reached its size limit fails whole batches and recovers by compaction', async (context) => {
  const options = { directory: ':memory:', clock: virtualClock(), log: silentLog, maxBytes: 2_000_000 };
  const store = await openEmbeddedStore(options);
  context.after(() => store.close());
  await checkFullDisk(store, () => store.compact(store.revision));
});
