/** What etcd's members may do to the store: die, be cut off, stand still, one at a time, while it is written and watched. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { prefixEnd, StoreError } from '../store.ts';
import type { Store } from '../store.ts';
import { recordWatch } from '../watch-recorder.ts';
import { openEtcdStore } from './open.ts';
import { createEtcdNetwork, type EtcdNetwork } from './testing/etcd-network.ts';
import { startRealEtcd, type RealEtcd } from './testing/real-etcd.ts';

const prefix = '/registry/load/';
/** An election of etcd takes up to two of its time-outs of a second; a write that it catches is given up after 8 s. */
const recoveryMs = 15_000;

interface Load {
  /** Revisions of the writes that were answered. */
  readonly answered: ReadonlyMap<string, number>;
  readonly failed: ReadonlySet<string>;
  /** The longest time in which no write was answered, in milliseconds, since it was asked for last. */
  longestSilenceMs(): number;
  /** Resolves when so many more writes have been answered. */
  more(count: number): Promise<void>;
  end(): Promise<void>;
}

/** Writers that put keys of their own, one after the other. @param first Number of the first one. */
function startLoad(store: Store, writers: number, first = 0): Load {
  const answered = new Map<string, number>();
  const failed = new Set<string>();
  const ending = new AbortController();
  let answeredMs = performance.now();
  let silenceMs = 0;
  const write = async (writer: number): Promise<void> => {
    for (let count = 0; !ending.signal.aborted; count += 1) {
      const key = `${prefix}${writer}/${count}`;
      try {
        const result = await store.transact([{ key, modRevision: 0 }], [{ type: 'put', key, value: Buffer.from(key) }]);
        assert.ok(result.ok, `${key} is written once`);
        answered.set(key, result.revision);
        const nowMs = performance.now();
        silenceMs = Math.max(silenceMs, nowMs - answeredMs);
        answeredMs = nowMs;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        failed.add(key);
        await delay(20);
      }
    }
  };
  const writing = Promise.all(Array.from({ length: writers }, (_, index) => write(first + index)));
  return {
    answered,
    failed,
    longestSilenceMs() {
      const longest = silenceMs;
      silenceMs = 0;
      return Math.round(longest);
    },
    async more(count) {
      const wanted = answered.size + count;
      for (const endMs = Date.now() + recoveryMs; answered.size < wanted; await delay(20)) {
        assert.ok(
          Date.now() < endMs,
          `${answered.size} writes were answered, ${wanted} expected; ${failed.size} failed`,
        );
      }
    },
    async end() {
      ending.abort();
      await writing;
    },
  };
}

/** Nothing that was answered is lost, and the watch saw each change once and in order. */
async function check(store: Store, watch: ReturnType<typeof recordWatch>, { answered, failed }: Load): Promise<void> {
  const found = await store.range(prefix, { end: prefixEnd(prefix) });
  const stored = new Map(found.entries.map(({ key, modRevision }) => [key, modRevision]));
  for (const [key, revision] of answered) assert.equal(stored.get(key), revision, `${key} is there as answered`);
  for (const key of stored.keys()) assert.ok(answered.has(key) || failed.has(key), `${key} was written by somebody`);
  const events = await watch.received(stored.size);
  const seen = events.map(({ entry }) => [entry.key, entry.modRevision]);
  assert.deepEqual(
    seen,
    [...stored].toSorted(([, a], [, b]) => a - b),
  );
}

type Trouble = (cluster: Cluster, member: number) => Promise<() => Promise<void>>;

const kill: Trouble = async ({ etcd }, member) => {
  await etcd.kill(member);
  return () => etcd.start(member);
};
const pause: Trouble = async ({ etcd }, member) => {
  etcd.pause(member);
  return async () => etcd.resume(member);
};

/** Clients still reach it, the other members do not. */
const cutOff: Trouble = async ({ network }, member) => {
  network?.cut(member);
  return async () => network?.mend();
};

const troubles: Readonly<Record<string, Trouble>> = {
  'is killed': kill,
  'stands still': pause,
  'is cut off from the others': cutOff,
};

for (const [title, trouble] of Object.entries(troubles)) {
  test(`the store goes on when any member ${title}`, { timeout: 180_000 }, async (context) => {
    const cluster = await open(context, trouble === cutOff ? createEtcdNetwork(3) : undefined);
    const { etcd, store } = cluster;
    const watch = recordWatch(store, prefix, { end: prefixEnd(prefix), fromRevision: store.revision + 1 });
    const load = startLoad(store, 8);
    await load.more(50);
    for (const member of [0, 1, 2]) {
      load.longestSilenceMs();
      const leads = (await etcd.leader()) === member;
      const mend = await trouble(cluster, member);
      await load.more(200);
      const silence = `member ${member}${leads ? ', the leader,' : ''} ${title}: no write was answered for`;
      context.diagnostic(`${silence} ${load.longestSilenceMs()} ms, ${load.failed.size} failed so far`);
      await store.sync();
      await mend();
      await etcd.leader();
      await load.more(50);
    }
    const leading = await etcd.leader();
    const mend = await trouble(cluster, leading);
    await load.more(200);
    await mend();
    await load.more(50);
    await load.end();
    await check(store, watch, load);
    await store.sync();
    assert.equal(store.fault, undefined);
    watch.stop();
  });
}

test(
  'the store says that it cannot write without a majority, and goes on with one',
  { timeout: 120_000 },
  async (context) => {
    const { etcd, store } = await open(context);
    const watch = recordWatch(store, prefix, { end: prefixEnd(prefix), fromRevision: store.revision + 1 });
    const load = startLoad(store, 2);
    await load.more(20);
    await etcd.kill(1);
    await etcd.kill(2);
    await assert.rejects(store.sync(), { name: 'StoreError', reason: 'unavailable' });
    await etcd.start(1);
    await etcd.leader();
    await load.more(20);
    await load.end();
    await check(store, watch, load);
    watch.stop();
  },
);

test(
  'two of three members are lost for good: the third goes on alone, with what it had',
  { timeout: 120_000 },
  async (context) => {
    const { etcd, store } = await open(context);
    const load = startLoad(store, 4);
    await load.more(100);
    await load.end();
    // etcd drops what the member that is left did not note as committed, which it does along with the writes that follow.
    const later = startLoad(store, 4, 4);
    await later.more(20);
    await later.end();
    await store.close();
    const left = await etcd.leader();
    for (const member of [0, 1, 2]) await etcd.kill(member);
    await etcd.start(left, ['--force-new-cluster']);
    assert.equal(await etcd.leader(), left);
    const alone = await openEtcdStore({ servers: etcd.urls, clock: systemClock, log: silentLog });
    context.after(() => alone.close());
    const { entries } = await alone.range(prefix, { end: prefixEnd(prefix) });
    const stored = new Map(entries.map(({ key, modRevision }) => [key, modRevision]));
    for (const [key, revision] of load.answered) assert.equal(stored.get(key), revision, `${key} is there as answered`);
    const further = startLoad(alone, 2, 8);
    await further.more(20);
    await further.end();
  },
);

interface Cluster {
  readonly etcd: RealEtcd;
  readonly network: EtcdNetwork | undefined;
  readonly store: Store & { readonly fault?: StoreError | undefined; sync(): Promise<unknown> };
}

async function open(context: TestContext, network?: EtcdNetwork): Promise<Cluster> {
  if (network !== undefined) context.after(() => network.close());
  const etcd = await startRealEtcd(context, 3, network === undefined ? {} : { network });
  const store = await openEtcdStore({ servers: etcd.urls, clock: systemClock, log: silentLog });
  context.after(() => store.close());
  return { etcd, network, store };
}
