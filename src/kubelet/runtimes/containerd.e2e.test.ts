import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { eventually } from '../../../test/eventually.ts';
import { leftovers, machineState } from '../../../test/leftovers.ts';
import { startContainerd, type ContainerdOptions, type PrivateContainerd } from './containerd.ts';
import { testContainerRuntime } from './contract.ts';
import { writeImageArchive } from './image-archive.ts';
import { busyboxRecipe, nodeRecipe } from './machine-images.ts';

const image = 'slipway.local/busybox:contract';

testContainerRuntime('containerd', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-contract-'));
  const archive = join(folder, 'busybox.tar');
  await writeImageArchive(archive, await busyboxRecipe(image));
  const before = await machineState();
  const containerd = await startContainerd({
    dataDirectory: join(folder, 'containerd'),
    instance: 'contract',
    podSubnet: '10.251.1.0/24',
    log: silentLog,
  });
  const stop = async (): Promise<void> => {
    await containerd.stop();
    assert.deepEqual(await leftovers(folder, before), []);
    await rm(folder, { recursive: true });
  };
  return { runtime: containerd.runtime, folder, archive, image, stop };
});

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-containerd-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function optionsFor(folder: string): ContainerdOptions {
  return { dataDirectory: folder, instance: 'etoe', podSubnet: '10.251.2.0/24', log: silentLog };
}

async function startServer(containerd: PrivateContainerd, folder: string, port: number): Promise<string> {
  const { sandboxes, containers } = containerd.runtime;
  const pod = {
    metadata: { name: 'web', uid: 'w', namespace: 'default', attempt: 0 },
    logDirectory: join(folder, 'logs'),
    portMappings: [{ protocol: 'TCP' as const, containerPort: 8080, hostPort: port }],
  };
  const sandboxId = await sandboxes.run(pod);
  const command = ['sh', '-c', 'mkdir /www; echo served >/www/index.html; exec httpd -f -p 8080 -h /www'];
  const config = { metadata: { name: 'main', attempt: 0 }, image, command, logPath: 'main.log' };
  const id = await containers.create(sandboxId, config, pod);
  await containers.start(id);
  return id;
}

async function fetchText(address: string): Promise<string> {
  return (await fetch(address)).text();
}

test('startContainerd() opens host ports to the machine and to the pod itself, and closes them', () =>
  withFolder(async (folder) => {
    const containerd = await startContainerd(optionsFor(folder));
    try {
      await writeImageArchive(join(folder, 'busybox.tar'), await busyboxRecipe(image));
      await containerd.runtime.images.load(join(folder, 'busybox.tar'));
      const id = await startServer(containerd, folder, 28_080);
      await eventually(async () => assert.equal(await fetchText('http://127.0.0.1:28080/'), 'served\n'));
      await eventually(async () => assert.equal(await fetchText('http://10.251.2.1:28080/'), 'served\n'));
      // Debian's static busybox cannot look up names without crashing, which rules out its wget.
      const inside = ['sh', '-c', "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 10.251.2.1 28080"];
      const { stdout } = await containerd.runtime.containers.execSync(id, inside, 10_000);
      assert.match(String(stdout), /served\n$/);
      for (const { id: sandboxId } of await containerd.runtime.sandboxes.list()) {
        await containerd.runtime.sandboxes.stop(sandboxId);
      }
      await assert.rejects(fetchText('http://127.0.0.1:28080/'));
    } finally {
      await containerd.stop();
    }
  }));

test('startContainerd() clears what a killed process left, keeps images, and starts containerd again when it dies', () =>
  withFolder(async (folder) => {
    const before = await machineState();
    const modules = {
      containerd: join(import.meta.dirname, 'containerd.ts'),
      log: join(import.meta.dirname, '../../base/log.ts'),
    };
    await writeImageArchive(join(folder, 'busybox.tar'), await busyboxRecipe(image));
    const program = `
      import { startContainerd } from ${JSON.stringify(modules.containerd)};
      import { silentLog } from ${JSON.stringify(modules.log)};
      const { runtime } = await startContainerd({ ...${JSON.stringify(optionsFor(folder))}, log: silentLog });
      await runtime.images.load(${JSON.stringify(join(folder, 'busybox.tar'))});
      const pod = { metadata: { name: 'web', uid: 'w', namespace: 'default', attempt: 0 }, logDirectory: ${JSON.stringify(folder)} };
      const sandboxId = await runtime.sandboxes.run(pod);
      const config = { metadata: { name: 'main', attempt: 0 }, image: '${image}', command: ['sleep', '1000'], logPath: 'main.log' };
      await runtime.containers.start(await runtime.containers.create(sandboxId, config, pod));
      console.log('running');
      setInterval(() => {}, 1000);`;
    await writeFile(join(folder, 'victim.ts'), program);
    const victim = spawn(process.execPath, [join(folder, 'victim.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(victim.stdout, 'data')) as [Buffer];
    assert.equal(said.toString(), 'running\n');
    victim.kill('SIGKILL');
    await once(victim, 'close');
    assert.notDeepEqual(await leftovers(folder, before), []);

    const containerd = await startContainerd(optionsFor(folder));
    try {
      const { runtime } = containerd;
      assert.deepEqual(await runtime.sandboxes.list(), []);
      assert.deepEqual(await runtime.containers.list(), []);
      assert.ok((await runtime.images.status(image)) !== undefined);
      const id = await startServer(containerd, folder, 28_081);
      process.kill(await pidOf(folder), 'SIGKILL');
      await eventually(async () => assert.equal((await runtime.containers.status(id))?.state, 'running'));
    } finally {
      await containerd.stop();
    }
    assert.deepEqual(await leftovers(folder, before), []);
  }));

async function pidOf(folder: string): Promise<number> {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
  for (const pid of children.trim().split(' ')) {
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes(`${folder}/config.toml`)) return Number(pid);
  }
  throw new Error('containerd is not a child of this process');
}

test("nodeRecipe() makes an image in which this machine's node runs", () =>
  withFolder(async (folder) => {
    const containerd = await startContainerd(optionsFor(folder));
    try {
      const { images, sandboxes, containers } = containerd.runtime;
      const reference = 'slipway.local/app:1';
      const application = {
        entries: [{ path: '/app/main.mjs', content: "console.log('hello from', process.version);" }],
        command: ['/app/main.mjs'],
      };
      await writeImageArchive(join(folder, 'app.tar'), await nodeRecipe(reference, application));
      assert.deepEqual(await images.load(join(folder, 'app.tar')), [reference]);
      const pod = { metadata: { name: 'app', uid: 'a', namespace: 'default', attempt: 0 }, logDirectory: folder };
      const sandboxId = await sandboxes.run(pod);
      const config = { metadata: { name: 'main', attempt: 0 }, image: reference, logPath: 'app.log' };
      const id = await containers.create(sandboxId, config, pod);
      await containers.start(id);
      await eventually(async () => assert.equal((await containers.status(id))?.state, 'exited'));
      assert.match(await readFile(join(folder, 'app.log'), 'utf8'), new RegExp(`hello from ${process.version}`));
    } finally {
      await containerd.stop();
    }
  }));

test('startContainerd() rejects names that the kernel or nftables would refuse', async () => {
  for (const instance of ['', 'a-b', 'toolongname', 'UP']) {
    const started = startContainerd({ dataDirectory: '/nonexistent', instance, log: silentLog });
    await assert.rejects(started, /is not 1 to 8 small letters and digits/);
  }
});
