import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { createSimulatedRuntime } from '../runtimes/simulated.ts';
import { rotateLogs } from './rotate-logs.ts';

test('rotateLogs() sets full logs aside and keeps the newest', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-rotate-'));
  const runtime = createSimulatedRuntime({ clock: systemClock });
  t.after(async () => {
    runtime.close();
    await rm(folder, { recursive: true, force: true });
  });
  const sandbox = { metadata: { name: 'p', uid: 'u', namespace: 'n', attempt: 0 }, logDirectory: folder };
  const sandboxId = await runtime.sandboxes.run(sandbox);
  await runtime.images.pull('image');
  const config = { metadata: { name: 'c', attempt: 0 }, image: 'image', command: ['sleep', '1000'], logPath: 'log' };
  const id = await runtime.containers.create(sandboxId, config, sandbox);
  await runtime.containers.start(id);
  for (let minute = 0; minute < 6; minute++) {
    await appendFile(join(folder, 'log'), 'x'.repeat(100));
    await rotateLogs(runtime, Date.UTC(2026, 0, 1, 0, minute), { maxBytes: 100, maxFiles: 3 });
  }
  const names = (await readdir(folder)).filter((name) => name !== 'log').toSorted();
  assert.deepEqual(names, ['log.20260101-000400.gz', 'log.20260101-000500']);
});
