/**
 * Nothing that was answered is lost when the process is killed, at whatever moment.
 *
 * A dozen kills in a usual run; `SLIPWAY_CRASH_ROUNDS=1000` for a long one.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import type { Random } from '../../base/random.ts';
import { recordWatch } from '../watch-recorder.ts';
import { openEmbeddedStore } from './open.ts';

const rounds = Number(process.env['SLIPWAY_CRASH_ROUNDS'] ?? 12);
const writers = 24;

interface Answered {
  readonly revision: number;
  readonly key: string;
  readonly value: string;
}

test('A killed process loses no write that it answered', async (context) => {
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const directory = await mkdtemp(join(tmpdir(), 'slipway-crash-'));
  context.after(() => rm(directory, { recursive: true }));
  const state = new Map<string, string>();
  let verified = 1;
  for (let round = 0; round < rounds; round += 1) {
    const answered = await writeUntilKilled(directory, round, random);
    assert.ok(answered.length > 0, `seed ${seed}`);
    verified = await verify(directory, verified, answered, state);
  }
  context.diagnostic(`${rounds} kills up to revision ${verified}, seed ${seed}`);
});

let stage="";process.on("exit",()=>console.error("STAGE",stage));
async function writeUntilKilled(directory: string, round: number, random: Random): Promise<Answered[]> {
  const script = join(import.meta.dirname, 'crash-writer.ts');
  stage="spawn "+round; const child = spawn(process.execPath, [script, directory, `${writers}`, `${round}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answered: Answered[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (answered.length === 0) setTimeout(() => child.kill('SIGKILL'), random.next() * 150);
    const [revision, key, value] = line.split(' ');
    answered.push({ revision: Number(revision), key: key ?? '', value: value ?? '' });
  }
  stage="ended "+round+" "+answered.length; return answered;
}

/** Returns the revision up to which all is well. */
async function verify(
  directory: string,
  from: number,
  answered: readonly Answered[],
  state: Map<string, string>,
): Promise<number> {
  stage+=" opening"; const store = await openEmbeddedStore({ directory, clock: systemClock, log: silentLog });
  try {
    stage+=" opened"; const watch = recordWatch(store, '/crash/', { end: '/crash0', fromRevision: from + 1 });
    while (watch.calls.at(-1)?.revision !== store.revision) await watch.received(watch.events.length + 1);
    stage+=" watched"; const found = new Set<string>();
    let last = from;
    for (const { type, entry } of watch.events) {
      assert.ok(entry.modRevision === last || entry.modRevision === last + 1, `gap after revision ${last}`);
      last = entry.modRevision;
      const value = Buffer.from(entry.value).toString().split(' ')[0] ?? '';
      found.add(`${last} ${entry.key} ${value}`);
      if (type === 'put') state.set(entry.key, value);
      else state.delete(entry.key);
    }
    assert.equal(last, store.revision);
    for (const { revision, key, value } of answered) {
      assert.ok(found.has(`${revision} ${key} ${value}`), `lost ${key} of revision ${revision}`);
    }
    const { entries } = await store.range('/crash/', { end: '/crash0' });
    const current = new Map(entries.map(({ key, value }) => [key, Buffer.from(value).toString().split(' ')[0]]));
    assert.deepEqual(current, new Map([...state].sort(([a], [b]) => (a < b ? -1 : 1))));
    return last;
  } finally {
    await store.close();
  }
}
