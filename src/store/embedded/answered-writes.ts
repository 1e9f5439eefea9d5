/** What a crash test knows was answered, held against what the store has once it is open again. */
import assert from 'node:assert/strict';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { recordWatch } from '../watch-recorder.ts';
import { openEmbeddedStore } from './open.ts';

/** A put of a key under `/crash/`, whose value begins with a word that no other put had. */
export interface AnsweredWrite {
  readonly revision: number;
  readonly key: string;
  /** The value's first word. */
  readonly value: string;
}

export interface WriteLedger {
  /** Opens the store in `directory`. @throws when a write is missing, history has a gap, or keys and history differ. */
  verify(directory: string, answered: readonly AnsweredWrite[]): Promise<void>;
  /** Up to which all is well. */
  readonly revision: number;
}

/** For one store over many crashes, from its first revision on. */
export function createWriteLedger(): WriteLedger {
  const state = new Map<string, string>();
  let verified = 1;
  const verify = async (directory: string, answered: readonly AnsweredWrite[]): Promise<void> => {
    const store = await openEmbeddedStore({ directory, clock: systemClock, log: silentLog });
    try {
      const watch = recordWatch(store, '/crash/', { end: '/crash0', fromRevision: verified + 1 });
      while (watch.calls.at(-1)?.revision !== store.revision) await watch.received(watch.events.length + 1);
      const found = new Set<string>();
      for (const { type, entry } of watch.events) {
        const { modRevision, key } = entry;
        assert.ok(modRevision === verified || modRevision === verified + 1, `gap after revision ${verified}`);
        verified = modRevision;
        const value = firstWord(entry.value);
        found.add(`${modRevision} ${key} ${value}`);
        if (type === 'put') state.set(key, value);
        else state.delete(key);
      }
      assert.equal(verified, store.revision);
      for (const { revision, key, value } of answered) {
        assert.ok(found.has(`${revision} ${key} ${value}`), `lost ${key} of revision ${revision}`);
      }
      const { entries } = await store.range('/crash/', { end: '/crash0' });
      const current = new Map(entries.map(({ key, value }) => [key, firstWord(value)]));
      assert.deepEqual(current, new Map([...state].sort(([a], [b]) => (a < b ? -1 : 1))));
    } finally {
      await store.close();
    }
  };
  return {
    verify,
    get revision() {
      return verified;
    },
  };
}

function firstWord(value: Uint8Array): string {
  return Buffer.from(value).toString().split(' ')[0] ?? '';
}
