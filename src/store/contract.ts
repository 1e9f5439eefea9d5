/**
 * What every implementation of the store port keeps to, as tests.
 *
 * Other users of the same store may write meanwhile: tests use a prefix each and count revisions from what they find,
 * but for compaction, which is everyone's.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { keyOfText } from './key.ts';
import { prefixEnd, StoreError } from './store.ts';
import type { Entry, Operation, Store, StoreEvent, TransactionResult } from './store.ts';
import { recordWatch } from './watch-recorder.ts';

export interface StoreUnderTest {
  readonly store: Store;
  /** Lets so much of the store's time pass. */
  passSeconds(seconds: number): Promise<void>;
}

type Open = (context: TestContext) => Promise<StoreUnderTest>;
type Case = (store: Store, prefix: string, parts: StoreUnderTest) => Promise<void>;

let prefixes = 0;

/** @param open Opens a store for one test and closes it after that. */
export function testStoreContract(name: string, open: Open): void {
  for (const [title, run] of Object.entries({ ...writing, ...reading, ...watching, ...leasing, ...compacting })) {
    test(`${name}: ${title}`, async (context) => {
      const parts = await open(context);
      await run(parts.store, `/contract-${process.pid}-${++prefixes}/`, parts);
    });
  }
}

const writing: Record<string, Case> = {
  'transact() creates, updates and deletes a key in growing revisions': async (store, prefix) => {
    const created = await put(store, `${prefix}a`, 'one');
    const updated = await put(store, `${prefix}a`, 'two');
    assert.equal(updated, created + 1);
    assert.deepEqual(await list(store, prefix), [
      entry(`${prefix}a`, 'two', { createRevision: created, modRevision: updated, version: 2 }),
    ]);
    const deleted = await store.transact([], [{ type: 'delete', key: `${prefix}a` }]);
    assert.equal(deleted.revision, updated + 1);
    assert.deepEqual(deleted.ok && deleted.deleted.map(plainEntry), [
      entry(`${prefix}a`, 'two', { createRevision: created, modRevision: updated, version: 2 }),
    ]);
    assert.deepEqual(await list(store, prefix), []);
    const again = await put(store, `${prefix}a`, 'three');
    assert.deepEqual(await list(store, prefix), [
      entry(`${prefix}a`, 'three', { createRevision: again, modRevision: again, version: 1 }),
    ]);
  },

  'transact() gives all changes of a transaction one revision': async (store, prefix) => {
    const first = await put(store, `${prefix}old`, 'old');
    const result = await store.transact(
      [],
      [putOf(`${prefix}a`, '1'), { type: 'delete', key: `${prefix}old` }, putOf(`${prefix}b`, '2')],
    );
    assert.equal(result.revision, first + 1);
    const revision = first + 1;
    assert.deepEqual(await list(store, prefix), [
      entry(`${prefix}a`, '1', { createRevision: revision, modRevision: revision, version: 1 }),
      entry(`${prefix}b`, '2', { createRevision: revision, modRevision: revision, version: 1 }),
    ]);
  },

  'transact() changes nothing when a condition fails and tells what is there': async (store, prefix) => {
    const revision = await put(store, `${prefix}a`, 'one');
    for (const modRevision of [0, revision - 1, revision + 1]) {
      const refused = await store.transact([{ key: `${prefix}a`, modRevision }], [putOf(`${prefix}a`, 'two')]);
      assert.equal(refused.ok, false);
      assert.deepEqual(!refused.ok && refused.current.map(plainEntry), [
        entry(`${prefix}a`, 'one', { createRevision: revision, modRevision: revision, version: 1 }),
      ]);
    }
    const missing = await store.transact([{ key: `${prefix}none`, modRevision: revision }], [putOf(`${prefix}b`, '')]);
    assert.deepEqual(!missing.ok && missing.current, []);
    assert.deepEqual(await texts(store, prefix), ['one']);
  },

  'transact() carries out what its conditions allow': async (store, prefix) => {
    const created = await store.transact([{ key: `${prefix}a`, modRevision: 0 }], [putOf(`${prefix}a`, 'one')]);
    assert.equal(created.ok, true);
    const conditions = [
      { key: `${prefix}a`, modRevision: created.revision },
      { key: `${prefix}b`, modRevision: 0 },
    ];
    const both = await store.transact(conditions, [putOf(`${prefix}a`, 'two'), putOf(`${prefix}b`, 'new')]);
    assert.equal(both.ok, true);
    assert.deepEqual(await texts(store, prefix), ['two', 'new']);
  },

  'transact() lets one of many concurrent writers with the same condition win': async (store, prefix) => {
    const key = `${prefix}contended`;
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, writer) => store.transact([{ key, modRevision: 0 }], [putOf(key, `${writer}`)])),
    );
    assert.equal(results.filter((result) => result.ok).length, 1);
    const winner = results.find((result) => result.ok);
    for (const result of results) {
      if (!result.ok) assert.equal(result.current[0]?.modRevision, winner?.revision);
    }
  },

  'transact() keeps the revision when nothing changes': async (store, prefix) => {
    const revision = await put(store, `${prefix}a`, 'one');
    const none: TransactionResult = { ok: true, revision, deleted: [] };
    assert.deepEqual(await store.transact([], [{ type: 'delete', key: `${prefix}missing` }]), none);
    assert.deepEqual(await store.transact([{ key: `${prefix}a`, modRevision: revision }], []), none);
    assert.equal(await put(store, `${prefix}a`, 'two'), revision + 1);
  },

  'transact() deletes a range and answers what it held': async (store, prefix) => {
    for (const name of ['a', 'b/1', 'b/2', 'c']) await put(store, prefix + name, name);
    const result = await store.transact([], [deletePrefix(`${prefix}b/`)]);
    assert.deepEqual(result.ok && result.deleted.map(textOf), ['b/1', 'b/2']);
    assert.deepEqual(await texts(store, prefix), ['a', 'c']);
  },

  'transact() keeps empty and large values and unusual keys as they are': async (store, prefix) => {
    const large = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
    const keys = ['empty', 'large', 'name:with ~ % "quotes"', 'nul-\0-\x01', keyOfText('ünïcode-日本'), '\xff\xfe'].map(
      (name) => prefix + name,
    );
    await store.transact([], [{ type: 'put', key: keys[1] ?? '', value: large }, putOf(keys[0] ?? '', '')]);
    for (const key of keys.slice(2)) await put(store, key, key);
    const entries = await list(store, prefix);
    assert.deepEqual(
      entries.map(({ key }) => key),
      keys,
    );
    assert.equal(entries[0]?.value.byteLength, 0);
    assert.deepEqual(bytesOf(entries[1]), Buffer.from(large));
    assert.equal(entries[5]?.key, `${prefix}\xff\xfe`);
  },
};

const reading: Record<string, Case> = {
  'range() answers pages in key order and counts the whole range': async (store, prefix) => {
    const names = Array.from({ length: 25 }, (_, index) => `${String((index * 7) % 25).padStart(2, '0')}`);
    await Promise.all(names.map((name) => put(store, prefix + name, name)));
    const seen: string[] = [];
    let start = prefix;
    for (;;) {
      const page = await store.range(start, { end: prefixEnd(prefix), limit: 10 });
      assert.equal(page.count, 25 - seen.length);
      seen.push(...page.entries.map(textOf));
      const last = page.entries.at(-1);
      if (page.entries.length === page.count || last === undefined) break;
      start = `${last.key}\0`;
    }
    assert.deepEqual(seen, names.toSorted());
    const counted = await store.range(prefix, { end: prefixEnd(prefix), countOnly: true });
    assert.deepEqual([counted.count, counted.entries], [25, []]);
  },

  'range() without an end reads the single key': async (store, prefix) => {
    await put(store, `${prefix}a`, 'one');
    await put(store, `${prefix}ab`, 'two');
    const found = await store.range(`${prefix}a`);
    assert.deepEqual([found.count, found.entries.map(textOf)], [1, ['one']]);
    const missing = await store.range(`${prefix}b`);
    assert.deepEqual([missing.count, missing.entries], [0, []]);
  },

  'range() reads what was at an older revision': async (store, prefix) => {
    const history: [number, string[]][] = [];
    const remember = async (revision: number): Promise<void> => {
      history.push([revision, await texts(store, prefix)]);
    };
    await remember(await put(store, `${prefix}b`, 'b1'));
    await remember(await put(store, `${prefix}a`, 'a1'));
    await remember(await put(store, `${prefix}b`, 'b2'));
    await remember((await store.transact([], [{ type: 'delete', key: `${prefix}a` }])).revision);
    await remember(await put(store, `${prefix}c`, 'c1'));
    await remember((await store.transact([], [deletePrefix(prefix)])).revision);
    await remember(await put(store, `${prefix}a`, 'a2'));
    for (const [revision, expected] of history) {
      const at = await store.range(prefix, { end: prefixEnd(prefix), revision });
      assert.deepEqual(at.entries.map(textOf), expected, `at revision ${revision}`);
      assert.equal(at.count, expected.length);
      assert.ok(at.revision >= (history.at(-1)?.[0] ?? 0), 'answers the latest revision');
      const first = await store.range(prefix, { end: prefixEnd(prefix), revision, limit: 1 });
      assert.deepEqual([first.entries.map(textOf), first.count], [expected.slice(0, 1), expected.length]);
    }
  },

  'range() refuses a revision that is yet to come': async (store, prefix) => {
    const revision = await put(store, `${prefix}a`, 'one');
    await assert.rejects(store.range(prefix, { revision: revision + 1000 }), isStoreError('future-revision'));
  },

  'range() sees a write as soon as it is answered': async (store, prefix) => {
    for (let round = 0; round < 20; round += 1) {
      const revision = await put(store, `${prefix}a`, `${round}`);
      const found = await store.range(`${prefix}a`);
      assert.equal(textOf(found.entries[0]), `${round}`);
      assert.ok(found.revision >= revision && store.revision >= revision);
    }
  },
};

const watching: Record<string, Case> = {
  'watch() sends changes of its range in order with what was before': async (store, prefix) => {
    const before = await put(store, `${prefix}a`, 'zero');
    const watch = recordWatch(store, prefix, { end: prefixEnd(prefix), fromRevision: before + 1 });
    const updated = await put(store, `${prefix}a`, 'one');
    await put(store, `${prefix.slice(0, -1)}-other/a`, 'not watched');
    const created = await put(store, `${prefix}b`, 'two');
    const deleted = (await store.transact([], [{ type: 'delete', key: `${prefix}a` }])).revision;
    const zero = entry(`${prefix}a`, 'zero', { createRevision: before, modRevision: before, version: 1 });
    const one = entry(`${prefix}a`, 'one', { createRevision: before, modRevision: updated, version: 2 });
    const two = entry(`${prefix}b`, 'two', { createRevision: created, modRevision: created, version: 1 });
    const gone = entry(`${prefix}a`, '', { createRevision: 0, modRevision: deleted, version: 0 });
    assert.deepEqual((await watch.received(3)).map(plainEvent), [
      { type: 'put', entry: one, previous: zero },
      { type: 'put', entry: two, previous: undefined },
      { type: 'delete', entry: gone, previous: one },
    ]);
    watch.stop();
  },

  'watch() starts at any earlier revision, without gap or duplicate': async (store, prefix) => {
    const revisions: number[] = [];
    for (let index = 0; index < 10; index += 1) revisions.push(await put(store, `${prefix}${index % 3}`, `${index}`));
    const later = Promise.all(
      Array.from({ length: 10 }, (_, index) => put(store, `${prefix}${index % 3}`, `${index + 10}`)),
    );
    const watches = revisions.map((fromRevision) =>
      recordWatch(store, prefix, { end: prefixEnd(prefix), fromRevision }),
    );
    await later;
    for (const [index, watch] of watches.entries()) {
      const events = await watch.received(20 - index);
      const expected = Array.from({ length: 20 - index }, (_, at) => `${index + at}`);
      assert.deepEqual(
        events.map((event) => textOf(event.entry)),
        expected,
      );
      watch.stop();
    }
  },

  'watch() waits for a revision that is yet to come': async (store, prefix) => {
    const now = await put(store, `${prefix}a`, 'now');
    const watch = recordWatch(store, prefix, { end: prefixEnd(prefix), fromRevision: now + 3 });
    for (const value of ['one', 'two', 'three', 'four']) await put(store, `${prefix}a`, value);
    const events = await watch.received(2);
    assert.deepEqual(
      events.map((event) => textOf(event.entry)),
      ['three', 'four'],
    );
    watch.stop();
  },

  'watch() of a single key sends that key alone': async (store, prefix) => {
    const now = await put(store, `${prefix}a`, 'now');
    const watch = recordWatch(store, `${prefix}a`, { fromRevision: now });
    await put(store, `${prefix}a/b`, 'below');
    await put(store, `${prefix}a`, 'then');
    assert.deepEqual(
      (await watch.received(2)).map((event) => textOf(event.entry)),
      ['now', 'then'],
    );
    watch.stop();
  },

  'watch() sends all changes of a transaction in one call': async (store, prefix) => {
    const now = await put(store, `${prefix}old`, 'old');
    const watch = recordWatch(store, prefix, { end: prefixEnd(prefix), fromRevision: now + 1 });
    const operations: Operation[] = [{ type: 'delete', key: `${prefix}old` }];
    for (let index = 0; index < 50; index += 1) operations.push(putOf(`${prefix}${index}`, `${index}`));
    await store.transact([], operations);
    await watch.received(51);
    assert.equal(watch.calls.length, 1);
    assert.ok((watch.calls[0]?.revision ?? 0) >= now + 1);
    watch.stop();
  },

  'watch() is silent once it is stopped': async (store, prefix) => {
    const watch = recordWatch(store, prefix, { end: prefixEnd(prefix) });
    watch.stop();
    const other = recordWatch(store, prefix, { end: prefixEnd(prefix) });
    await put(store, `${prefix}a`, 'one');
    await other.received(1);
    assert.deepEqual([watch.events.length, watch.end], [0, undefined]);
    other.stop();
  },

  'close() ends watches and refuses what comes after': async (store, prefix) => {
    const watch = recordWatch(store, prefix, { end: prefixEnd(prefix) });
    await put(store, `${prefix}a`, 'one');
    const last = put(store, `${prefix}a`, 'two');
    await Promise.all([last, store.close()]);
    assert.deepEqual(await watch.ended(), { reason: 'closed' });
    await assert.rejects(store.range(prefix), isStoreError('closed'));
    await assert.rejects(store.transact([], [putOf(`${prefix}a`, '')]), isStoreError('closed'));
  },
};

const leasing: Record<string, Case> = {
  'revokeLease() deletes the lease with its keys': async (store, prefix) => {
    const lease = await store.grantLease(60);
    const other = await store.grantLease(60);
    await store.transact([], [putOf(`${prefix}a`, 'a', lease.id), putOf(`${prefix}b`, 'b', lease.id)]);
    await store.transact([], [putOf(`${prefix}c`, 'c', other.id), putOf(`${prefix}d`, 'd', lease.id)]);
    await put(store, `${prefix}d`, 'no longer leased');
    assert.equal((await list(store, prefix))[0]?.lease, lease.id);
    assert.equal(await store.revokeLease(lease.id), true);
    assert.deepEqual(await texts(store, prefix), ['c', 'no longer leased']);
    assert.equal(await store.revokeLease(lease.id), false);
    assert.equal(await store.keepLeaseAlive(lease.id), undefined);
    await store.revokeLease(other.id);
  },

  'transact() refuses a lease that does not exist': async (store, prefix) => {
    const refused = store.transact([], [putOf(`${prefix}a`, 'a', 987_654_321n)]);
    await assert.rejects(refused, isStoreError('lease-not-found'));
    assert.deepEqual(await list(store, prefix), []);
  },

  'grantLease() takes an id, once': async (store) => {
    const { id } = await store.grantLease(60);
    await assert.rejects(store.grantLease(60, id), isStoreError('lease-exists'));
    await store.revokeLease(id);
    assert.deepEqual(await store.grantLease(60, id), { id, ttlSeconds: 60 });
    await store.revokeLease(id);
  },

  'A lease that is not kept alive expires and takes its keys along': async (store, prefix, { passSeconds }) => {
    const kept = await store.grantLease(3);
    const left = await store.grantLease(3);
    await store.transact([], [putOf(`${prefix}kept`, 'kept', kept.id), putOf(`${prefix}left`, 'left', left.id)]);
    const watch = recordWatch(store, prefix, { end: prefixEnd(prefix) });
    for (let second = 0; second < 5; second += 1) {
      await passSeconds(1);
      assert.deepEqual(await store.keepLeaseAlive(kept.id), { id: kept.id, ttlSeconds: 3 });
    }
    const events = await watch.received(1);
    assert.deepEqual(
      events.map((event) => [event.type, event.entry.key]),
      [['delete', `${prefix}left`]],
    );
    assert.deepEqual(await texts(store, prefix), ['kept']);
    watch.stop();
    await store.revokeLease(kept.id);
  },
};

const compacting: Record<string, Case> = {
  'compact() forgets what was superseded and keeps what was current': async (store, prefix) => {
    const first = await put(store, `${prefix}a`, 'a1');
    await put(store, `${prefix}b`, 'b1');
    await store.transact([], [{ type: 'delete', key: `${prefix}b` }]);
    const kept = await put(store, `${prefix}a`, 'a2');
    const last = await put(store, `${prefix}a`, 'a3');
    await store.compact(kept);
    await assert.rejects(store.compact(kept), isStoreError('compacted'));
    assert.equal(store.compactRevision, kept);
    const range = (revision: number) => store.range(prefix, { end: prefixEnd(prefix), revision });
    await assert.rejects(range(first), isStoreError('compacted'));
    assert.deepEqual((await range(kept)).entries.map(textOf), ['a2']);
    assert.deepEqual((await range(last)).entries.map(textOf), ['a3']);
    assert.equal(await put(store, `${prefix}b`, 'b2'), last + 1);
    await assert.rejects(store.compact(last + 1000), isStoreError('future-revision'));
  },

  'watch() of compacted revisions ends and says so': async (store, prefix) => {
    const first = await put(store, `${prefix}a`, 'a1');
    const kept = await put(store, `${prefix}a`, 'a2');
    const last = await put(store, `${prefix}a`, 'a3');
    await store.compact(kept);
    const late = recordWatch(store, prefix, { end: prefixEnd(prefix), fromRevision: first });
    assert.deepEqual(await late.ended(), { reason: 'compacted', compactRevision: kept });
    assert.deepEqual(late.events, []);
    const timely = recordWatch(store, prefix, { end: prefixEnd(prefix), fromRevision: last });
    const [event] = await timely.received(1);
    assert.deepEqual([textOf(event?.entry), textOf(event?.previous)], ['a3', 'a2']);
    timely.stop();
  },
};

function putOf(key: string, value: string, lease = 0n): Operation {
  return { type: 'put', key, value: Buffer.from(value), lease };
}

function deletePrefix(prefix: string): Operation {
  return { type: 'delete', key: prefix, end: prefixEnd(prefix) };
}

async function put(store: Store, key: string, value: string): Promise<number> {
  const result = await store.transact([], [putOf(key, value)]);
  assert.ok(result.ok);
  return result.revision;
}

/** All entries under a prefix, comparable with those of `entry`. */
async function list(store: Store, prefix: string): Promise<Entry[]> {
  const { entries } = await store.range(prefix, { end: prefixEnd(prefix) });
  return entries.map(plainEntry);
}

async function texts(store: Store, prefix: string): Promise<string[]> {
  return (await list(store, prefix)).map(textOf);
}

function entry(
  key: string,
  value: string,
  revisions: Pick<Entry, 'createRevision' | 'modRevision' | 'version'>,
): Entry {
  return { key, value: Buffer.from(value), lease: 0n, ...revisions };
}

/** A value may come as any kind of byte array. */
function plainEntry(found: Entry): Entry {
  return { ...found, value: bytesOf(found) };
}

function plainEvent({ type, entry: found, previous }: StoreEvent): StoreEvent {
  return { type, entry: plainEntry(found), previous: previous && plainEntry(previous) };
}

function bytesOf(found: Entry | undefined): Buffer {
  return Buffer.from(found?.value ?? []);
}

function textOf(found: Entry | undefined): string {
  return bytesOf(found).toString();
}

function isStoreError(reason: StoreError['reason']): (error: unknown) => boolean {
  return (error) => error instanceof StoreError && error.reason === reason;
}
