/** The store suite on real etcd, with one member and with three, and on the embedded store behind its etcd API. */
import { after, before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { testStoreContract } from '../contract.ts';
import { openEmbeddedStore } from '../embedded/open.ts';
import { startEtcdServer } from '../server/etcd-server.ts';
import { openEtcdStore } from './open.ts';
import { startRealEtcd } from './testing/real-etcd.ts';

const passSeconds = (seconds: number): Promise<void> => delay(seconds * 1000);

for (const members of [1, 3]) {
  const name = `etcd with ${members === 1 ? 'one member' : 'three members'}`;
  let servers: readonly string[] = [];
  const ends: (() => Promise<void>)[] = [];
  before(async () => {
    const suite = { after: (end: () => Promise<void>) => void ends.push(end) };
    servers = (await startRealEtcd(suite, members)).urls;
  });
  after(async () => {
    for (const end of ends) await end();
  });
  testStoreContract(name, async (context) => {
    const store = await openEtcdStore({ servers, clock: systemClock, log: silentLog });
    context.after(() => store.close());
    return { store, passSeconds };
  });
}

for (const keysFrom of ['', '/contract-']) {
  testStoreContract(`embedded behind its etcd API${keysFrom && ', by progress'}`, async (context) => {
    const embedded = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
    const server = await startEtcdServer({
      store: embedded,
      clock: systemClock,
      listenUrls: ['http://127.0.0.1:0'],
    });
    const store = await openEtcdStore({ servers: server.urls, clock: systemClock, log: silentLog, keysFrom });
    context.after(async () => {
      await store.close();
      await server.close();
      await embedded.close();
    });
    return { store, passSeconds };
  });
}
