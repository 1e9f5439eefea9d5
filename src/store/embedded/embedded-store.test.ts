import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { testStoreContract } from '../contract.ts';
import type { StoreUnderTest } from '../contract.ts';
import { openEmbeddedStore } from './open.ts';

testStoreContract('embedded on disk', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-store-'));
  return open(context, directory, async () => rm(directory, { recursive: true }));
});

// Nothing is found in memory: values, older states and watches all come from the database.
testStoreContract('embedded without recent history', (context) => open(context, ':memory:', undefined, 0));

async function open(
  context: TestContext,
  directory: string,
  clean?: () => Promise<void>,
  historyEvents?: number,
): Promise<StoreUnderTest> {
  const clock = virtualClock();
  const limits = historyEvents === undefined ? {} : { historyEvents };
  const store = await openEmbeddedStore({ directory, clock, log: silentLog, ...limits });
  context.after(async () => {
    await store.close();
    await clean?.();
  });
  return { store, passSeconds: async (seconds) => clock.advance(seconds * 1000) };
}
