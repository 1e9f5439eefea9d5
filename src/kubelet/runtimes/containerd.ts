/**
 * A containerd of our own: started under a data directory, with its own socket, network and control groups, and gone
 * without a trace when stopped. Images stay.
 *
 *   start: remove leftovers ─► write config ─► network ─► spawn ─► socket answers ─► remove stale sandboxes ─► pause image ─► ready
 *   stop:  sandboxes ─► SIGTERM ─► remove leftovers
 *
 * When containerd dies by itself it is started again; its containers live on under their shims.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, systemClock } from '../../base/clock.ts';
import { errorText, type Log } from '../../base/log.ts';
import { createCriRuntime } from '../cri/cri-runtime.ts';
import { containerdPaths, printContainerdConfig, type ContainerdPaths } from './containerd-config.ts';
import { withHostPorts } from './host-ports.ts';
import { writeImageArchive } from './image-archive.ts';
import { removeLeftovers, type LeftoverNames } from './leftovers.ts';
import { inspectMachine } from './machine.ts';
import { pauseImage, pauseRecipe } from './pause-image.ts';
import { createPodNetwork, removeRules, type PodNetworkOptions } from './pod-network.ts';
import type { ContainerRuntime } from './runtime.ts';
import { findProgram, programPath, runProgram } from './run-program.ts';

export interface ContainerdOptions {
  readonly dataDirectory: string;
  /**
   * Names this instance among others of the machine: letters and digits, at most 8. Bridge, rules and control groups
   * carry it.
   */
  readonly instance: string;
  /** Default `10.244.0.0/24`. */
  readonly podSubnet?: string;
  /** Default `10.244.0.0/16`. */
  readonly clusterSubnet?: string;
  /** Default `slip-<instance>`. */
  readonly bridge?: string;
  readonly log: Log;
}

export interface PrivateContainerd {
  readonly runtime: ContainerRuntime;
  readonly socketPath: string;
  /**
   * Parent of all control groups of pods; `SandboxConfig.cgroupParent` must lie below, or what it holds is not cleaned
   * up after a crash.
   */
  readonly cgroupRoot: string;
  /** Ends everything but the data. */
  stop(): Promise<void>;
}

const requiredPrograms = ['containerd', 'containerd-shim-runc-v2', 'ctr', 'runc', 'nft', 'ip'];
const pluginDirectories = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
const startTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;
const stopGraceSeconds = 2;
const sandboxImageElsewhere = 'registry.k8s.io/pause:3.10';
const namespace = 'k8s.io';

/** What is missing on this machine for containers, as names of programs; empty when all is there. */
export async function missingPrograms(): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const program of requiredPrograms) if ((await findProgram(program)) === undefined) missing.push(program);
  if ((await pluginDirectory()) === undefined) missing.push('CNI plugins');
  return missing;
}

/** Needs root and the packages of containerd, runc, the CNI plug-ins, nftables and iproute2. */
export async function startContainerd(options: ContainerdOptions): Promise<PrivateContainerd> {
  if (!/^[a-z0-9]{1,8}$/.test(options.instance)) {
    throw new Error(`Cannot start containerd: instance "${options.instance}" is not 1 to 8 small letters and digits`);
  }
  const missing = await missingPrograms();
  if (missing.length > 0) throw new Error(`Cannot start containerd: not installed: ${missing.join(', ')}`);
  const instance = new Instance(options);
  try {
    return await instance.start();
  } catch (error) {
    await instance.stop();
    throw error;
  }
}

async function pluginDirectory(): Promise<string | undefined> {
  for (const folder of pluginDirectories) {
    const hasBridge = await open(join(folder, 'bridge')).then(
      async (file) => (await file.close(), true),
      () => false,
    );
    if (hasBridge) return folder;
  }
  return undefined;
}

class Instance {
  private readonly log: Log;
  private readonly paths: ContainerdPaths;
  private readonly names: LeftoverNames;
  private readonly network: PodNetworkOptions;
  private readonly stopping = new AbortController();
  private child: ChildProcess | undefined;
  private supervisor: Promise<void> = Promise.resolve();
  private runtime: ContainerRuntime | undefined;
  private stopped: Promise<void> | undefined;

  constructor(options: ContainerdOptions) {
    const { instance } = options;
    this.log = options.log;
    this.paths = containerdPaths(options.dataDirectory, instance);
    const name = `slipway-${instance}`;
    const bridge = options.bridge ?? `slip-${instance}`;
    this.names = { paths: this.paths, cgroupRoot: `/${name}`, bridge, network: name };
    const podSubnet = options.podSubnet ?? '10.244.0.0/24';
    this.network = { name, bridge, podSubnet, clusterSubnet: options.clusterSubnet ?? '10.244.0.0/16' };
  }

  async start(): Promise<PrivateContainerd> {
    const { paths } = this;
    await removeLeftovers(this.names);
    await mkdir(paths.root, { recursive: true });
    await mkdir(paths.state, { recursive: true });
    const machine = await inspectMachine(paths.root);
    this.log.debug('inspected machine', { ...machine });
    const recipe = pauseRecipe();
    const sandboxImage = recipe === undefined ? sandboxImageElsewhere : pauseImage;
    const plugins = (await pluginDirectory()) ?? '';
    await writeFile(paths.config, printContainerdConfig({ paths, machine, sandboxImage, pluginDirectory: plugins }));
    const network = await createPodNetwork(this.network, paths);
    await rm(paths.log, { force: true });
    this.child = await this.spawn();
    this.supervisor = this.supervise();

    const cri = createCriRuntime({
      socketPath: paths.socket,
      loadImage: (file) => this.loadImage(file, machine.snapshotter),
    });
    const runtime = { ...cri, sandboxes: withHostPorts(cri.sandboxes, network) };
    this.runtime = runtime;
    await this.untilReady(runtime);
    await removeSandboxes(runtime);
    if (recipe !== undefined && (await runtime.images.status(pauseImage)) === undefined) {
      const archive = join(paths.state, 'pause.tar');
      await writeImageArchive(archive, recipe);
      await runtime.images.load(archive);
      await rm(archive);
    }
    const withParent = withCgroupParent(runtime, this.names.cgroupRoot);
    return {
      runtime: withParent,
      socketPath: paths.socket,
      cgroupRoot: this.names.cgroupRoot,
      stop: () => this.stop(),
    };
  }

  stop(): Promise<void> {
    this.stopped ??= this.tearDown();
    return this.stopped;
  }

  private async tearDown(): Promise<void> {
    if (this.runtime !== undefined && this.child?.exitCode === null) {
      const deadline = AbortSignal.timeout(stopTimeoutMs);
      await Promise.race([endPods(this.runtime), once(deadline, 'abort')]).catch((error: unknown) => {
        this.log.warn('cannot stop all pods in good order', { error: errorText(error) });
      });
    }
    this.runtime?.close();
    this.stopping.abort();
    this.child?.kill('SIGTERM');
    const waited = new AbortController();
    const exited = this.supervisor.then(() => true);
    const timeout = sleep(systemClock, stopTimeoutMs / 4, waited.signal).then(() => false);
    const isGone = await Promise.race([exited, timeout]);
    waited.abort(); // a timer that runs on would keep the process alive
    if (!isGone) {
      this.child?.kill('SIGKILL');
      await this.supervisor;
    }
    await removeRules(this.network.name);
    await removeLeftovers(this.names);
  }

  /** A group of its own, so that a Ctrl-C on the terminal reaches us alone and the end comes in order. */
  private async spawn(): Promise<ChildProcess> {
    const log = await open(this.paths.log, 'a');
    try {
      const child = spawn('containerd', ['--config', this.paths.config], {
        detached: true,
        env: { ...process.env, PATH: programPath },
        stdio: ['ignore', log.fd, log.fd],
      });
      await once(child, 'spawn');
      return child;
    } finally {
      await log.close();
    }
  }

  /** Starts containerd again when it ends by itself, at most once a second. */
  private async supervise(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const { child } = this;
      if (child === undefined) return;
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      if (signal.aborted) return;
      this.log.warn('containerd ended by itself; starting it again', { exitCode: child.exitCode ?? -1 });
      await sleep(systemClock, 1000, signal);
      if (!signal.aborted) this.child = await this.spawn();
    }
  }

  private async untilReady(runtime: ContainerRuntime): Promise<void> {
    const deadline = Date.now() + startTimeoutMs;
    for (;;) {
      const failure = await runtime.status().then(
        ({ runtimeReady }) => (runtimeReady.ok ? undefined : new Error(runtimeReady.message)),
        (error: unknown) => error,
      );
      if (failure === undefined) return;
      if (Date.now() > deadline) {
        throw new Error(`containerd is not ready after ${startTimeoutMs} ms, see ${this.paths.log}`, {
          cause: failure,
        });
      }
      await sleep(systemClock, 20);
    }
  }

  /** The interface for pods has no import; containerd's own tool does it. The images show up there a moment later. */
  private async loadImage(file: string, snapshotter: string): Promise<readonly string[]> {
    const args = ['--address', this.paths.socket, '--namespace', namespace];
    const printed = await runProgram('ctr', [...args, 'images', 'import', '--snapshotter', snapshotter, file]);
    const references = parseImportedImages(printed);
    const deadline = Date.now() + startTimeoutMs;
    for (const reference of references) {
      while (Date.now() < deadline && (await this.runtime?.images.status(reference)) === undefined) {
        await sleep(systemClock, 10);
      }
    }
    return references;
  }
}

/** `ctr images import` prints one line an image: `unpacking docker.io/library/busybox:1 (sha256:…)...done`. */
export function parseImportedImages(printed: string): readonly string[] {
  return [...printed.matchAll(/^unpacking (\S+) \(/gm)].map(([, reference]) => reference ?? '');
}

/** Programs get a moment to put their files in order; whoever ignores that is killed. */
async function endPods(runtime: ContainerRuntime): Promise<void> {
  const running = await runtime.containers.list({ state: 'running' });
  await Promise.all(running.map(({ id }) => runtime.containers.stop(id, stopGraceSeconds)));
  await removeSandboxes(runtime);
}

async function removeSandboxes(runtime: ContainerRuntime): Promise<void> {
  const sandboxes = await runtime.sandboxes.list();
  await Promise.all(
    sandboxes.map(async ({ id }) => {
      await runtime.sandboxes.stop(id);
      await runtime.sandboxes.remove(id);
    }),
  );
}

/** Sandboxes that name no control group get one below ours, so that they are found again. */
function withCgroupParent(runtime: ContainerRuntime, cgroupRoot: string): ContainerRuntime {
  const { sandboxes, containers } = runtime;
  const placed = <T extends { readonly cgroupParent?: string }>(config: T): T => ({
    cgroupParent: cgroupRoot,
    ...config,
  });
  return {
    ...runtime,
    sandboxes: { ...sandboxes, run: (config) => sandboxes.run(placed(config)) },
    containers: {
      ...containers,
      create: (sandboxId, config, sandboxConfig) => containers.create(sandboxId, config, placed(sandboxConfig)),
    },
  };
}
