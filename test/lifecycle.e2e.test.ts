/** A cluster over its starts and ends: what is kept, what comes back, what must not be left behind. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runTool } from './client-tool.ts';
import { slipwayProgram, startTestCluster, type TestCluster, type TestClusterOptions } from './cluster.ts';
import { eventually } from './eventually.ts';
import { clusterLeftovers } from './leftovers.ts';
import { busyboxImage, loadBusybox } from './test-images.ts';

async function start(t: TestContext, options: TestClusterOptions = {}): Promise<TestCluster> {
  const cluster = await startTestCluster({ runtime: 'containerd', ...options });
  t.after(() => (options.dataDirectory === undefined ? cluster.remove() : cluster.stop()));
  return cluster;
}

async function untilDemoAnswers(cluster: TestCluster): Promise<void> {
  await cluster.kubectl(['rollout', 'status', 'deployment/hello', '--timeout=60s']);
  const ip = await cluster.kubectl(['get', 'service', 'hello', '-o', 'jsonpath={.spec.clusterIP}']);
  await eventually(async () => {
    const answer = await fetch(`http://${ip}/`, { headers: { connection: 'close' } });
    assert.match(await answer.text(), /^Hello from hello-/);
  });
}

test('slipway demo shows every pod answering; pods come back after Ctrl-C and after kill -9', async (t) => {
  const first = await start(t);
  const demo = await first.slipway(['demo']);
  assert.equal(demo.status, 0, demo.stdout + demo.stderr);
  assert.equal(new Set(demo.stdout.match(/Hello from hello-\S+/g)).size, 3);
  assert.match((await first.slipway(['image', 'list'])).stdout, /^slipway\.local\/hello:1 +[0-9a-f]{12} +\d/m);
  const pods = await first.kubectl(['get', 'pods', '-o', 'name']);
  await first.stop();

  const second = await start(t, { dataDirectory: first.dataDirectory });
  await untilDemoAnswers(second);
  assert.equal(await second.kubectl(['get', 'pods', '-o', 'name']), pods);
  await second.kill();

  const third = await start(t, { dataDirectory: first.dataDirectory });
  await untilDemoAnswers(third);
  assert.doesNotMatch(third.output(), /error|warn/);
  assert.equal((await third.slipway(['demo', '--remove'])).status, 0);
  assert.equal(await third.kubectl(['get', 'pods', '-o', 'name']), '');
  await third.stop();
});

test('two clusters on one machine keep out of the way of each other', async (t) => {
  const one = await start(t);
  const two = await start(t);
  await Promise.all([one.slipway(['demo']), two.slipway(['demo'])]);
  await Promise.all([untilDemoAnswers(one), untilDemoAnswers(two)]);
  const ips = await Promise.all(
    [one, two].map((each) => each.kubectl(['get', 'pods', '-o', 'jsonpath={.items[0].status.podIP}'])),
  );
  assert.notEqual(ips[0]?.split('.')[1], ips[1]?.split('.')[1], ips.join(' '));
  await one.stop();
  await untilDemoAnswers(two);
});

test('a container that is killed on the host is started again, ever later', async (t) => {
  const cluster = await start(t);
  await loadBusybox(cluster);
  const marker = `${100_000 + process.pid}`;
  await cluster.kubectl(['run', 'victim', `--image=${busyboxImage}`, '--', 'sleep', marker]);
  await cluster.kubectl(['wait', 'pod/victim', '--for=condition=Ready', '--timeout=60s']);
  const status = (path: string): Promise<string> =>
    cluster.kubectl(['get', 'pod', 'victim', '-o', `jsonpath={.status.containerStatuses[0].${path}}`]);
  const killOnHost = async (): Promise<void> => {
    const { stdout } = await runTool('pgrep', ['-fx', `sleep ${marker}`], '', {});
    for (const pid of stdout.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
  };
  await killOnHost();
  await eventually(async () => assert.equal(await status('restartCount'), '1'), { withinMs: 15_000 });
  assert.equal(await status('lastState.terminated.exitCode'), '137');
  await eventually(killOnHost);
  await eventually(async () => assert.equal(await status('state.waiting.reason'), 'CrashLoopBackOff'));
  assert.match(await status('state.waiting.message'), /back-off 10s restarting failed container/);
  await eventually(async () => assert.equal(await status('restartCount'), '2'), { withinMs: 20_000 });
  await eventually(killOnHost);
  await eventually(async () => assert.match(await status('state.waiting.message'), /back-off 20s/));
  assert.match(
    await cluster.kubectl(['events', '--for', 'pod/victim']),
    /BackOff.*Back-off restarting failed container/,
  );
});

test('nodes beside the first are simulated, and pods that do not ask for them stay away', async (t) => {
  const cluster = await start(t, { nodes: 3 });
  const nodes = await cluster.kubectl([
    'get',
    'nodes',
    '-o',
    'jsonpath={.items[*].status.nodeInfo.containerRuntimeVersion}',
  ]);
  assert.deepEqual(
    nodes
      .split(' ')
      .map((text) => text.split(':')[0])
      .toSorted(),
    ['containerd', 'simulated', 'simulated'],
  );
  const demo = await cluster.slipway(['demo']);
  assert.equal(new Set(demo.stdout.match(/Hello from hello-\S+/g)).size, 3, demo.stdout + demo.stderr);
});

test('slipway demo on a simulated node shows pods and says why nobody answers', async (t) => {
  const cluster = await start(t, { runtime: 'simulated' });
  const { status, stdout, stderr } = await cluster.slipway(['demo']);
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /node is simulated, so nothing answers/);
  assert.equal(stdout.match(/^ {2}hello-\S+ +Running +10\.244\.0\.\d+/gm)?.length, 3);
  const images = await cluster.slipway(['image', 'list']);
  assert.equal(images.status, 1);
  assert.match(images.stderr, /no containerd runs for it/);
});

test('a start that cannot be says why in one sentence, and leaves nothing', async (t) => {
  const running = await start(t, { runtime: 'simulated' });
  const folder = await mkdtemp(join(tmpdir(), 'slipway-refused-'));
  t.after(() => rm(folder, { recursive: true }));
  const newer = join(folder, 'newer');
  const foreign = join(folder, 'foreign');
  await mkdir(newer);
  await mkdir(foreign);
  await writeFile(join(newer, 'format'), '99\n');
  await writeFile(join(foreign, 'letter.txt'), 'Dear Ann');
  for (const runtime of ['simulated', 'containerd'] as const) {
    const fresh = join(folder, runtime);
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--data-dir', running.dataDirectory], /is in use by process \d+\. Stop that one/],
      [['--data-dir', fresh, '--port', String(running.port)], /:\d+: the port is in use\. .*--port/],
      [['--data-dir', newer], /its format 99 is newer than 1/],
      [['--data-dir', foreign], /has files that are not Slipway's/],
      [['--data-dir', join(foreign, 'letter.txt')], /it is a file/],
      [['--port', 'x'], /--port must be a whole number/],
      [['--runtime', 'magic'], /--runtime must be one of/],
    ];
    for (const [args, sentence] of cases) {
      const wish = args.includes('--runtime') ? [] : ['--runtime', runtime];
      const { status, stderr } = await runTool(slipwayProgram, ['up', ...args, ...wish], '', {});
      assert.notEqual(status, 0, args.join(' '));
      assert.match(stderr, sentence);
      assert.doesNotMatch(stderr, /^\s+at /m);
    }
    assert.deepEqual(await clusterLeftovers(fresh), []);
  }
});
