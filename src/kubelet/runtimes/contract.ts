/**
 * What every container runtime behind the port must do, as tests: run by the simulated runtime, by containerd, and by
 * whoever writes another one. Programs are busybox's or behave like them.
 */
import assert from 'node:assert/strict';
import { readFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { eventually } from '../../../test/eventually.ts';
import type { ContainerConfig, ContainerRuntime, ContainerStatus, ProcessStreams, SandboxConfig } from './runtime.ts';
import { RuntimeError } from './runtime.ts';

export interface RuntimeUnderTest {
  readonly runtime: ContainerRuntime;
  /** For logs and volumes; the one who made it removes it. */
  readonly folder: string;
  /** An archive of an image with a shell and the usual small tools, and the name that it brings. */
  readonly archive: string;
  readonly image: string;
  stop(): Promise<void>;
}

export function testContainerRuntime(name: string, setUp: () => Promise<RuntimeUnderTest>): void {
  let subject: RuntimeUnderTest;
  let lastPod = 0;

  before(async () => {
    subject = await setUp();
    await subject.runtime.images.load(subject.archive);
  });
  after(() => subject?.stop());

  const newPod = (more: Partial<SandboxConfig> = {}): SandboxConfig => {
    const pod = `pod-${lastPod++}`;
    return {
      metadata: { name: pod, uid: `uid-${pod}`, namespace: 'default', attempt: 0 },
      hostname: pod,
      logDirectory: join(subject.folder, 'logs', pod),
      labels: { pod },
      ...more,
    };
  };

  /** Runs a pod with one container, hands over both and removes them. */
  async function withContainer(
    config: Partial<ContainerConfig>,
    use: (containerId: string, sandboxId: string) => Promise<void>,
  ): Promise<void> {
    const { sandboxes, containers } = subject.runtime;
    const pod = newPod();
    const sandboxId = await sandboxes.run(pod);
    try {
      const full = { metadata: { name: 'main', attempt: 0 }, image: subject.image, logPath: 'main/0.log', ...config };
      const containerId = await containers.create(sandboxId, full, pod);
      await containers.start(containerId);
      await use(containerId, sandboxId);
    } finally {
      await sandboxes.stop(sandboxId);
      await sandboxes.remove(sandboxId);
    }
  }

  const shell = (script: string): Partial<ContainerConfig> => ({ command: ['sh', '-c', script] });

  async function statusOf(containerId: string): Promise<ContainerStatus> {
    const status = await subject.runtime.containers.status(containerId);
    assert.ok(status !== undefined, `container ${containerId} is gone`);
    return status;
  }

  function untilExited(containerId: string): Promise<ContainerStatus> {
    return eventually(
      async () => {
        const status = await statusOf(containerId);
        assert.equal(status.state, 'exited');
        return status;
      },
      { everyMs: 20 },
    );
  }

  test(`${name}: version() and status() say who it is and that it is ready`, async () => {
    const version = await subject.runtime.version();
    assert.ok(version.name !== '' && version.version !== '');
    const { runtimeReady, networkReady } = await subject.runtime.status();
    assert.deepEqual([runtimeReady.ok, networkReady.ok], [true, true]);
  });

  test(`${name}: images are found by name and id until they are removed`, async () => {
    const { images } = subject.runtime;
    const image = await images.status(subject.image);
    assert.ok(image !== undefined);
    assert.deepEqual(image.tags, [subject.image]);
    assert.equal((await images.status(image.id))?.id, image.id);
    assert.ok((await images.list()).some(({ id }) => id === image.id));
    assert.equal(await images.status('nowhere.invalid/nothing:1'), undefined);
    await images.remove(subject.image);
    assert.equal(await images.status(subject.image), undefined);
    assert.deepEqual(await images.load(subject.archive), [subject.image]);
    assert.equal((await images.status(subject.image))?.id, image.id);
    assert.equal((await images.filesystems()).length, 1);
  });

  test(`${name}: images.pull() rejects with NotFound or Unknown for a registry that does not exist`, async () => {
    await assert.rejects(subject.runtime.images.pull('nowhere.invalid/nothing:1'), (error) => {
      return error instanceof RuntimeError && ['NotFound', 'Unknown'].includes(error.code);
    });
  });

  test(`${name}: a sandbox is ready with an address of its own, then not ready, then gone`, async () => {
    const { sandboxes } = subject.runtime;
    const [first, second] = [newPod(), newPod()];
    const [firstId, secondId] = [await sandboxes.run(first), await sandboxes.run(second)];
    const status = await sandboxes.status(firstId);
    assert.deepEqual(status?.metadata, first.metadata);
    assert.equal(status.state, 'ready');
    const [ip = ''] = status.ips;
    assert.match(ip, /^\d+\.\d+\.\d+\.\d+$/);
    assert.notDeepEqual((await sandboxes.status(secondId))?.ips, status.ips);
    const found = await sandboxes.list({ labels: { pod: first.metadata.name }, state: 'ready' });
    assert.deepEqual(
      found.map(({ id }) => id),
      [firstId],
    );
    for (let time = 0; time < 2; time++) await sandboxes.stop(firstId);
    assert.equal((await sandboxes.status(firstId))?.state, 'not-ready');
    assert.deepEqual(await sandboxes.list({ id: firstId, state: 'ready' }), []);
    for (let time = 0; time < 2; time++) await sandboxes.remove(firstId);
    assert.equal(await sandboxes.status(firstId), undefined);
    await sandboxes.stop(secondId);
    await sandboxes.remove(secondId);
  });

  test(`${name}: a container goes from created over running to exited, with its code, times and log`, async () => {
    const { sandboxes, containers } = subject.runtime;
    const hints: string[] = [];
    const unsubscribe = subject.runtime.subscribe(({ containerId, event }) => hints.push(`${event} ${containerId}`));
    const pod = newPod();
    const sandboxId = await sandboxes.run(pod);
    const command = ['sh', '-c', 'echo to stdout; echo to stderr >&2; echo $GREETING; sleep 0.2; exit 3'];
    const config: ContainerConfig = {
      metadata: { name: 'main', attempt: 2 },
      image: subject.image,
      command,
      env: [{ name: 'GREETING', value: 'hello there' }],
      labels: { which: 'lifecycle' },
      annotations: { note: 'kept' },
      logPath: 'main/2.log',
    };
    const id = await containers.create(sandboxId, config, pod);
    assert.equal((await statusOf(id)).state, 'created');
    await containers.start(id);
    const [listed] = await containers.list({ labels: { which: 'lifecycle' } });
    assert.deepEqual([listed?.id, listed?.sandboxId, listed?.metadata], [id, sandboxId, config.metadata]);
    assert.deepEqual([listed?.labels, listed?.annotations], [config.labels, config.annotations]);
    const status = await untilExited(id);
    assert.deepEqual([status.exitCode, status.reason], [3, 'Error']);
    assert.ok(status.createdAtMs > 0 && status.startedAtMs >= status.createdAtMs);
    assert.ok(status.finishedAtMs >= status.startedAtMs);
    assert.equal(status.logPath, join(pod.logDirectory, 'main/2.log'));
    const lines = (await readFile(status.logPath, 'utf8')).trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z std(out|err) F to std\1$/);
    const contents = lines.map((line) => line.replace(/^\S+ /, '')).toSorted();
    assert.deepEqual(contents, ['stderr F to stderr', 'stdout F hello there', 'stdout F to stdout']);
    await eventually(() => assert.ok(hints.includes(`exited ${id}`)), { everyMs: 20 });
    unsubscribe();
    for (let time = 0; time < 2; time++) await containers.remove(id);
    assert.equal(await containers.status(id), undefined);
    await sandboxes.stop(sandboxId);
    await sandboxes.remove(sandboxId);
  });

  test(`${name}: a container that ends with 0 is Completed`, async () => {
    await withContainer(shell('true'), async (id) => {
      const { exitCode, reason } = await untilExited(id);
      assert.deepEqual([exitCode, reason], [0, 'Completed']);
    });
  });

  test(`${name}: containers.create() rejects with NotFound when the image is not here`, async () => {
    const { sandboxes, containers } = subject.runtime;
    const pod = newPod();
    const sandboxId = await sandboxes.run(pod);
    const config = { metadata: { name: 'main', attempt: 0 }, image: 'not.here/at-all:1', logPath: 'x.log' };
    await assert.rejects(containers.create(sandboxId, config, pod), { name: 'RuntimeError', code: 'NotFound' });
    await sandboxes.remove(sandboxId);
  });

  test(`${name}: containers.start() rejects when the program does not exist, and the container has ended`, async () => {
    const { sandboxes, containers } = subject.runtime;
    const pod = newPod();
    const sandboxId = await sandboxes.run(pod);
    const config = { metadata: { name: 'main', attempt: 0 }, image: subject.image, command: ['/does-not-exist'] };
    const id = await containers.create(sandboxId, { ...config, logPath: 'main.log' }, pod);
    await assert.rejects(
      containers.start(id),
      /exec: "\/does-not-exist": stat \/does-not-exist: no such file or directory/,
    );
    const { state, exitCode, reason } = await statusOf(id);
    assert.deepEqual([state, exitCode, reason], ['exited', 128, 'StartError']);
    await sandboxes.remove(sandboxId);
  });

  test(`${name}: containers.stop() kills what ignores the signal when the time is over`, async () => {
    await withContainer(shell("trap '' TERM; echo ready; while true; do sleep 0.1; done"), async (id) => {
      const { logPath } = await statusOf(id);
      await eventually(async () => assert.match(await readFile(logPath, 'utf8'), /ready/), { everyMs: 20 });
      await subject.runtime.containers.stop(id, 1);
      const { state, exitCode, startedAtMs, finishedAtMs } = await statusOf(id);
      assert.deepEqual([state, exitCode], ['exited', 137]);
      assert.ok(finishedAtMs - startedAtMs >= 900, `stopped after ${finishedAtMs - startedAtMs} ms`);
    });
  });

  test(`${name}: sandboxes.stop() ends the containers`, async () => {
    await withContainer(shell('sleep 1000'), async (id, sandboxId) => {
      await subject.runtime.sandboxes.stop(sandboxId);
      const { state, exitCode } = await statusOf(id);
      assert.deepEqual([state, exitCode], ['exited', 137]);
    });
  });

  test(`${name}: execSync() answers output and exit code, and ends what takes too long`, async () => {
    const { containers } = subject.runtime;
    await withContainer({ ...shell('sleep 1000'), env: [{ name: 'COLOUR', value: 'blue' }] }, async (id) => {
      const result = await containers.execSync(id, ['sh', '-c', 'echo $COLOUR; echo bad >&2; exit 5'], 10_000);
      assert.deepEqual([String(result.stdout), String(result.stderr), result.exitCode], ['blue\n', 'bad\n', 5]);
      const late = containers.execSync(id, ['sleep', '600'], 1000);
      await assert.rejects(late, { name: 'RuntimeError', code: 'DeadlineExceeded' });
      await assert.rejects(containers.execSync(id, ['no-such-program']), /executable file not found in \$PATH/);
      assert.equal((await statusOf(id)).state, 'running');
    });
  });

  test(`${name}: exec() streams input, output and errors`, async () => {
    await withContainer(shell('sleep 1000'), async (id) => {
      const request = {
        command: ['sh', '-c', 'cat; echo bad >&2; exit 7'],
        stdin: true,
        stdout: true,
        stderr: true,
        tty: false,
      };
      const process = await subject.runtime.containers.exec(id, request);
      process.stdin?.end('given\n');
      assert.deepEqual(await outcome(process), { stdout: 'given\n', stderr: 'bad\n', exitCode: 7 });
      process.close();
    });
  });

  test(`${name}: exec() on a terminal joins both outputs`, async () => {
    await withContainer(shell('sleep 1000'), async (id) => {
      const request = {
        command: ['sh', '-c', 'echo out; echo err >&2'],
        stdin: false,
        stdout: true,
        stderr: false,
        tty: true,
      };
      const process = await subject.runtime.containers.exec(id, request);
      process.resize({ width: 80, height: 24 });
      assert.deepEqual(await outcome(process), { stdout: 'out\r\nerr\r\n', stderr: undefined, exitCode: 0 });
      process.close();
    });
  });

  test(`${name}: attach() reaches the first process, and letting go does not end it`, async () => {
    await withContainer({ command: ['cat'], stdin: true }, async (id) => {
      const request = { stdin: true, stdout: true, stderr: true, tty: false };
      const process = await subject.runtime.containers.attach(id, request);
      process.stdin?.write('through and back\n');
      await untilText(process, 'through and back\n');
      process.close();
      assert.equal((await statusOf(id)).state, 'running');
      assert.match(await readFile((await statusOf(id)).logPath, 'utf8'), /stdout F through and back\n/);
    });
  });

  test(`${name}: portForward() connects to a server in the pod`, async () => {
    await withContainer({ command: ['httpd', '-f', '-p', '8080', '-h', '/etc'] }, async (_id, sandboxId) => {
      const answer = await eventually(async () => get(await subject.runtime.sandboxes.portForward(sandboxId, 8080)));
      assert.ok(answer >= 200, `HTTP status ${answer}`);
    });
  });

  test(`${name}: mounts show folders of the machine, writable or not`, async () => {
    const { containers } = subject.runtime;
    const [shared, settings] = [join(subject.folder, 'shared'), join(subject.folder, 'settings')];
    await mkdir(shared, { recursive: true });
    await mkdir(settings, { recursive: true });
    await writeFile(join(settings, 'colour'), 'green\n');
    const mounts = [
      { hostPath: shared, containerPath: '/shared' },
      { hostPath: settings, containerPath: '/settings', readonly: true },
    ];
    await withContainer({ ...shell('cat /settings/colour > /shared/copy; sleep 1000'), mounts }, async (id) => {
      const copied = (): Promise<string> => readFile(join(shared, 'copy'), 'utf8');
      await eventually(async () => assert.equal(await copied(), 'green\n'), { everyMs: 20 });
      const refused = await containers.execSync(id, ['sh', '-c', 'echo red > /settings/colour'], 10_000);
      assert.notEqual(refused.exitCode, 0);
      assert.match(String(refused.stderr), /Read-only file system/);
    });
  });

  test(`${name}: containers know their pod's host name`, async () => {
    await withContainer(shell('sleep 1000'), async (id) => {
      const { stdout } = await subject.runtime.containers.execSync(id, ['hostname'], 10_000);
      assert.match(String(stdout), /^pod-\d+\n$/);
    });
  });

  test(`${name}: reopenLog() goes on in a new file after rotation`, async () => {
    await withContainer(shell('while true; do echo tick; sleep 0.05; done'), async (id) => {
      const { logPath } = await statusOf(id);
      await eventually(async () => assert.match(await readFile(logPath, 'utf8'), /tick/), { everyMs: 20 });
      await rename(logPath, `${logPath}.1`);
      await subject.runtime.containers.reopenLog(id);
      await eventually(async () => assert.match(await readFile(logPath, 'utf8'), /tick/), { everyMs: 20 });
    });
  });

  test(`${name}: stats() count what runs`, async () => {
    const { containers, sandboxes } = subject.runtime;
    await withContainer({ ...shell('sleep 1000'), labels: { app: 'counted' } }, async (id, sandboxId) => {
      await containers.updateResources(id, { cpuShares: 512, memoryLimitBytes: 64 * 1024 * 1024 });
      const [stats] = await containers.stats({ id });
      assert.deepEqual([stats?.containerId, stats?.name, stats?.labels], [id, 'main', { app: 'counted' }]);
      assert.ok((stats?.memory?.workingSetBytes ?? 0) > 0);
      assert.ok((stats?.cpu?.usageCoreNanoSeconds ?? -1) >= 0);
      const [pod] = await sandboxes.stats({ sandboxId });
      assert.deepEqual([pod?.sandboxId, pod?.containers.map(({ containerId }) => containerId)], [sandboxId, [id]]);
    });
  });
}

async function outcome(process: ProcessStreams) {
  const [stdout, stderr, exitCode] = await Promise.all([
    process.stdout && text(process.stdout),
    process.stderr && text(process.stderr),
    process.exitCode,
  ]);
  return { stdout, stderr, exitCode };
}

function untilText(process: ProcessStreams, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    process.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(wanted)) resolve();
    });
    process.stdout?.on('close', () => reject(new Error(`Output ended with "${seen}"`)));
  });
}

function get(connection: Duplex): Promise<number> {
  return new Promise((resolve, reject) => {
    const req = request('http://pod/', { createConnection: () => connection }, (res) => {
      res.resume();
      res.on('end', () => {
        connection.destroy();
        resolve(res.statusCode ?? 0);
      });
    });
    req.on('error', reject);
    req.end();
  });
}
