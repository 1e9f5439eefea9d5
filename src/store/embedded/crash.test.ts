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
import { seededRandom } from '../../base/random.ts';
import type { Random } from '../../base/random.ts';
import { createWriteLedger } from './answered-writes.ts';
import type { AnsweredWrite } from './answered-writes.ts';

const rounds = Number(process.env['SLIPWAY_CRASH_ROUNDS'] ?? 12);
const writers = 24;

test('A killed process loses no write that it answered', async (context) => {
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const directory = await mkdtemp(join(tmpdir(), 'slipway-crash-'));
  context.after(() => rm(directory, { recursive: true }));
  const ledger = createWriteLedger();
  for (let round = 0; round < rounds; round += 1) {
    const answered = await writeUntilKilled(directory, round, random);
    assert.ok(answered.length > 0, `seed ${seed}`);
    await ledger.verify(directory, answered);
  }
  context.diagnostic(`${rounds} kills up to revision ${ledger.revision}, seed ${seed}`);
});

async function writeUntilKilled(directory: string, round: number, random: Random): Promise<AnsweredWrite[]> {
  const script = join(import.meta.dirname, 'crash-writer.ts');
  const child = spawn(process.execPath, [script, directory, `${writers}`, `${round}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answered: AnsweredWrite[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (answered.length === 0) setTimeout(() => child.kill('SIGKILL'), random.next() * 150);
    const [revision, key, value] = line.split(' ');
    answered.push({ revision: Number(revision), key: key ?? '', value: value ?? '' });
  }
  return answered;
}
