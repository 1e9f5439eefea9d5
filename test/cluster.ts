/**
 * A whole cluster for an end-to-end test: `./slipway up` as a user starts it, with a data directory and ports of its own.
 * It is stopped as Ctrl-C stops it, and must leave nothing behind.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientTools, runTool, type ClientTools, type ToolResult } from './client-tool.ts';
import { clusterLeftovers } from './leftovers.ts';

export interface TestCluster extends ClientTools {
  readonly kubeconfig: string;
  readonly dataDirectory: string;
  readonly port: number;
  /** What `up` itself said how long it took. */
  readonly readyInMs: number;
  /** Everything that `up` wrote so far. */
  output(): string;
  /** Runs another command of `./slipway` on this cluster's data directory. */
  slipway(args: readonly string[]): Promise<ToolResult>;
  /** As when the machine loses it: no chance to clean up. */
  kill(): Promise<void>;
  /** Ends the cluster, asserts that nothing but its data is left, and keeps the data for a next start. Idempotent. */
  stop(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

export interface TestClusterOptions {
  readonly runtime?: 'auto' | 'containerd' | 'simulated';
  readonly nodes?: number;
  readonly simulatedNodes?: number;
  /** Default: a new one. */
  readonly dataDirectory?: string;
}

export const slipwayProgram = join(import.meta.dirname, '..', 'slipway');
const readyWithinMs = 120_000;
const stoppedWithinMs = 60_000;

/** Starts a cluster. Resolves when `up` says that it is ready. */
export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'slipway-e2e-')));
  const port = await freePort();
  const child = spawn(slipwayProgram, upArguments(options, dataDirectory, port), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = collectOutput(child);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopCluster(child, dataDirectory, output));
  const remove = async (): Promise<void> => {
    await stop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  const { readyInMs, kubeconfig } = await whenReady(child, output).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    kubeconfig,
    dataDirectory,
    port,
    readyInMs,
    output,
    slipway: (args) => runTool(slipwayProgram, [...args, '--data-dir', dataDirectory], kubeconfig, {}),
    kill: () => (stopping = kill(child)),
    stop,
    remove,
    ...clientTools(kubeconfig),
  };
}

function upArguments(options: TestClusterOptions, dataDirectory: string, port: number): readonly string[] {
  const args = ['up', '--data-dir', dataDirectory, '--port', String(port)];
  if (options.runtime !== undefined) args.push('--runtime', options.runtime);
  if (options.nodes !== undefined) args.push('--nodes', String(options.nodes));
  if (options.simulatedNodes !== undefined) args.push('--simulated-nodes', String(options.simulatedNodes));
  return args;
}

function collectOutput(child: ChildProcess): () => string {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.stderr?.setEncoding('utf8').on('data', (part: string) => (text += part));
  return () => text;
}

function whenReady(
  child: ChildProcess,
  output: () => string,
): Promise<{ readonly readyInMs: number; readonly kubeconfig: string }> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`slipway up ${what}:\n${output()}`));
    const timer = setTimeout(() => fail(`is not ready after ${readyWithinMs / 1000} s`), readyWithinMs);
    child.stdout?.on('data', () => {
      const [, readyInMs, kubeconfig] = /ready in (\d+) ms, kubeconfig (\S+)\n/.exec(output()) ?? [];
      if (readyInMs === undefined || kubeconfig === undefined) return;
      clearTimeout(timer);
      resolve({ readyInMs: Number(readyInMs), kubeconfig });
    });
    child.on('close', () => {
      clearTimeout(timer);
      fail('ended early');
    });
  });
}

async function stopCluster(child: ChildProcess, dataDirectory: string, output: () => string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'close');
    child.kill('SIGINT');
    const timer = setTimeout(() => child.kill('SIGKILL'), stoppedWithinMs);
    await ended;
    clearTimeout(timer);
    assert.equal(child.exitCode, 0, `slipway up did not end well (${child.signalCode}):\n${output().slice(-4000)}`);
  }
  assert.deepEqual(await clusterLeftovers(dataDirectory), []);
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
