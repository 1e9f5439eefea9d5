/** Containers of the simulated runtime: records with a simulated process, and a real log file each. */
import { isAbsolute, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { sleep, type Clock } from '../../base/clock.ts';
import { openContainerLog } from './container-log.ts';
import {
  RuntimeError,
  type Container,
  type ContainerConfig,
  type ContainerFilter,
  type ContainerService,
} from './runtime.ts';
import { simulatedFiles } from './simulated-files.ts';
import type { SimulatedImage } from './simulated-images.ts';
import { findContainer, findSandbox, carriesLabels } from './simulated-machine.ts';
import type { SimulatedContainer, SimulatedMachine } from './simulated-machine.ts';
import { execSimulated, execSyncSimulated } from './simulated-exec.ts';
import { simulatedPipes, SimulatedProcess } from './simulated-process.ts';

export function simulatedContainers(machine: SimulatedMachine): ContainerService {
  const select = (filter: ContainerFilter = {}): readonly SimulatedContainer[] =>
    [...machine.containers.values()].filter(
      ({ id, sandboxId, state, config }) =>
        (filter.id === undefined || filter.id === id) &&
        (filter.sandboxId === undefined || filter.sandboxId === sandboxId) &&
        (filter.state === undefined || filter.state === state) &&
        carriesLabels(config.labels ?? {}, filter.labels),
    );
  return {
    create: async (sandboxId, config) => createContainer(machine, sandboxId, config),
    start: async (id) => startContainer(machine, findContainer(machine, id)),
    async stop(id, timeoutSeconds) {
      const container = machine.containers.get(id);
      if (container?.process === undefined || container.state !== 'running') return;
      container.process.terminate();
      const waiting = new AbortController();
      const timeout = sleep(machine.clock, timeoutSeconds * 1000, waiting.signal);
      await Promise.race([container.process.ended, timeout]);
      waiting.abort();
      await endContainer(container);
    },
    async remove(id) {
      const container = machine.containers.get(id);
      if (container === undefined) return;
      await endContainer(container);
      machine.containers.delete(id);
    },
    list: async (filter) => select(filter).map(describe),
    async status(id) {
      const container = machine.containers.get(id);
      if (container === undefined) return undefined;
      const { startedAtMs, finishedAtMs, exitCode, reason, message, logPath } = container;
      return { ...describe(container), startedAtMs, finishedAtMs, exitCode, reason, message, logPath };
    },
    async updateResources(id) {
      findContainer(machine, id);
    },
    async reopenLog(id) {
      const container = findContainer(machine, id);
      container.log = openContainerLog(container.logPath, machine.clock.now);
    },
    execSync: async (id, command, timeoutMs = 0) =>
      execSyncSimulated(machine, running(machine, id), { command, timeoutMs }),
    exec: async (id, request) => execSimulated(machine, running(machine, id), request),
    async attach(id, request) {
      const container = running(machine, id);
      const pipes = simulatedPipes(request);
      container.watchers.add(pipes.print);
      pipes.stdin?.on('data', (chunk: Buffer) => container.feed?.(chunk));
      if (container.config.stdinOnce === true) pipes.stdin?.on('end', () => container.feed?.(null));
      const { promise: closed, resolve } = Promise.withResolvers<number>();
      const ended = Promise.race([container.process?.ended.then(() => 0) ?? 0, closed]);
      void ended.then(() => container.watchers.delete(pipes.print));
      return pipes.join(ended, () => resolve(0));
    },
    stats: async (filter) =>
      select({ ...filter, state: 'running' }).map((container) => containerStats(machine.clock, container)),
  };
}

/** Kills what still runs and waits for the record to say so. */
export async function endContainer(container: SimulatedContainer): Promise<void> {
  if (container.process === undefined) return;
  container.process.end();
  await container.process.ended;
}

const nanoCoresWhileRunning = 1_000_000;
const simulatedMemoryBytes = 1024 * 1024;

export function containerStats(clock: Clock, container: SimulatedContainer) {
  const timestampMs = clock.now();
  const seconds = (timestampMs - container.startedAtMs) / 1000;
  const memory = {
    workingSetBytes: simulatedMemoryBytes,
    usageBytes: simulatedMemoryBytes,
    rssBytes: simulatedMemoryBytes,
  };
  return {
    containerId: container.id,
    name: container.config.metadata.name,
    labels: container.config.labels ?? {},
    cpu: { timestampMs, usageCoreNanoSeconds: Math.round(seconds * nanoCoresWhileRunning) },
    memory: { timestampMs, ...memory },
    writableLayer: { timestampMs, mountpoint: '/', usedBytes: 0, inodesUsed: 0 },
  };
}

function createContainer(machine: SimulatedMachine, sandboxId: string, config: ContainerConfig): string {
  const sandbox = findSandbox(machine, sandboxId);
  const image = machine.images.find(config.image);
  if (image === undefined) {
    const text = `rpc error: code = NotFound desc = failed to get image from containerd "${config.image}": image "${config.image}": not found`;
    throw new RuntimeError('NotFound', text);
  }
  const hostname = sandbox.config.hostname ?? sandbox.config.metadata.name;
  const id = machine.newId();
  machine.containers.set(id, {
    id,
    sandboxId,
    config,
    imageRef: image.id,
    argv: commandLine(config, image),
    env: environment(config, image, hostname),
    files: simulatedFiles(config.mounts ?? [], { '/etc/hostname': `${hostname}\n` }),
    logPath: isAbsolute(config.logPath) ? config.logPath : join(sandbox.config.logDirectory, config.logPath),
    createdAtMs: machine.clock.now(),
    state: 'created',
    startedAtMs: 0,
    finishedAtMs: 0,
    exitCode: 0,
    reason: '',
    message: '',
    process: undefined,
    log: undefined,
    watchers: new Set(),
    feed: undefined,
  });
  return id;
}

function commandLine(config: ContainerConfig, image: SimulatedImage): readonly string[] {
  const { command = [], args = [] } = config;
  if (command.length > 0) return [...command, ...args];
  return [...image.entrypoint, ...(args.length > 0 ? args : image.command)];
}

function environment(
  config: ContainerConfig,
  image: SimulatedImage,
  hostname: string,
): Readonly<Record<string, string>> {
  const fromImage = image.env.map(
    (line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const,
  );
  const own = (config.env ?? []).map(({ name, value }) => [name, value] as const);
  return { HOSTNAME: hostname, ...Object.fromEntries([...fromImage, ...own]) };
}

/** A path below this folder stands for a program that the image lacks, so that failing starts can be tried. */
const missingPrograms = '/does-not-exist';

function startContainer(machine: SimulatedMachine, container: SimulatedContainer): void {
  if (container.state !== 'created') {
    throw new RuntimeError(
      'FailedPrecondition',
      `rpc error: code = Unknown desc = container is in CONTAINER_${container.state.toUpperCase()} state`,
    );
  }
  const { clock } = machine;
  const [program = ''] = container.argv;
  if (program.startsWith(missingPrograms)) {
    const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "${program}": stat ${program}: no such file or directory: unknown`;
    Object.assign(container, {
      state: 'exited',
      exitCode: 128,
      reason: 'StartError',
      message,
      finishedAtMs: clock.now(),
    });
    throw new RuntimeError('Unknown', `rpc error: code = Unknown desc = ${message}`);
  }
  const log = openContainerLog(container.logPath, clock.now);
  container.log = log;
  const stdin = container.config.stdin === true ? new PassThrough() : undefined;
  container.feed = (chunk) => (chunk === null ? stdin?.end() : stdin?.write(chunk));
  container.state = 'running';
  container.startedAtMs = clock.now();
  container.process = new SimulatedProcess({
    clock,
    argv: container.argv,
    env: container.env,
    hostname: container.env['HOSTNAME'] ?? '',
    files: container.files,
    stdin,
    mayServe: true,
    print(stream, text) {
      container.log?.write(stream, text);
      for (const watcher of container.watchers) watcher(stream, text);
    },
  });
  notify(machine, container, 'started');
  void container.process.ended.then((exitCode) => finish(machine, container, exitCode));
}

function finish(machine: SimulatedMachine, container: SimulatedContainer, exitCode: number): void {
  container.log?.end();
  container.state = 'exited';
  container.finishedAtMs = machine.clock.now();
  container.exitCode = exitCode;
  container.reason = exitCode === 0 ? 'Completed' : 'Error';
  if (container.process?.outOfMemory === true) {
    container.reason = 'OOMKilled';
    notify(machine, container, 'out-of-memory');
  }
  notify(machine, container, 'exited');
}

function notify(
  machine: SimulatedMachine,
  container: SimulatedContainer,
  event: 'started' | 'exited' | 'out-of-memory',
): void {
  for (const listener of machine.listeners) listener({ containerId: container.id, event });
}

function running(machine: SimulatedMachine, id: string): SimulatedContainer {
  const container = findContainer(machine, id);
  if (container.state === 'running') return container;
  const text = `rpc error: code = Unknown desc = container is in CONTAINER_${container.state.toUpperCase()} state`;
  throw new RuntimeError('Unknown', text);
}

function describe(container: SimulatedContainer): Container {
  return {
    id: container.id,
    sandboxId: container.sandboxId,
    metadata: container.config.metadata,
    image: container.config.image,
    imageRef: container.imageRef,
    state: container.state,
    createdAtMs: container.createdAtMs,
    labels: container.config.labels ?? {},
    annotations: container.config.annotations ?? {},
  };
}
