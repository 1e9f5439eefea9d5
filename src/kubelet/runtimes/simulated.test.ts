import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock, virtualClock } from '../../base/clock.ts';
import { testContainerRuntime } from './contract.ts';
import { writeImageArchive } from './image-archive.ts';
import type { ContainerConfig, ContainerRuntime } from './runtime.ts';
import { createSimulatedRuntime } from './simulated.ts';

const image = 'slipway.local/shell:1';

testContainerRuntime('simulated', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-simulated-'));
  const archive = join(folder, 'shell.tar');
  await writeImageArchive(archive, { reference: image, entries: [], command: ['sh'] });
  const runtime = createSimulatedRuntime({ clock: systemClock });
  const stop = async (): Promise<void> => {
    runtime.close();
    await rm(folder, { recursive: true });
  };
  return { runtime, folder, archive, image, stop };
});

async function startMain(runtime: ContainerRuntime, folder: string, config: Partial<ContainerConfig>): Promise<string> {
  const metadata = { name: 'web', uid: '1', namespace: 'default', attempt: 0 };
  const pod = { metadata, logDirectory: folder };
  const sandboxId = await runtime.sandboxes.run(pod);
  const name = await runtime.images.pull('web');
  const full = { metadata: { name: 'main', attempt: 0 }, image: name, logPath: 'main.log', ...config };
  const id = await runtime.containers.create(sandboxId, full, pod);
  await runtime.containers.start(id);
  return id;
}

/** Lets promises that are due run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

test('createSimulatedRuntime() lets containers sleep on the clock that is passed in', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-simulated-'));
  t.after(() => rm(folder, { recursive: true }));
  const clock = virtualClock();
  const runtime = createSimulatedRuntime({ clock });
  const id = await startMain(runtime, folder, { command: ['sh', '-c', 'sleep 3600 && echo done; exit 4'] });
  clock.advance(3_599_999);
  await settle();
  assert.equal((await runtime.containers.status(id))?.state, 'running');
  clock.advance(1);
  await settle();
  const status = await runtime.containers.status(id);
  assert.deepEqual([status?.state, status?.exitCode], ['exited', 4]);
  assert.equal((status?.finishedAtMs ?? 0) - (status?.startedAtMs ?? 0), 3_600_000);
  assert.equal(await readFile(join(folder, 'main.log'), 'utf8'), '2026-01-01T01:00:00.000000000Z stdout F done\n');
});

test('createSimulatedRuntime() runs unknown programs as servers until they are stopped', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-simulated-'));
  t.after(() => rm(folder, { recursive: true }));
  const runtime = createSimulatedRuntime({ clock: virtualClock() });
  const id = await startMain(runtime, folder, {});
  await runtime.containers.stop(id, 30);
  const status = await runtime.containers.status(id);
  assert.deepEqual([status?.state, status?.exitCode, status?.reason], ['exited', 0, 'Completed']);
});

test('createSimulatedRuntime() can run out of memory', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-simulated-'));
  t.after(() => rm(folder, { recursive: true }));
  const runtime = createSimulatedRuntime({ clock: virtualClock() });
  const events: string[] = [];
  runtime.subscribe(({ event }) => events.push(event));
  const id = await startMain(runtime, folder, { command: ['simulate-oom'] });
  await settle();
  const status = await runtime.containers.status(id);
  assert.deepEqual([status?.exitCode, status?.reason], [137, 'OOMKilled']);
  assert.deepEqual(events, ['started', 'out-of-memory', 'exited']);
});

const scripts: readonly (readonly [string, string, number])[] = [
  ['echo "a  b" c', 'a  b c\n', 0],
  ['echo \'$HOME\'"$WHO"x${WHO}', '$HOMEmemex\n'.replace('memex', 'mexme'), 0],
  ['false && echo no || echo yes', 'yes\n', 0],
  ['X=5; echo $X; exit $X', '5\n', 5],
  ['echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f', 'one\ntwo\n', 0],
  ['test -f /tmp/f; echo $?', '1\n', 0],
  ['cat /etc/hostname # comment', 'web\n', 0],
  ['printf "%s-%s\\n" a b', 'a-b\n', 0],
  ['nonsense; echo $?', '127\n', 0],
  ['until test -e /tmp/done; do echo > /tmp/done; done; echo over', 'over\n', 0],
  ['exec sh -c "exit 9"', '', 9],
  ['echo "unfinished', '', 2],
];

for (const [script, output, exitCode] of scripts) {
  test(`execSync() of the simulated runtime answers ${JSON.stringify(output)} to ${JSON.stringify(script)}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-simulated-'));
    t.after(() => rm(folder, { recursive: true }));
    const runtime = createSimulatedRuntime({ clock: systemClock });
    const id = await startMain(runtime, folder, { env: [{ name: 'WHO', value: 'me' }] });
    const result = await runtime.containers.execSync(id, ['sh', '-c', script]);
    assert.deepEqual([String(result.stdout), result.exitCode], [output, exitCode]);
  });
}
