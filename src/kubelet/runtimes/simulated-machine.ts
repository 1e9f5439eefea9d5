/**
 * What the parts of the simulated runtime share: the sandboxes and containers there are, and the clock they live by.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { ContainerLog } from './container-log.ts';
import {
  RuntimeError,
  type ContainerConfig,
  type ContainerHint,
  type ContainerState,
  type SandboxConfig,
} from './runtime.ts';
import type { SimulatedFiles } from './simulated-files.ts';
import type { SimulatedImages } from './simulated-images.ts';
import type { SimulatedProcess } from './simulated-process.ts';

export interface SimulatedSandbox {
  readonly id: string;
  readonly config: SandboxConfig;
  readonly createdAtMs: number;
  isReady: boolean;
  ip: string | undefined;
}

export interface SimulatedContainer {
  readonly id: string;
  readonly sandboxId: string;
  readonly config: ContainerConfig;
  readonly imageRef: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: SimulatedFiles;
  readonly logPath: string;
  readonly createdAtMs: number;
  state: ContainerState;
  startedAtMs: number;
  finishedAtMs: number;
  exitCode: number;
  reason: string;
  message: string;
  process: SimulatedProcess | undefined;
  log: ContainerLog | undefined;
  /** Who attached: gets the output from then on. */
  readonly watchers: Set<(stream: 'stdout' | 'stderr', text: string) => void>;
  /** Takes the input of who attached. */
  feed: ((chunk: Buffer | null) => void) | undefined;
}

export interface SimulatedMachine {
  readonly clock: Clock;
  readonly images: SimulatedImages;
  readonly sandboxes: Map<string, SimulatedSandbox>;
  readonly containers: Map<string, SimulatedContainer>;
  readonly listeners: Set<(hint: ContainerHint) => void>;
  newId(): string;
}

export function createMachine(clock: Clock, images: SimulatedImages): SimulatedMachine {
  let lastNumber = 0;
  return {
    clock,
    images,
    sandboxes: new Map(),
    containers: new Map(),
    listeners: new Set(),
    newId: () => createHash('sha256').update(`simulated ${lastNumber++}`).digest('hex'),
  };
}

export function findSandbox(machine: SimulatedMachine, id: string): SimulatedSandbox {
  const sandbox = machine.sandboxes.get(id);
  if (sandbox !== undefined) return sandbox;
  throw new RuntimeError(
    'NotFound',
    `rpc error: code = NotFound desc = an error occurred when try to find sandbox "${id}": not found`,
  );
}

export function findContainer(machine: SimulatedMachine, id: string): SimulatedContainer {
  const container = machine.containers.get(id);
  if (container !== undefined) return container;
  throw new RuntimeError(
    'NotFound',
    `rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`,
  );
}

export function carriesLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> = {},
): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}
