/**
 * Random transactions, reads, watches, compactions and restarts, compared with the simplest thing that could be right:
 * a list of all changes ever made. The seed is in the message when they differ.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import type { Condition, Operation, Store, TransactionResult } from '../store.ts';
import { recordWatch } from '../watch-recorder.ts';
import { openEmbeddedStore } from './open.ts';

interface Change {
  readonly revision: number;
  readonly key: string;
  /** Undefined for a deletion. */
  readonly value: string | undefined;
}

class Model {
  readonly changes: Change[] = [];
  revision = 1;

  /** Key → value and revision, as of a revision. */
  at(revision: number): Map<string, Change> {
    const state = new Map<string, Change>();
    for (const change of this.changes) {
      if (change.revision > revision) break;
      if (change.value === undefined) state.delete(change.key);
      else state.set(change.key, change);
    }
    return new Map([...state].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Whether the conditions held. */
  transact(conditions: readonly Condition[], operations: readonly Operation[]): boolean {
    const state = this.at(this.revision);
    if (conditions.some(({ key, modRevision }) => (state.get(key)?.revision ?? 0) !== modRevision)) return false;
    const revision = this.revision + 1;
    for (const operation of operations) {
      if (operation.type === 'put') {
        this.changes.push({ revision, key: operation.key, value: Buffer.from(operation.value).toString() });
        continue;
      }
      for (const key of state.keys()) {
        const { end } = operation;
        if (end === undefined ? key !== operation.key : key < operation.key || key >= end) continue;
        this.changes.push({ revision, key, value: undefined });
      }
    }
    this.revision = this.changes.at(-1)?.revision ?? 1;
    return true;
  }
}

for (const historyEvents of [0, 7, 10_000]) {
  test(`Random use agrees with a list of all changes, ${historyEvents} events in memory`, async (context) => {
    const seed = Number(process.env['SLIPWAY_SEED'] ?? Date.now() % 1_000_000);
    const directory = await mkdtemp(join(tmpdir(), 'slipway-random-'));
    context.after(() => rm(directory, { recursive: true }));
    try {
      await run(directory, historyEvents, seed);
    } catch (error) {
      throw new Error(`Differs with SLIPWAY_SEED=${seed}`, { cause: error });
    }
  });
}

async function run(directory: string, historyEvents: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const upTo = (limit: number): number => Math.floor(random.next() * limit);
  const open = (): Promise<Store> =>
    openEmbeddedStore({ directory, clock: virtualClock(), log: silentLog, historyEvents });
  const model = new Model();
  let store = await open();
  try {
    for (let step = 0; step < 120; step += 1) {
      const watched = watchSome(store, model, upTo);
      await writeSome(store, model, upTo);
      await watched();
      await readSome(store, model, upTo);
      if (upTo(10) === 0) await compactSome(store, model, upTo);
      if (upTo(20) > 0) continue;
      await store.close();
      store = await open();
      assert.equal(store.revision, model.revision);
    }
  } finally {
    await store.close();
  }
}

type UpTo = (limit: number) => number;

const keyOf = (upTo: UpTo): string => `/r/${upTo(4)}/${upTo(5)}`;

function rangeOf(upTo: UpTo): { readonly start: string; readonly end: string } {
  const start = upTo(3) === 0 ? '/r/' : `/r/${upTo(4)}/`;
  return { start, end: upTo(3) === 0 ? '/r0' : `${start.slice(0, -1)}0` };
}

/** Several at once, so that most are decided against writes in flight. */
async function writeSome(store: Store, model: Model, upTo: UpTo): Promise<void> {
  const running: Promise<void>[] = [];
  for (let count = upTo(12); count >= 0; count -= 1) {
    const state = model.at(model.revision);
    const conditions = Array.from({ length: upTo(3) }, () => {
      const key = keyOf(upTo);
      const current = state.get(key)?.revision ?? 0;
      return { key, modRevision: upTo(4) === 0 ? Math.max(0, current - 1) : current };
    });
    const operations = randomOperations(upTo);
    const expected = model.transact(conditions, operations);
    const revision = model.revision;
    running.push(expectOutcome(store, store.transact(conditions, operations), expected, revision));
    if (upTo(3) === 0) await Promise.all(running);
  }
  await Promise.all(running);
  assert.equal(store.revision, model.revision);
}

async function expectOutcome(
  store: Store,
  outcome: Promise<TransactionResult>,
  ok: boolean,
  revision: number,
): Promise<void> {
  const result = await outcome;
  assert.equal(result.ok, ok);
  if (!ok) return;
  assert.equal(result.revision, revision);
  assert.ok(store.revision >= revision, 'answered before it was on disk');
}

function randomOperations(upTo: UpTo): Operation[] {
  if (upTo(12) === 0) {
    const { start, end } = rangeOf(upTo);
    return [{ type: 'delete', key: start, end }];
  }
  const keys = new Set(Array.from({ length: 1 + upTo(3) }, () => keyOf(upTo)));
  return Array.from(keys, (key) =>
    upTo(4) === 0 ? { type: 'delete', key } : { type: 'put', key, value: Buffer.from(`${upTo(1e9)}`) },
  );
}

/** Starts a watch; what it returns checks that all that was to come has come. */
function watchSome(store: Store, model: Model, upTo: UpTo): () => Promise<void> {
  const { start, end } = rangeOf(upTo);
  const first = store.compactRevision + 1;
  const fromRevision = first + upTo(model.revision + 2 - first);
  const watch = recordWatch(store, start, { end, fromRevision });
  return async () => {
    const expected = model.changes.filter(({ key, revision }) => key >= start && key < end && revision >= fromRevision);
    const events = await watch.received(expected.length);
    watch.stop();
    const seen = events.map(({ entry, type }) => ({
      revision: entry.modRevision,
      key: entry.key,
      value: type === 'put' ? Buffer.from(entry.value).toString() : undefined,
    }));
    assert.deepEqual(byKey(seen), byKey(expected));
    for (const { entry, previous } of events) {
      const before = model.at(entry.modRevision - 1).get(entry.key);
      assert.deepEqual(
        previous && [previous.modRevision, Buffer.from(previous.value).toString()],
        before && [before.revision, before.value],
      );
    }
  };
}

/** Within a revision the order is free. */
function byKey(changes: readonly Change[]): Change[] {
  return changes.toSorted((a, b) => a.revision - b.revision || (a.key < b.key ? -1 : 1));
}

async function readSome(store: Store, model: Model, upTo: UpTo): Promise<void> {
  for (let count = 0; count < 4; count += 1) {
    const { start, end } = rangeOf(upTo);
    const lowest = Math.max(1, store.compactRevision);
    const revision = lowest + upTo(model.revision - lowest + 1);
    const limit = 1 + upTo(12);
    const result = await store.range(start, { end, revision, limit });
    const expected = [...model.at(revision).values()].filter(({ key }) => key >= start && key < end);
    const seen = result.entries.map(({ key, modRevision, value }) => ({
      revision: modRevision,
      key,
      value: Buffer.from(value).toString(),
    }));
    assert.deepEqual(seen, expected.slice(0, limit));
    assert.equal(result.count, expected.length);
  }
}

async function compactSome(store: Store, model: Model, upTo: UpTo): Promise<void> {
  const revision = Math.max(1, model.revision - upTo(20));
  if (revision > store.compactRevision) await store.compact(revision);
  const all = await store.range('/r/', { end: '/r0' });
  assert.deepEqual(
    all.entries.map(({ key }) => key),
    [...model.at(model.revision).keys()],
  );
}
